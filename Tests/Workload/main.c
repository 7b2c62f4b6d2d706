// The traced program of the live tests: does a known number of things and ends.
//
//   mmq-workload faults ADDRESS PAGES ROUNDS...   a child for each number of rounds, all at once
//   mmq-workload tasks FORKS RENAMES EVENTFDS     the three one after the other
//   mmq-workload syscalls N                       so many getppid
//   mmq-workload cpu CPU N                        so many getppid on that CPU
//   mmq-workload various N                        calls of many kinds, names, signals, children
//   mmq-workload threads EARLY LATE N             threads and a child, each with so many getppid
//   mmq-workload itself N                         runs itself by a descriptor, then so many getppid
//   mmq-workload after WORDS...                   the same, after a byte on standard input
//
// Threads EARLY are there before that byte, LATE ones and the child come after it.
// Children are told on standard error: their process and what they did, a line for each.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
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
  // A name of its own: other workloads may run at the same time.
  if (prctl(PR_SET_NAME, "mmq-on-cpu")) fail("prctl");
}

static void call(long times) {
  for (long i = 0; i < times; i++) syscall(SYS_getppid);
}

// What lies above the 32 bits of a descriptor is nobody's business, but the kernel records it.
static long with_rubbish(long descriptor, long i) {
  return (long)((uint64_t)i % 3 * 0xdeadbeef00000000) | (descriptor & 0xffffffff);
}

static void child(long i) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0 && i % 3) execl("/bin/true", "true", NULL);
  if (child == 0) _exit((int)(i & 3));
  waitpid(child, NULL, 0);
}

static void various(long times) {
  static const char *names[] = {"even", "odd", "a b", "it's", "x*y", "1st", "ninety-nine-long-", "\"q\""};
  static const char *files[] = {"/dev/zero", "/dev/null", "/nowhere/at/all", ""};
  char bytes[512] = {0};
  signal(SIGUSR1, SIG_IGN);
  for (long i = 0; i < times; i++) {
    int file = open(files[i % 4], (i % 3 ? O_RDWR : O_RDONLY) | (i % 5 ? 0 : O_CLOEXEC));
    syscall(SYS_read, with_rubbish(file, i), bytes, i * 7 % sizeof bytes);
    syscall(SYS_write, with_rubbish(i % 4 ? file : -1, i), bytes, i % 9);
    syscall(SYS_close, with_rubbish(file, i + 1));
    if (i % 2) prctl(PR_SET_NAME, names[i / 2 % 8]);
    if (i % 7 == 0) kill(getpid(), SIGUSR1);
    if (i % 11 == 0) {
      volatile char *memory =
        mmap(NULL, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      for (int j = 0; j < 8; j++) memory[j * page] = 1;
      munmap((void *)memory, 8 * page);
    }
    if (i % 40 == 20) child(i / 40);
    if (i % 13 == 0) usleep(1);
  }
}

static void await_byte(void) {
  char byte;
  if (read(STDIN_FILENO, &byte, 1) != 1) exit(1);
}

static void *call_later(void *times) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static _Bool is_told;
  pthread_mutex_lock(&mutex);
  if (!is_told) await_byte();
  is_told = 1;
  pthread_mutex_unlock(&mutex);
  call(*(long *)times);
  return NULL;
}

static void start(pthread_t *threads, long count, long *times) {
  for (long i = 0; i < count; i++)
    if (pthread_create(threads + i, NULL, call_later, times)) fail("pthread_create");
}

static void threads(long early, long late, long times) {
  pthread_t all[early + late];
  start(all, early, &times);
  fprintf(stderr, "ready\n");
  call_later(&times);
  start(all + early, late, &times);
  for (long i = 0; i < early + late; i++) pthread_join(all[i], NULL);
  pid_t child = fork();
  if (child == 0) {
    call(times);
    _exit(0);
  }
  fprintf(stderr, "child %d\n", child);
  waitpid(child, NULL, 0);
}

static void run_itself(char *times) {
  char *words[] = {"mmq-workload", "syscalls", times, NULL};
  fexecve(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), words, environ);
  fail("fexecve");
}

int main(int count, char **words) {
  if (count > 2 && !strcmp(words[1], "after")) {
    await_byte();
    words++;
    count--;
  }
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
  } else if (count == 3 && !strcmp(what, "various")) {
    various(atol(words[2]));
  } else if (count == 3 && !strcmp(what, "itself")) {
    run_itself(words[2]);
  } else if (count == 5 && !strcmp(what, "threads")) {
    threads(atol(words[2]), atol(words[3]), atol(words[4]));
  } else {
    fprintf(stderr, "mmq-workload: see the head of its source\n");
    return 2;
  }
  return 0;
}
