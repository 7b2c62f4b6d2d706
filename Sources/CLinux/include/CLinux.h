// Calls of Linux that Swift's Glibc module does not show: they need _GNU_SOURCE.
#pragma once

#include <stdint.h>

/// The CPU that the caller runs on, or 0 if that is unknown.
uint32_t clinux_current_cpu(void);

/// The NUMA node that the caller runs on, or 0 if that is unknown.
uint32_t clinux_current_node(void);

/// The id of the calling thread.
int32_t clinux_thread_id(void);

/// From now on the first SIGINT or SIGTERM only sets a flag; a second one ends the process at once
/// with 128 + its number. A signal that is ignored stays ignored (nohup).
void clinux_catch_stop_signals(void);

/// Whether SIGINT or SIGTERM came.
_Bool clinux_stop_requested(void);
