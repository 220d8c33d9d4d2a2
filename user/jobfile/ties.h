/* SPDX-License-Identifier: GPL-2.0 */
/* Which job waits for which: the dependencies of a set of jobs, and the cycles among them. */
#ifndef VIGIL_JOBFILE_TIES_H
#define VIGIL_JOBFILE_TIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/jobfile/jobfile.h"

enum tie_kind {
	TIE_AFTER,	/* order only */
	TIE_REQUIRES,
	TIE_BINDS,
	TIE_MEMBER,	/* a later one of a group to an earlier one */
};

/** struct tie - one job waits for another. */
struct tie {
	uint32_t from;			/* the one that waits */
	uint32_t to;
	enum tie_kind kind;
	const struct job_ref *ref;	/* what says so */
};

/** struct ties - sorted by @from; zeroed: none. */
struct ties {
	struct tie *list;
	size_t n;
	size_t room;
};

/* Told of a name that no job has. */
typedef void (*ties_missing_fn)(void *arg, size_t from, enum tie_kind kind,
				const struct job_ref *ref);

/**
 * depend_targets - the jobs that a name means: the one of that name, else all of the form NAME@...
 * @specs: sorted by name
 * @first: index of the first of them
 *
 * Return: their number.
 */
size_t depend_targets(const struct job_spec *const *specs, size_t n, const char *name,
		      size_t *first);

/**
 * ties_make - the ties of all jobs.
 * @specs: sorted by name
 * @missing: may be NULL
 *
 * Return: 0 or -ENOMEM. Either way give @t to ties_free().
 */
int ties_make(struct ties *t, const struct job_spec *const *specs, size_t n,
	      ties_missing_fn missing, void *arg);
void ties_free(struct ties *t);

/**
 * ties_cycle - find jobs that wait for each other.
 * @n: number of jobs
 * @path: room for @n indexes into @t, filled with ties, the head of each being the tail of the next
 * @len: set to the number of them, 0 if there is no cycle
 *
 * Return: 0 or -ENOMEM.
 */
int ties_cycle(const struct ties *t, size_t n, uint32_t *path, size_t *len);

/** ties_write_cycle - "a -> b -> a", cut if longer than @size. */
void ties_write_cycle(const struct ties *t, const struct job_spec *const *specs,
		      const uint32_t *path, size_t len, char *buf, size_t size);

#endif /* VIGIL_JOBFILE_TIES_H */
