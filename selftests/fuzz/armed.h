/* SPDX-License-Identifier: GPL-2.0 */
/* A watchdog that is armed as often as somebody disarms it. */
#ifndef SELFTESTS_FUZZ_ARMED_H
#define SELFTESTS_FUZZ_ARMED_H

#include <sys/types.h>

struct tally;

/* A process of its own; dog_load() has been called. Returns its ID, or a negative errno. */
pid_t armed_start(void);
/* Afterwards none is armed, or that is complained of. */
void armed_stop(pid_t pid, struct tally *t);

#endif /* SELFTESTS_FUZZ_ARMED_H */
