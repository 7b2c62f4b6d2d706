// A command that is forked before tracing is set up, and runs when told to.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CLinux.h"
#include "Guard.h"

// In the child: only what is safe after a fork of a process with threads.
static void wait_and_run(char *const arguments[], int gate, pid_t parent) {
  char go;
  // mmq may have been started with these blocked: the command must end when it is told to.
  clinux_unblock(SIGTERM);
  clinux_unblock(SIGINT);
  clinux_unblock(SIGHUP);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have died before that.
  if (getppid() != parent || read(gate, &go, 1) != 1) _exit(0);
  execvp(arguments[0], arguments);
  const char *reason = strerror(errno);
  dprintf(STDERR_FILENO, "mmq: %s: %s\n", arguments[0], reason);
  _exit(127);
}

int32_t clinux_fork_command(char *const arguments[], int *gate) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    close(ends[1]);
    wait_and_run(arguments, ends[0], parent);
  }
  close(ends[0]);
  if (child < 0) close(ends[1]);
  *gate = ends[1];
  return child;
}

void clinux_run_command(int gate) {
  char go = 1;
  while (write(gate, &go, 1) < 0 && errno == EINTR) {
  }
  close(gate);
}

_Bool clinux_command_has_ended(int32_t child) {
  int status;
  pid_t ended = waitpid(child, &status, WNOHANG);
  return ended == child || (ended < 0 && errno == ECHILD);
}
