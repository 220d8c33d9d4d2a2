/* SPDX-License-Identifier: GPL-2.0 */
/* What of a changed definition reaches a job that runs. */
#ifndef VIGIL_AGENT_INPLACE_H
#define VIGIL_AGENT_INPLACE_H

#include <stdint.h>

struct job;

/** inplace_change - @keys: those of compare_specs() that have changed; others are for its next start. */
void inplace_change(struct job *job, uint64_t keys);

#endif /* VIGIL_AGENT_INPLACE_H */
