// A program on a pseudo-terminal of its own.
#pragma once

#include <stdint.h>

/// Starts it, with all signals as they are at first; its id, and the terminal's other side. -1, with errno,
/// where there is none.
int32_t cterminal_start(
    char *const arguments[], char *const environment[], uint16_t rows, uint16_t columns, int *side);

/// The window has another size from now on.
void cterminal_resize(int side, uint16_t rows, uint16_t columns);
