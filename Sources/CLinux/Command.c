// A command that is forked before tracing is set up, and runs when told to.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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
  // The parent hears of it, and says it.
  int reason = errno;
  (void)!write(gate, &reason, sizeof reason);
  _exit(127);
}

int32_t clinux_fork_command(char *const arguments[], int *gate) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
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

int clinux_run_command(int gate) {
  char go = 1;
  int reason = 0;
  while (send(gate, &go, 1, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
  // exec closes the child's end: then there is nothing to read.
  while (read(gate, &reason, sizeof reason) < 0 && errno == EINTR) {
  }
  close(gate);
  return reason;
}

_Bool clinux_command_has_ended(int32_t child, int *status) {
  pid_t ended = waitpid(child, status, WNOHANG);
  return ended == child || (ended < 0 && errno == ECHILD);
}
