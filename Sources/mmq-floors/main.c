// `mmq-floors Q1..Q6 FILE`: what a hand-written loop needs for each query of the benchmark, over a version 6
// recording. `mmq-floors zstd FILE`: what libzstd alone needs for the pages of a version 7 recording.
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>

#include "Queries.h"

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int usage(void) {
  fprintf(stderr, "usage: mmq-floors Q1..Q6|zstd FILE\n");
  return 2;
}

static int decompress(const char *path) {
  double start = now();
  uint64_t bytes = decompressAll(path);
  double time = now() - start;
  fprintf(stderr, "zstd: %lu bytes, %.3f s, %.0f MB/s\n", bytes, time, bytes / time / 1e6);
  return 0;
}

static int query(const char *name, const char *path) {
  double start = now();
  static Recording recording;
  openRecording(&recording, path);
  uint64_t seen = runQuery(name[1], &recording);
  fflush(stdout);
  double time = now() - start;
  fprintf(stderr, "%s: %lu events, %.3f s, %.1f M events/s\n", name, seen, time, seen / time / 1e6);
  return 0;
}

int main(int count, char **arguments) {
  if (count != 3) return usage();
  const char *name = arguments[1];
  if (!strcmp(name, "zstd")) return decompress(arguments[2]);
  if (name[0] != 'Q' || name[1] < '1' || name[1] > '6' || name[2]) return usage();
  return query(name, arguments[2]);
}
