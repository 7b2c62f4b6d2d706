// Decompresses a version 7 recording as far as its pages go, and does nothing with them.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "Queries.h"

enum { windowSize = 1 << 20, mostChunk = 1 << 26, optionBuffer = 3 };

/// Bytes of the file from one place on, read in blocks.
typedef struct {
  int file;
  uint64_t offset;
  uint8_t *window;
  size_t at, filled, capacity;
} Window;

static Window openWindow(int file, uint64_t offset) {
  Window window = {file, offset, malloc(windowSize), 0, 0, windowSize};
  if (!window.window) fail("no memory", "a window");
  return window;
}

/// The next bytes, which stay where they are until the next call.
static const uint8_t *take(Window *window, size_t size) {
  if (window->filled - window->at < size) {
    window->filled -= window->at;
    memmove(window->window, window->window + window->at, window->filled);
    window->at = 0;
    if (size > window->capacity) window->window = realloc(window->window, window->capacity = size);
    if (!window->window) fail("no memory", "a window");
    ssize_t more = pread(
        window->file, window->window + window->filled, window->capacity - window->filled, window->offset);
    if (more > 0) window->filled += more;
    if (more > 0) window->offset += more;
    if (window->filled < size) fail("it is cut", "the recording");
  }
  const uint8_t *start = window->window + window->at;
  window->at += size;
  return start;
}

static uint32_t take32(Window *window) { return load32(take(window, 4)); }
static uint64_t take64(Window *window) { return load64(take(window, 8)); }

static void takeString(Window *window) {
  while (*take(window, 1)) {
  }
}

/// The count of chunks, then each behind its sizes, packed and not.
static uint64_t decompressCPU(int file, uint64_t offset, ZSTD_DCtx *context) {
  static uint8_t *pages;
  static size_t capacity;
  Window window = openWindow(file, offset);
  uint64_t sum = 0;
  for (uint32_t left = take32(&window); left > 0; left--) {
    uint32_t packed = take32(&window), size = take32(&window);
    if (packed > mostChunk || size > mostChunk) fail("a chunk is too long", "the recording");
    if (size > capacity) pages = realloc(pages, capacity = size);
    if (!pages) fail("no memory", "a chunk");
    size_t done = ZSTD_decompressDCtx(context, pages, size, take(&window, packed), packed);
    if (ZSTD_isError(done)) fail(ZSTD_getErrorName(done), "a chunk");
    sum += done;
  }
  free(window.window);
  return sum;
}

/// An option of a buffer: its section, name, clock, size of pages, and its CPUs with their places.
static uint64_t decompressBuffer(int file, Window *option, ZSTD_DCtx *context) {
  take64(option);
  takeString(option);
  takeString(option);
  take32(option);
  uint64_t sum = 0;
  for (uint32_t cpus = take32(option); cpus > 0; cpus--) {
    take32(option);
    uint64_t offset = take64(option), size = take64(option);
    if (size > 0) sum += decompressCPU(file, offset, context);
  }
  return sum;
}

/// Each section of options ends with the place of the next one.
static uint64_t decompressBuffers(int file, uint64_t place, ZSTD_DCtx *context) {
  uint64_t sum = 0;
  while (place) {
    Window window = openWindow(file, place);
    const uint8_t *head = take(&window, 16);
    if (load16(head + 2) & 1) fail("its options are compressed", "the recording");
    place = 0;
    for (int isLast = 0; !isLast;) {
      const uint8_t *option = take(&window, 6);
      uint16_t id = load16(option);
      uint32_t size = load32(option + 2);
      const uint8_t *data = take(&window, size);
      isLast = id == 0;
      if (isLast && size >= 8) place = load64(data);
      if (id != optionBuffer) continue;
      Window body = openWindow(file, window.offset - (window.filled - window.at) - size);
      sum += decompressBuffer(file, &body, context);
      free(body.window);
    }
    free(window.window);
  }
  return sum;
}

uint64_t decompressAll(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) fail("it cannot be read", path);
  Window window = openWindow(file, 0);
  static const uint8_t wanted[] = "\x17\x08\x44tracing7\0\0";
  if (memcmp(take(&window, 13), wanted, 13)) fail("not version 7, little-endian", path);
  take(&window, 1 + 4);
  if (memcmp(take(&window, 5), "zstd", 5)) fail("not compressed with zstd", path);
  takeString(&window);
  uint64_t options = take64(&window);
  ZSTD_DCtx *context = ZSTD_createDCtx();
  uint64_t sum = decompressBuffers(file, options, context);
  ZSTD_freeDCtx(context);
  free(window.window);
  return sum;
}
