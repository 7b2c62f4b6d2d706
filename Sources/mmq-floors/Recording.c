// Reads the head of a version 6 recording, in the order of trace-cmd.dat.v6(5).
#define _GNU_SOURCE
#include "Recording.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const size_t mostMetadata = 16 << 20;
static const int optionBuffer = 3;
static char (*names)[16];

_Noreturn void fail(const char *reason, const char *what) {
  fprintf(stderr, "mmq-floors: %s: %s\n", what, reason);
  exit(1);
}

/// A place in the head that never gets past its end.
typedef struct {
  const uint8_t *at, *end;
} Reader;

static const uint8_t *take(Reader *reader, uint64_t size) {
  if (size > (uint64_t)(reader->end - reader->at)) fail("it is cut, or its metadata is too long", "the head");
  const uint8_t *start = reader->at;
  reader->at += size;
  return start;
}

static uint64_t take64(Reader *reader) { return load64(take(reader, 8)); }
static uint32_t take32(Reader *reader) { return load32(take(reader, 4)); }
static uint16_t take16(Reader *reader) { return load16(take(reader, 2)); }

static void takeString(Reader *reader) {
  while (*take(reader, 1)) {
  }
}

/// Texts with their sizes in front, as many as a number in front of all says.
static void skipTexts(Reader *reader) {
  for (uint32_t left = take32(reader); left > 0; left--) take(reader, take64(reader));
}

/// header_page and header_event, the events of ftrace and of each system, symbols, printk formats.
static void skipFormats(Reader *reader) {
  for (int k = 0; k < 2; k++) {
    takeString(reader);
    take(reader, take64(reader));
  }
  skipTexts(reader);
  for (uint32_t systems = take32(reader); systems > 0; systems--) {
    takeString(reader);
    skipTexts(reader);
  }
  for (int k = 0; k < 2; k++) take(reader, take32(reader));
}

/// Lines of a thread's id and its name.
static void readNames(const char *text, uint64_t size) {
  names = calloc(mostTasks, sizeof *names);
  if (!names) fail("no memory", "names of tasks");
  for (const char *line = text, *end = text + size; line < end;) {
    const char *stop = memchr(line, '\n', end - line);
    if (!stop) return;
    char *blank;
    unsigned long id = strtoul(line, &blank, 10);
    size_t length = blank < stop ? stop - blank - 1 : 0;
    if (id < mostTasks) memcpy(names[id], blank + 1, length < 15 ? length : 15);
    line = stop + 1;
  }
}

const char *nameOfTask(uint32_t id) {
  if (id == 0) return "swapper/0";
  return id < mostTasks && names[id][0] ? names[id] : "<...>";
}

/// Options up to the end of their list; the place of the first instance, or 0.
static uint64_t readOptions(Reader *reader) {
  uint64_t instance = 0;
  for (uint16_t id; (id = take16(reader)) != 0;) {
    uint32_t size = take32(reader);
    const uint8_t *data = take(reader, size);
    if (id == optionBuffer && size >= 8 && !instance) instance = load64(data);
  }
  return instance;
}

static uint64_t readTable(Recording *recording, Reader *reader) {
  uint64_t sum = 0;
  for (int cpu = 0; cpu < recording->cpuCount; cpu++) {
    recording->cpus[cpu].offset = take64(reader);
    recording->cpus[cpu].size = take64(reader);
    sum += recording->cpus[cpu].size;
  }
  return sum;
}

/// The pages of the top-level buffer, or of the first instance if that has none.
static void readBuffers(Recording *recording, Reader *reader) {
  uint32_t cpus = take32(reader);
  if (cpus > mostCPUs) fail("too many CPUs", "the head");
  recording->cpuCount = cpus;
  uint64_t instance = 0;
  const uint8_t *word = take(reader, 10);
  if (!memcmp(word, "options  ", 10)) {
    instance = readOptions(reader);
    word = take(reader, 10);
  }
  if (memcmp(word, "flyrecord", 10)) fail("it has no flyrecord", "the head");
  if (readTable(recording, reader) > 0 || !instance) return;
  static uint8_t table[10 + 16 * mostCPUs];
  ssize_t size = pread(recording->file, table, sizeof table, instance);
  Reader other = {table, table + (size > 0 ? size : 0)};
  take(&other, 10);
  readTable(recording, &other);
}

static void readHead(Recording *recording, const char *path) {
  recording->file = open(path, O_RDONLY | O_CLOEXEC);
  recording->head = malloc(mostMetadata);
  if (recording->file < 0 || !recording->head) fail("it cannot be read", path);
  ssize_t size = pread(recording->file, recording->head, mostMetadata, 0);
  if (size < 0) fail("it cannot be read", path);
  recording->headSize = size;
}

void openRecording(Recording *recording, const char *path) {
  readHead(recording, path);
  Reader reader = {recording->head, recording->head + recording->headSize};
  // Version 6, little-endian, 8-byte longs.
  static const uint8_t wanted[] = "\x17\x08\x44tracing6\0\0\x08";
  if (memcmp(take(&reader, 14), wanted, 14)) fail("not version 6, little-endian, with 8-byte longs", path);
  if (take32(&reader) != 4096) fail("its pages are not of 4096 bytes", path);
  skipFormats(&reader);
  uint64_t size = take64(&reader);
  readNames((const char *)take(&reader, size), size);
  readBuffers(recording, &reader);
}

const char *formatOf(const Recording *recording, const char *event, uint16_t *id) {
  char key[96];
  int size = snprintf(key, sizeof key, "name: %s\nID: ", event);
  const char *found = memmem(recording->head, recording->headSize, key, size);
  if (!found) fail("it is not in the recording", event);
  *id = strtoul(found + size, NULL, 10);
  return found;
}

int offsetOf(const char *format, const char *field) {
  char key[96];
  int size = snprintf(key, sizeof key, " %s;\toffset:", field);
  const char *end = strstr(format, "print fmt"), *found = end ? memmem(format, end - format, key, size) : NULL;
  if (!found) fail("the event has no such field", field);
  return atoi(found + size);
}
