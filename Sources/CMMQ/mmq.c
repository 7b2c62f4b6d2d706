/* The functions are in MMQC, in Swift; this only shows that the header stands by itself. */
#include "mmq.h"
