// The records of one CPU, one after the other, and of all CPUs by time.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include "Recording.h"

enum { blockSize = 1 << 20, subBufferSize = 4096, dataStart = 16 };

typedef struct {
  int file;
  /// What is still to be read of the file.
  uint64_t offset, left;
  uint8_t *block;
  /// The page that comes next in the block, and the block's end.
  uint8_t *page, *blockEnd;
  /// The record that comes next in the page, and the page's end.
  uint8_t *place, *end;
  /// The time of the last record.
  uint64_t time;
} Cursor;

static inline void openCursor(Cursor *cursor, const Recording *recording, int cpu) {
  memset(cursor, 0, sizeof *cursor);
  cursor->file = recording->file;
  cursor->offset = recording->cpus[cpu].offset;
  cursor->left = recording->cpus[cpu].size;
  cursor->block = malloc(blockSize);
  if (!cursor->block) fail("no memory", "a block");
  cursor->page = cursor->blockEnd = cursor->block;
}

static inline int readBlock(Cursor *cursor) {
  uint64_t size = cursor->left < blockSize ? cursor->left : blockSize;
  size &= ~(uint64_t)(subBufferSize - 1);
  if (size == 0 || pread(cursor->file, cursor->block, size, cursor->offset) != (ssize_t)size) return 0;
  cursor->offset += size;
  cursor->left -= size;
  cursor->page = cursor->block;
  cursor->blockEnd = cursor->block + size;
  return 1;
}

static inline int openPage(Cursor *cursor) {
  if (cursor->page == cursor->blockEnd && !readBlock(cursor)) return 0;
  uint64_t commit = load64(cursor->page + 8) & ((1 << 27) - 1);
  if (commit > subBufferSize - dataStart) fail("a page says that it is longer than it is", "a page");
  cursor->time = load64(cursor->page);
  cursor->place = cursor->page + dataStart;
  cursor->end = cursor->place + commit;
  cursor->page += subBufferSize;
  return 1;
}

/// What is no event: padding, and times that do not fit into 27 bits.
static inline void skipSpecial(Cursor *cursor, uint32_t type, uint64_t delta) {
  uint32_t second = load32(cursor->place + 4);
  uint64_t high = (uint64_t)second << 27;
  if (type == 29 && delta == 0) {
    cursor->place = cursor->end;
    return;
  }
  if (type == 29 && delta > 1) cursor->time += delta;
  if (type == 30) cursor->time += high + delta;
  if (type == 31) cursor->time = (cursor->time & ~((1ull << 59) - 1)) | (high + delta);
  cursor->place += type == 29 ? 4 + second : 8;
}

/// The payload of the next record, or NULL at the end.
static inline uint8_t *nextRecord(Cursor *cursor) {
  for (;;) {
    while (cursor->place >= cursor->end)
      if (!openPage(cursor)) return NULL;
    uint32_t word = load32(cursor->place), type = word & 31;
    uint8_t *data = cursor->place + 4;
    if (type >= 1 && type <= 28) {
      cursor->time += word >> 5;
      cursor->place = data + 4 * type;
      return data;
    }
    if (type == 0) {
      cursor->time += word >> 5;
      cursor->place = data + load32(data);
      return data + 4;
    }
    skipSpecial(cursor, type, word >> 5);
  }
}

/// All CPUs by time.
typedef struct {
  Cursor cursors[mostCPUs];
  uint8_t *records[mostCPUs];
  int count;
  /// The CPU whose record was the last one; -1 before the first.
  int last;
} Merge;

static inline void openMerge(Merge *merge, const Recording *recording) {
  merge->count = recording->cpuCount;
  merge->last = -1;
  for (int cpu = 0; cpu < merge->count; cpu++) {
    openCursor(&merge->cursors[cpu], recording, cpu);
    merge->records[cpu] = nextRecord(&merge->cursors[cpu]);
  }
}

/// The next record and its time, or NULL at the end. It is valid until the next call.
static inline uint8_t *nextMerged(Merge *merge, uint64_t *time) {
  if (merge->last >= 0) merge->records[merge->last] = nextRecord(&merge->cursors[merge->last]);
  int first = -1;
  for (int cpu = 0; cpu < merge->count; cpu++) {
    if (!merge->records[cpu]) continue;
    if (first < 0 || merge->cursors[cpu].time < merge->cursors[first].time) first = cpu;
  }
  merge->last = first;
  if (first < 0) return NULL;
  *time = merge->cursors[first].time;
  return merge->records[first];
}
