#define _GNU_SOURCE
#include "CTerminal.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

int32_t cterminal_start(
    char *const arguments[], char *const environment[], uint16_t rows, uint16_t columns, int *side) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  pid_t child = forkpty(side, 0, 0, &size);
  if (child == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    close_range(3, ~0u, 0);
    execve(arguments[0], arguments, environment);
    _exit(127);
  }
  if (child > 0) fcntl(*side, F_SETFD, FD_CLOEXEC);
  return child;
}

void cterminal_resize(int side, uint16_t rows, uint16_t columns) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  ioctl(side, TIOCSWINSZ, &size);
}
