// The head of a version 6 recording: where its events, names of tasks and pages are.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { mostCPUs = 256, mostTasks = 1 << 20 };

/// The pages of one CPU, in bytes of the file.
typedef struct {
  uint64_t offset, size;
} CPUData;

typedef struct {
  int file;
  /// The first bytes of the file: all of its metadata.
  uint8_t *head;
  size_t headSize;
  CPUData cpus[mostCPUs];
  int cpuCount;
} Recording;

/// Ends the process with a message if the file is not one that the floors are made for.
void openRecording(Recording *recording, const char *path);

/// The id of an event and the text of its format.
const char *formatOf(const Recording *recording, const char *event, uint16_t *id);

/// Where a field is in the records of the event with this format.
int offsetOf(const char *format, const char *field);

/// The saved name of a task, as the kernel prints it.
const char *nameOfTask(uint32_t id);

/// Says why on standard error, and ends with 1.
_Noreturn void fail(const char *reason, const char *what);

static inline uint64_t load64(const uint8_t *place) {
  uint64_t value;
  memcpy(&value, place, sizeof value);
  return value;
}

static inline uint32_t load32(const uint8_t *place) {
  uint32_t value;
  memcpy(&value, place, sizeof value);
  return value;
}

static inline uint16_t load16(const uint8_t *place) {
  uint16_t value;
  memcpy(&value, place, sizeof value);
  return value;
}
