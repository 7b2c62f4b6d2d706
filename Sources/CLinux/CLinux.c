#define _GNU_SOURCE
#include "CLinux.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

uint32_t clinux_current_cpu(void) {
  int cpu = sched_getcpu();
  return cpu < 0 ? 0 : (uint32_t)cpu;
}

uint32_t clinux_current_node(void) {
  unsigned int cpu = 0, node = 0;
  return syscall(SYS_getcpu, &cpu, &node, 0) == 0 ? node : 0;
}

int32_t clinux_thread_id(void) { return (int32_t)syscall(SYS_gettid); }

static volatile sig_atomic_t stop_requested;

static void on_stop(int number) {
  if (stop_requested) _exit(128 + number);
  stop_requested = 1;
}

static void catch_unless_ignored(int number) {
  struct sigaction old, action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
  if (sigaction(number, 0, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(number, &action, 0);
}

void clinux_catch_stop_signals(void) {
  catch_unless_ignored(SIGINT);
  catch_unless_ignored(SIGTERM);
}

_Bool clinux_stop_requested(void) { return stop_requested != 0; }
