// The traced program of the live tests: does a known number of things and ends.
//
//   mmq-workload faults ADDRESS PAGES ROUNDS...   a child for each number of rounds, all at once
//   mmq-workload tasks FORKS RENAMES EVENTFDS     the three one after the other
//   mmq-workload syscalls N                       so many getppid
//   mmq-workload cpu CPU N                        so many getppid on that CPU
//
// Children are told on standard error: their process and what they did, a line for each.

#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t page = 4096;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

// Small pages at a fixed place: each first touch is one fault, and madvise makes them fresh again.
static void touch(uintptr_t address, size_t pages, long rounds) {
  volatile char *memory = mmap((void *)address, pages * page, PROT_READ | PROT_WRITE,
    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (memory == MAP_FAILED) fail("mmap");
  if (madvise((void *)memory, pages * page, MADV_NOHUGEPAGE)) fail("madvise");
  for (long round = 0; round < rounds; round++) {
    for (size_t i = 0; i < pages; i++) memory[i * page] = 1;
    if (madvise((void *)memory, pages * page, MADV_DONTNEED)) fail("madvise");
  }
}

static void faults(uintptr_t address, size_t pages, char **rounds) {
  for (; *rounds; rounds++) {
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
      touch(address, pages, atol(*rounds));
      _exit(0);
    }
    fprintf(stderr, "%d %ld\n", child, atol(*rounds) * (long)pages);
  }
  int status;
  while (wait(&status) > 0)
    if (status != 0) exit(1);
}

static void tasks(long forks, long renames, long eventfds) {
  for (long i = 0; i < forks; i++) {
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
  }
  for (long i = 0; i < renames; i++)
    if (prctl(PR_SET_NAME, i % 2 ? "odd" : "even")) fail("prctl");
  // Each allocates one object of the kernel's own.
  for (long i = 0; i < eventfds; i++) {
    int descriptor = eventfd(0, 0);
    if (descriptor < 0) fail("eventfd");
    close(descriptor);
  }
}

static void stay(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set)) fail("sched_setaffinity");
}

static void call(long times) {
  for (long i = 0; i < times; i++) syscall(SYS_getppid);
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  if (count > 4 && !strcmp(what, "faults")) {
    faults(strtoull(words[2], NULL, 0), strtoull(words[3], NULL, 0), words + 4);
  } else if (count == 5 && !strcmp(what, "tasks")) {
    tasks(atol(words[2]), atol(words[3]), atol(words[4]));
  } else if (count == 3 && !strcmp(what, "syscalls")) {
    call(atol(words[2]));
  } else if (count == 4 && !strcmp(what, "cpu")) {
    stay(atoi(words[2]));
    call(atol(words[3]));
  } else {
    fprintf(stderr, "mmq-workload: see the head of its source\n");
    return 2;
  }
  return 0;
}
