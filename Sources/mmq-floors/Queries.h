// The queries of the benchmark, each as a loop of its own.
#pragma once

#include "Recording.h"

/// Runs a query, '1' to '6', and prints its result. The number of records, or 0 if there is no such query.
uint64_t runQuery(char number, const Recording *recording);

/// Only decompresses: what libzstd alone takes for the chunks of a version 7 recording. The number of
/// bytes that came out.
uint64_t decompressAll(const char *path);
