#define _GNU_SOURCE
#include "CReadline.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

static creadline_completer completer;
static creadline_lister lister;
static char *finished_line;
static _Bool has_finished;

// All of the line is completed: where its last word begins is the completer's matter.
static char **attempt(const char *text, int start, int end) {
  (void)text;
  (void)start;
  rl_attempted_completion_over = 1;
  rl_completion_suppress_append = 1;
  rl_completion_suppress_quote = 1;
  rl_sort_completion_matches = 0;
  rl_ignore_completion_duplicates = 0;
  return completer(rl_line_buffer, end);
}

static void show(char **matches, int count, int longest) {
  (void)matches;
  (void)count;
  (void)longest;
  rl_crlf();
  fflush(rl_outstream);
  lister();
  rl_forced_update_display();
}

void creadline_set_up(
    const char *name, creadline_completer new_completer, creadline_lister new_lister) {
  completer = new_completer;
  lister = new_lister;
  rl_readline_name = name;
  // Signals come between two keys: see below.
  rl_catch_signals = 0;
  rl_attempted_completion_function = attempt;
  rl_completion_display_matches_hook = show;
  rl_basic_word_break_characters = "";
  rl_completer_word_break_characters = "";
  rl_completer_quote_characters = 0;
  using_history();
}

static void finish(char *line) {
  finished_line = line;
  has_finished = 1;
  rl_callback_handler_remove();
}

static enum creadline_result abandon(enum creadline_result result, const char *mark) {
  rl_callback_sigcleanup();
  rl_replace_line("", 0);
  rl_callback_handler_remove();
  fputs(mark, rl_outstream);
  fflush(rl_outstream);
  return result;
}

// Signals are let through only where their flags are looked at next, so that none is missed before the
// waiting. Ctrl-C was typed before all that can still be read: its flag is looked at first, which ppoll(2)
// alone would not do while there is input.
enum creadline_result creadline_read(
    const char *prompt, creadline_condition interrupted, creadline_condition ended, char **line) {
  sigset_t stops, before;
  sigemptyset(&stops);
  sigaddset(&stops, SIGINT);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGHUP);
  sigprocmask(SIG_BLOCK, &stops, &before);
  enum creadline_result result = creadline_line;
  has_finished = 0;
  rl_callback_handler_install(prompt, finish);
  while (!has_finished) {
    sigprocmask(SIG_SETMASK, &before, 0);
    sigprocmask(SIG_BLOCK, &stops, 0);
    rl_check_signals();
    if (ended()) {
      result = abandon(creadline_end, "\n");
      break;
    }
    if (interrupted()) {
      result = abandon(creadline_interrupted, "^C\n");
      break;
    }
    struct pollfd input = {.fd = fileno(rl_instream), .events = POLLIN};
    if (ppoll(&input, 1, 0, &before) > 0) rl_callback_read_char();
  }
  sigprocmask(SIG_SETMASK, &before, 0);
  if (result != creadline_line) return result;
  if (!finished_line) return creadline_end;
  *line = finished_line;
  finished_line = 0;
  return creadline_line;
}

void creadline_remember(const char *line, int most) {
  for (int i = history_length - 1; i >= 0; i--) {
    HIST_ENTRY *entry = history_get(history_base + i);
    if (entry && strcmp(entry->line, line) == 0) free_history_entry(remove_history(i));
  }
  while (history_length >= most) free_history_entry(remove_history(0));
  add_history(line);
}

void creadline_size(int *rows, int *columns) { rl_get_screen_size(rows, columns); }
