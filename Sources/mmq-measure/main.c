// `mmq-measure FILE COMMAND…`: runs a command and writes what it took to FILE: nanoseconds of wall time,
// microseconds of user and of system time, the most memory in kilobytes, and the exit code (128 + the
// number of a signal), in one line.
//
// A program of its own because the kernel counts the memory of the parent at the time of fork(2) as the
// child's: it has to be a small one.
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static long long microseconds(struct timeval time) { return time.tv_sec * 1000000ll + time.tv_usec; }

static int codeOf(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

int main(int count, char **arguments) {
  if (count < 3) {
    fprintf(stderr, "usage: mmq-measure FILE COMMAND [ARGUMENTS]\n");
    return 2;
  }
  FILE *report = fopen(arguments[1], "we");
  if (!report) {
    perror(arguments[1]);
    return 2;
  }
  pid_t child;
  long long start = nanoseconds();
  int error = posix_spawnp(&child, arguments[2], NULL, NULL, arguments + 2, environ);
  if (error) {
    fprintf(stderr, "mmq-measure: %s: %s\n", arguments[2], strerror(error));
    return 2;
  }
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) {
    perror("mmq-measure");
    return 2;
  }
  long long wall = nanoseconds() - start;
  fprintf(report, "%lld %lld %lld %ld %d\n", wall, microseconds(usage.ru_utime),
      microseconds(usage.ru_stime), usage.ru_maxrss, codeOf(status));
  fclose(report);
  return codeOf(status);
}
