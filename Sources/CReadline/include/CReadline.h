// GNU Readline, as an editor of one line: what of it Swift could not do by itself.
#pragma once

#include <stddef.h>

/// Gives the lines that may come of a line with the cursor at a byte: first what they all begin with, then
/// each of them, then NULL. All of it is freed with free(3). NULL where there is nothing.
typedef char **(*creadline_completer)(const char *line, int cursor);

/// Lists what the completer found last; the cursor is at the start of a line.
typedef void (*creadline_lister)(void);

typedef _Bool (*creadline_condition)(void);

/// Before the first line. `name` is what `$if` of an inputrc compares with.
void creadline_set_up(const char *name, creadline_completer completer, creadline_lister lister);

/// How the reading of a line ended.
enum creadline_result {
  /// There is one; it is freed with free(3). It may hold new lines: a paste.
  creadline_line,
  /// Ctrl-D on an empty line, or the terminal is gone.
  creadline_end,
  /// `interrupted` became true: what was typed is gone.
  creadline_interrupted,
};

/// Reads a line from the terminal. Both conditions are asked after each signal.
enum creadline_result creadline_read(
    const char *prompt, creadline_condition interrupted, creadline_condition ended, char **line);

/// The line is the last one of the history; an equal one before it goes, and the first one where there are
/// more than `most`.
void creadline_remember(const char *line, int most);

/// The size of the terminal.
void creadline_size(int *rows, int *columns);
