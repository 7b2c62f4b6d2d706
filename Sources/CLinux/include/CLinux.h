// Calls of Linux that Swift's Glibc module does not show: they need _GNU_SOURCE.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The CPU that the caller runs on, or 0 if that is unknown.
uint32_t clinux_current_cpu(void);

/// The calling thread runs on this CPU only. False where that is not to be had.
_Bool clinux_stay_on_cpu(int cpu);

/// How many CPUs the calling thread may run on; 0 if that is unknown.
int clinux_usable_cpus(void);

/// Tells the CPU that the caller looks at some memory again and again.
static inline void clinux_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

/// Has the CPU fetch the cache line at this address, which need not be a valid one; nobody waits for it.
static inline void clinux_prefetch(const void *address) { __builtin_prefetch(address); }

/// The NUMA node that the caller runs on, or 0 if that is unknown.
uint32_t clinux_current_node(void);

/// The id of the calling thread.
int32_t clinux_thread_id(void);

/// The calling thread gets a mount namespace of its own, with a file system of this type at `path`. What
/// is mounted elsewhere later still shows in it. 0, or the error's number.
int clinux_mount_privately(const char *type, const char *path);

/// The directory is one of a mounted tracefs, where reading a ring takes its records away.
_Bool clinux_is_tracefs(const char *directory);

/// A new file in this directory that has no name, for reading and writing: it goes when it is closed
/// (O_TMPFILE of open(2)). -1, with errno, where that is not to be had.
int clinux_open_unnamed(const char *directory);

/// From now on the first SIGINT, SIGTERM or SIGHUP only sets a flag; a second one releases the
/// guarded instances and ends the process at once with 128 + its number. A signal that is ignored
/// stays ignored (nohup).
void clinux_catch_stop_signals(void);

/// Whether SIGINT, SIGTERM or SIGHUP came.
_Bool clinux_stop_requested(void);

/// As `clinux_catch_stop_signals`, for a process of many runs: SIGINT is about one run, and only ever sets a
/// flag of its own.
void clinux_catch_session_signals(void);

/// How often SIGINT came since the last `clinux_take_interrupt`: 2 for more.
int clinux_interrupts(void);

/// Whether it came at all; from now on it did not.
_Bool clinux_take_interrupt(void);

/// From now on SIGUSR1 only sets a flag.
void clinux_catch_report_signal(void);

/// Whether SIGUSR1 came since this was last asked.
_Bool clinux_take_report_request(void);

/// From now on this directory of tracefs is removed when the process ends: on exit(), on a second
/// stop signal and on a crash. SIGPIPE no longer ends the process. `capacity` is the most descriptors,
/// and the most mappings, that will be added. A slot for the calls below; -1 where there is no room
/// (8 directories, paths up to 255 bytes) or no memory.
int clinux_guard(const char *path, int capacity);

/// The slot's directory cannot be removed while this is open: it is closed first. False beyond
/// the capacity.
_Bool clinux_guard_descriptor(int slot, int descriptor);

/// As above for a mapping.
_Bool clinux_guard_mapping(int slot, void *start, size_t size);

/// Unmaps, closes and removes; 0, or the error of rmdir. Later calls for the slot do nothing.
int clinux_release(int slot);

/// Forks a child that waits, and runs the command (NULL at its end) after `clinux_run_command(gate)`.
/// It gets SIGTERM when its parent dies. The child's id, or -1.
int32_t clinux_fork_command(char *const arguments[], int *gate);

/// Lets the child go, and closes the gate. 0 once the command runs, or the error's number where it cannot.
int clinux_run_command(int gate);

/// Whether the child has ended, and how (a status of waitpid(2)). It is asked now and then until its end; one
/// that somebody else waited for has no status.
_Bool clinux_command_has_ended(int32_t child, int *status);

/// Pages that the process touches from now on, and those that it has, stay in memory (MCL_ONFAULT: those
/// that it does not touch are not there). 0, or the error's number.
int clinux_lock_memory(void);

/// What was freed goes back to the system.
void clinux_return_memory(void);

/// No limit says how much may be locked: beyond one, mappings would fail.
_Bool clinux_may_lock_any_memory(void);

/// Sets the process's oom_score_adj, which was `before`; shells of `clinux_start_shell` get that again.
/// 0, or the error's number.
int clinux_set_oom_score(int before, int score);

/// Starts `/bin/sh -c command`; a descriptor of its standard output, and its id. -1 where that fails.
int clinux_start_shell(const char *command, int32_t *child);

/// Waits until a child has ended.
void clinux_wait_for(int32_t child);
