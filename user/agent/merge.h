/* SPDX-License-Identifier: GPL-2.0 */
/* Job files merged to one set of jobs with unique names. */
#ifndef VIGIL_AGENT_MERGE_H
#define VIGIL_AGENT_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "user/agent/jobsrc.h"

/** struct merge_slot - one path. */
struct merge_slot {
	char *path;
	struct jobsrc *good;	/* as it is now; NULL if bad */
	struct jobsrc *last;	/* last good version; NULL if none */
	struct jobsrc *used;	/* one of the two, or NULL; no reference of its own */
};

struct merge_entry {
	const struct job_spec *spec;
	struct jobsrc *src;
	bool fallback;
	size_t order;
};

struct merge {
	struct merge_slot *slots;	/* sorted by path */
	size_t nslots;
	struct merge_entry *entries;	/* the outcome, sorted by name */
	size_t n;
	struct complaints errors;
	struct jobsrc *const *known;	/* by path, sorted: need not be parsed again if they are the same */
	size_t nknown;
};

/**
 * merge_dir - read all DIR/NAME.yaml into slots.
 *
 * Return: 0; -ENOMEM; another negative errno, also told in m->errors, if @dir cannot be read.
 */
int merge_dir(struct merge *m, const char *dir);

/** merge_add_slot - a path that no directory told of. 0 or -ENOMEM. */
int merge_add_slot(struct merge *m, const char *path);

/** merge_find - the slot of a path, or NULL. */
struct merge_slot *merge_find(struct merge *m, const char *path);

/**
 * merge_run - choose the version of each file, and make the entries.
 *
 * A file is bad also if it names a job that a file before it names, if one of its jobs needs a job
 * that no file names or waits in a cycle, or if it exceeds AGENT_JOBS_MAX. In
 * place of a bad file its last good version is used, less the jobs that other files name now.
 * Return: 0 or -ENOMEM.
 */
int merge_run(struct merge *m);

void merge_free(struct merge *m);

#endif /* VIGIL_AGENT_MERGE_H */
