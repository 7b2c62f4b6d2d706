// What keeps a process alive when memory is short, and what its children must not inherit of it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CLinux.h"

static const char score_path[] = "/proc/self/oom_score_adj";
// What the process had before, for its children; empty where nothing was changed.
static char score_before[16];

static _Bool is_locked;

int clinux_lock_memory(void) {
  if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) return errno;
  is_locked = 1;
  return 0;
}

_Bool clinux_may_lock_any_memory(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

// Only what may be called between vfork and exec.
static int write_score(const char *text) {
  int descriptor = open(score_path, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  int problem = write(descriptor, text, strlen(text)) < 0 ? errno : 0;
  close(descriptor);
  return problem;
}

int clinux_set_oom_score(int before, int score) {
  char text[16];
  snprintf(text, sizeof text, "%d", score);
  int problem = write_score(text);
  if (problem == 0) snprintf(score_before, sizeof score_before, "%d", before);
  return problem;
}

int clinux_start_shell(const char *command, int32_t *child) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  pid_t started = vfork();
  if (started == 0) {
    if (score_before[0] != 0) write_score(score_before);
    dup2(ends[1], STDOUT_FILENO);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
  }
  close(ends[1]);
  if (started < 0) {
    close(ends[0]);
    return -1;
  }
  *child = started;
  return ends[0];
}

void clinux_wait_for(int32_t child) {
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

void clinux_return_memory(void) {
#ifdef __GLIBC__
  // malloc() gives pages back by MADV_DONTNEED, which refuses locked ones.
  if (is_locked) munlockall();
  malloc_trim(0);
  if (is_locked) clinux_lock_memory();
#endif
}
