/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between two definitions of one job, key by key. */
#ifndef VIGIL_JOBFILE_COMPARE_H
#define VIGIL_JOBFILE_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "user/jobfile/jobfile.h"

/* When a change of a key takes effect on a job that runs. */
enum compare_effect {
	COMPARE_AT_ONCE,
	COMPARE_NEXT_START,	/* it is about how the job starts: what runs is no worse without it */
	COMPARE_RESTART,	/* what runs keeps the old value for as long as it runs */
};

/**
 * compare_specs - which keys differ; where in the file they stand does not count.
 *
 * Return: bit n: compare_key(n). Reads both, keeps nothing; for any thread.
 */
uint64_t compare_specs(const struct job_spec *a, const struct job_spec *b);

/** compare_mask - the bits of all keys with this effect. */
uint64_t compare_mask(enum compare_effect effect);

/** compare_key - what a job file calls the key, as in "exec" or "limits.memory"; NULL: there is no such bit. */
const char *compare_key(size_t bit);

/** compare_socket_attributes - the bit of what can be changed of sockets while they are open. */
uint64_t compare_socket_attributes(void);

/** compare_cgroup_limits - the bits of what is written to the job's cgroup. */
uint64_t compare_cgroup_limits(void);

#endif /* VIGIL_JOBFILE_COMPARE_H */
