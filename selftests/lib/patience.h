/* SPDX-License-Identifier: GPL-2.0 */
/* How much slower than on a stock kernel things may be. */
#ifndef SELFTESTS_LIB_PATIENCE_H
#define SELFTESTS_LIB_PATIENCE_H

#include <stdlib.h>

/* How many times longer anything may take; the VM runner sets it. */
static inline int patience(void)
{
	const char *times = getenv("VIGIL_PATIENCE");
	int n = times ? atoi(times) : 1;

	return n > 1 ? n : 1;
}

#endif /* SELFTESTS_LIB_PATIENCE_H */
