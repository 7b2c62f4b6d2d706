/* mmq as a C library: asks questions of Linux trace recordings, or of events of your own.
 *
 * Handles. What a function returns as a pointer to one of the types below belongs to the caller, who gives
 * it to the matching mmq_..._free(); NULL may be freed. Handles may be freed in any order: a session keeps its
 * script, a script its source. Texts that are returned as `char *` are freed with mmq_free(); `const char *`
 * are valid as long as the handle that they come from.
 *
 * Failures. Where a function has a parameter `problem`, a failure sets it to a sentence that mmq_free()
 * takes, unless it is NULL itself. Nothing here ends the process, writes to a file, or handles a signal.
 *
 * Threads. A source, its scripts and their sessions belong to one thread at a time. Different sources have
 * nothing in common: use them on as many threads as you like. mmq_session_cancel() is for any thread.
 * mmq_maps are values: once made, they are for any number of threads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mmq_source mmq_source;
typedef struct mmq_script mmq_script;
typedef struct mmq_session mmq_session;
typedef struct mmq_maps mmq_maps;
typedef struct mmq_map mmq_map;
typedef struct mmq_value mmq_value;

void mmq_free(char *text);

/* Sources ------------------------------------------------------------------------------------------- */

/* Opens a recording: a trace.dat or perf.data. NULL where it cannot be read at all; damage that leaves
 * something to read is in mmq_source_findings(). */
mmq_source *mmq_source_open(const char *path, char **problem);

/* A source of your own events. `cpus`: their numbers are below it, 1 to 4096. `capacity`: bytes of events
 * that may wait for mmq_session_step(); 0 for 64 MB. It serves one session: a second one fails with its first step. */
mmq_source *mmq_source_new(uint32_t cpus, size_t capacity);

typedef enum {
  MMQ_INT8,
  MMQ_INT16,
  MMQ_INT32,
  MMQ_INT64,
  MMQ_UINT8,
  MMQ_UINT16,
  MMQ_UINT32,
  MMQ_UINT64,
  MMQ_BOOL8,   /* one byte, 0 or 1 */
  MMQ_ADDRESS, /* 8 bytes */
  MMQ_CHARS,   /* char name[size], which ends at the first NUL */
} mmq_type;

/* A field of an event. The offset counts from the start of what mmq_source_push() gets; -1 for the first
 * place behind the field before that is aligned as C does it. `size` is for MMQ_CHARS, 1 to 4096. */
typedef struct {
  const char *name;
  mmq_type type;
  int32_t offset;
  uint32_t size;
} mmq_field;

/* Defines an event, "system:name", before scripts are compiled. Its number; 0 on failure. */
uint32_t mmq_source_define(
    mmq_source *source, const char *name, const mmq_field *fields, size_t count, char **problem);

/* The same by a text as in the kernel's `format` files, with the kernel's common fields. */
uint32_t mmq_source_define_format(
    mmq_source *source, const char *system, const char *format, char **problem);

/* Adds an event; its bytes are copied. `time`: nanoseconds, which do not go back on one CPU. False, and the
 * event is counted as lost, where what waits has reached the capacity; also for an unknown number or CPU. */
bool mmq_source_push(
    mmq_source *source, uint32_t event, const void *bytes, size_t size, uint64_t time, uint32_t cpu,
    int32_t thread);

/* What was damaged, skipped or doubtful so far, a line each; "" where nothing was. They belong to each
 * result: without them a number may look more certain than it is. */
char *mmq_source_findings(const mmq_source *source);

void mmq_source_free(mmq_source *source);

/* Scripts ------------------------------------------------------------------------------------------- */

enum {
  MMQ_ALLOW_FILES = 1,    /* cat() and its like read files of this machine */
  MMQ_ALLOW_COMMANDS = 2, /* system() runs commands */
};

/* Checks a script against a source. Never NULL: what is wrong is in its diagnostics. `name` is what they
 * call the script; `flags` is 0 for scripts that you do not trust. Imports of files are not followed. */
mmq_script *mmq_script_compile(
    mmq_source *source, const char *name, const char *text, uint32_t flags);

/* A message of the compiler. Lines and columns count from 1, columns in bytes; `end_column` is the one
 * behind the place. `hint` may be NULL. */
typedef struct {
  bool is_error;
  const char *id;
  const char *message;
  const char *hint;
  const char *file;
  uint32_t line;
  uint32_t column;
  uint32_t end_column;
} mmq_diagnostic;

/* Without errors: it can run. */
bool mmq_script_is_sound(const mmq_script *script);
size_t mmq_script_diagnostic_count(const mmq_script *script);
/* False where there is no such one. */
bool mmq_script_diagnostic(const mmq_script *script, size_t index, mmq_diagnostic *result);
/* All diagnostics for people, each with its line and a mark. */
char *mmq_script_messages(const mmq_script *script);
void mmq_script_free(mmq_script *script);

/* Runs ---------------------------------------------------------------------------------------------- */

/* What a run may use up before it ends with an error; 0 for as much as it likes. */
typedef struct {
  uint64_t instructions_per_block; /* of one block for one event or tick */
  uint64_t instructions;           /* of all blocks */
  uint64_t memory;                 /* bytes of maps and strings */
  uint64_t output;                 /* bytes that blocks print */
} mmq_limits;

/* The limits that hold where none are given. */
mmq_limits mmq_limits_safe(void);

typedef enum { MMQ_TEXT, MMQ_JSON, MMQ_CSV } mmq_format;

/* Gets output in pieces, on the thread that runs the session. It cannot run the session on, nor free it. */
typedef void (*mmq_output)(void *context, const char *bytes, size_t size);

