// Directories of tracefs that must not outlive the process. Everything here may run in a signal
// handler: no allocation, no locks, only system calls.
#define _GNU_SOURCE
#include "Guard.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CLinux.h"

enum { slot_count = 8, path_size = 256 };

struct mapping {
  void *start;
  size_t size;
};

static struct slot {
  volatile sig_atomic_t in_use;
  // A child that was forked must not remove what is its parent's.
  pid_t owner;
  char path[path_size];
  int capacity;
  int *descriptors;
  struct mapping *mappings;
  volatile int descriptor_count, mapping_count;
} slots[slot_count];

static int release_slot(struct slot *slot) {
  if (!slot->in_use || slot->owner != getpid()) return 0;
  for (int i = 0; i < slot->mapping_count; i++)
    munmap(slot->mappings[i].start, slot->mappings[i].size);
  for (int i = 0; i < slot->descriptor_count; i++) close(slot->descriptors[i]);
  slot->mapping_count = slot->descriptor_count = 0;
  int error = rmdir(slot->path) == 0 || errno == ENOENT ? 0 : errno;
  slot->in_use = 0;
  return error;
}

void clinux_release_all(void) {
  for (int i = 0; i < slot_count; i++) release_slot(&slots[i]);
}

// A handler that returns lets the default action follow: SA_RESETHAND has put it back, and the
// instruction that crashed runs again.
static void on_crash(int number) {
  clinux_release_all();
  raise(number);
}

static void on_broken_pipe(int number) { (void)number; }

static void install_handlers(void) {
  static _Bool is_done;
  if (is_done) return;
  is_done = 1;
  static char stack[1 << 16];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, 0);
  struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_RESETHAND | SA_ONSTACK};
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
    sigaction(crashes[i], &crash, 0);
    clinux_unblock(crashes[i]);
  }
  // A handler, not SIG_IGN, which programs started by system() would inherit.
  struct sigaction pipe = {.sa_handler = on_broken_pipe, .sa_flags = SA_RESTART};
  sigaction(SIGPIPE, &pipe, 0);
  clinux_unblock(SIGPIPE);
  atexit(clinux_release_all);
}

// Memory is taken before the slot is in use, so that a handler never meets half of it.
static _Bool prepare(struct slot *slot, const char *path, int capacity) {
  free(slot->descriptors);
  free(slot->mappings);
  slot->descriptors = calloc((size_t)capacity, sizeof *slot->descriptors);
  slot->mappings = calloc((size_t)capacity, sizeof *slot->mappings);
  slot->capacity = capacity;
  slot->owner = getpid();
  strcpy(slot->path, path);
  return slot->descriptors && slot->mappings;
}

int clinux_guard(const char *path, int capacity) {
  if (strlen(path) >= path_size || capacity < 1) return -1;
  for (int i = 0; i < slot_count; i++) {
    if (slots[i].in_use) continue;
    if (!prepare(&slots[i], path, capacity)) return -1;
    install_handlers();
    slots[i].in_use = 1;
    return i;
  }
  return -1;
}

_Bool clinux_guard_descriptor(int number, int descriptor) {
  if (number < 0) return 0;
  struct slot *slot = &slots[number];
  if (slot->descriptor_count == slot->capacity) return 0;
  slot->descriptors[slot->descriptor_count] = descriptor;
  slot->descriptor_count++;
  return 1;
}

_Bool clinux_guard_mapping(int number, void *start, size_t size) {
  if (number < 0) return 0;
  struct slot *slot = &slots[number];
  if (slot->mapping_count == slot->capacity) return 0;
  slot->mappings[slot->mapping_count] = (struct mapping){start, size};
  slot->mapping_count++;
  return 1;
}

int clinux_release(int number) { return number < 0 ? 0 : release_slot(&slots[number]); }
