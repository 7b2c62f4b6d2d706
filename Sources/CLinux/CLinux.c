#define _GNU_SOURCE
#include "CLinux.h"
#include "Guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

uint32_t clinux_current_cpu(void) {
  int cpu = sched_getcpu();
  return cpu < 0 ? 0 : (uint32_t)cpu;
}

uint32_t clinux_current_node(void) {
  unsigned int cpu = 0, node = 0;
  return syscall(SYS_getcpu, &cpu, &node, 0) == 0 ? node : 0;
}

_Bool clinux_stay_on_cpu(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (cpu < 0 || cpu >= CPU_SETSIZE) return 0;
  CPU_SET(cpu, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

int clinux_usable_cpus(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

int clinux_mount_privately(const char *type, const char *path) {
  if (unshare(CLONE_NEWNS) != 0) return errno;
  // Else the new mount would show where the old namespace is shared.
  if (mount(0, "/", 0, MS_REC | MS_SLAVE, 0) != 0) return errno;
  return mount("nodev", path, type, 0, 0) == 0 ? 0 : errno;
}

_Bool clinux_is_tracefs(const char *directory) {
  struct statfs system;
  return statfs(directory, &system) == 0 && system.f_type == TRACEFS_MAGIC;
}

int clinux_open_unnamed(const char *directory) {
  return open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
}

int32_t clinux_thread_id(void) { return (int32_t)syscall(SYS_gettid); }

static volatile sig_atomic_t stop_requested;
static volatile sig_atomic_t report_requested;

static void on_stop(int number) {
  if (stop_requested) {
    clinux_release_all();
    _exit(128 + number);
  }
  stop_requested = 1;
}

// Threads of some libraries block all signals, and what they start inherits that.
void clinux_unblock(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(SIG_UNBLOCK, &set, 0);
}

static void on_report(int number) {
  (void)number;
  report_requested = 1;
}

static void catch_unless_ignored(int number) {
  struct sigaction old, action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
  if (sigaction(number, 0, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(number, &action, 0);
  clinux_unblock(number);
}

void clinux_catch_stop_signals(void) {
  catch_unless_ignored(SIGINT);
  catch_unless_ignored(SIGTERM);
  catch_unless_ignored(SIGHUP);
}

_Bool clinux_stop_requested(void) { return stop_requested != 0; }

static volatile sig_atomic_t interrupts;

static void on_interrupt(int number) {
  (void)number;
  if (interrupts < 2) interrupts++;
}

void clinux_catch_session_signals(void) {
  struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
  catch_unless_ignored(SIGTERM);
  catch_unless_ignored(SIGHUP);
  sigaction(SIGINT, &action, 0);
  clinux_unblock(SIGINT);
}

int clinux_interrupts(void) { return interrupts; }

_Bool clinux_take_interrupt(void) {
  if (!interrupts) return 0;
  interrupts = 0;
  return 1;
}

void clinux_catch_report_signal(void) {
  struct sigaction action = {.sa_handler = on_report, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, 0);
  clinux_unblock(SIGUSR1);
}

_Bool clinux_take_report_request(void) {
  if (!report_requested) return 0;
  report_requested = 0;
  return 1;
}