/* A run of a sound script. `limits`: NULL for mmq_limits_safe(). `output`: NULL for none; it also gets the
 * maps at the end, in the format. */
mmq_session *mmq_session_new(
    mmq_script *script, const mmq_limits *limits, mmq_format format, mmq_output output, void *context,
    char **problem);

typedef enum {
  MMQ_DRAINED = 0, /* there was nothing more to run */
  MMQ_PAUSED = 1,  /* as many events as asked for, or the next one is not before the time */
  MMQ_ENDED = 2,   /* exit(), cancelled, or an error: mmq_session_finish() tells */
  MMQ_FAILED = -1, /* see `problem` */
} mmq_step;

/* Runs on: at most so many events that the script wants (0: all), only those before a time in nanoseconds of
 * the source's clock (0: all). */
mmq_step mmq_session_step(mmq_session *session, uint64_t events, uint64_t until, char **problem);

/* How a run ended. */
typedef struct {
  bool has_failed; /* mmq_session_error() says why */
  int32_t exit_code;
  uint64_t records;      /* read, wanted or not */
  uint64_t lost;         /* events known to be lost */
  uint64_t unknown_gaps; /* places where events were lost, nobody knows how many */
} mmq_outcome;

/* Runs blocks of `end` and prints the maps. False where the run could not begin. */
bool mmq_session_finish(mmq_session *session, mmq_outcome *result, char **problem);

/* The whole run at once, on as many cores as the script allows. */
bool mmq_session_run(mmq_session *session, mmq_outcome *result, char **problem);

/* Ends the run soon and properly, from any thread. */
void mmq_session_cancel(mmq_session *session);

/* What ended a run before its time. `line` is 0 where no place is known. */
typedef struct {
  const char *message;
  const char *file;
  uint32_t line;
  uint32_t column;
} mmq_error;

/* After the end; false where there was no error. */
bool mmq_session_error(const mmq_session *session, mmq_error *result);

/* After the end: what must be said of the result, a line each; "" where that is nothing. */
char *mmq_session_warnings(const mmq_session *session);

void mmq_session_free(mmq_session *session);

/* Results ------------------------------------------------------------------------------------------- */

/* The script's maps as they are now: between two steps, or after the end. */
mmq_maps *mmq_session_maps(const mmq_session *session);
size_t mmq_maps_count(const mmq_maps *maps);
/* NULL where there is no such one. They belong to the maps, as all below does. */
const mmq_map *mmq_maps_at(const mmq_maps *maps, size_t index);
/* By its name, without the '@'. */
const mmq_map *mmq_maps_find(const mmq_maps *maps, const char *name);
/* All of them as `mmq -f json` prints them: an object a line. */
char *mmq_maps_json(const mmq_maps *maps);
void mmq_maps_free(mmq_maps *maps);

const char *mmq_map_name(const mmq_map *map);
/* Such as "count" or "hist"; NULL for plain values. */
const char *mmq_map_aggregation(const mmq_map *map);
size_t mmq_map_rows(const mmq_map *map);
/* NULL for a map without keys, which has at most one row. */
const mmq_value *mmq_map_key(const mmq_map *map, size_t row);
const mmq_value *mmq_map_value(const mmq_map *map, size_t row);

typedef enum {
  MMQ_INTEGER,    /* mmq_value_int() */
  MMQ_UNSIGNED,   /* mmq_value_uint() */
  MMQ_FLOAT,      /* mmq_value_double() */
  MMQ_BOOL,       /* mmq_value_uint(): 0 or 1 */
  MMQ_POINTER,    /* mmq_value_uint() */
  MMQ_SYMBOL,     /* a number with a name: mmq_value_uint() and mmq_value_text() */
  MMQ_STRING,     /* mmq_value_text(): the bytes as they are */
  MMQ_BYTES,      /* the same, no text */
  MMQ_LIST,       /* a tuple or an array: mmq_value_at() */
  MMQ_RECORD,     /* as MMQ_LIST, with mmq_value_name() */
  MMQ_STATISTICS, /* as MMQ_RECORD: count, average, total */
  MMQ_QUANTILES,  /* as MMQ_RECORD: p50 and so on; NULL for one of nothing */
  MMQ_SERIES,     /* as MMQ_RECORD: times of intervals; NULL for one of nothing */
  MMQ_HISTOGRAM,  /* mmq_value_bucket() */
  MMQ_STACK,      /* as MMQ_RECORD: functions, NULL for an unknown one, and addresses; the innermost first */
} mmq_kind;

mmq_kind mmq_value_kind(const mmq_value *value);
/* A number that does not fit is cut as in C; 0 of what is no number. */
int64_t mmq_value_int(const mmq_value *value);
uint64_t mmq_value_uint(const mmq_value *value);
double mmq_value_double(const mmq_value *value);
/* A string's bytes; of all else, what it prints as. NUL-terminated; `size`, where not NULL, gets the
 * length. */
const char *mmq_value_text(const mmq_value *value, size_t *size);
/* Parts, members or buckets. */
size_t mmq_value_count(const mmq_value *value);
const mmq_value *mmq_value_at(const mmq_value *value, size_t index);
const char *mmq_value_name(const mmq_value *value, size_t index);

/* A row of a histogram: low to high, both included. A negative bound is read as int64_t. */
typedef struct {
  bool has_low, has_high; /* without: there is no end */
  bool is_low_negative, is_high_negative;
  uint64_t low, high;
  uint64_t count;
} mmq_bucket;

/* False where there is no such one. */
bool mmq_value_bucket(const mmq_value *value, size_t index, mmq_bucket *result);

#ifdef __cplusplus
}
#endif
