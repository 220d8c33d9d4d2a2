/* SPDX-License-Identifier: GPL-2.0 */
/* Dependencies: pure, it knows how jobs stand and nothing of how they came to. */
#ifndef VIGIL_AGENT_DEPEND_H
#define VIGIL_AGENT_DEPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/jobfile/ties.h"

enum { DEPEND_NOBODY = UINT32_MAX };

enum depend_stand {
	DEPEND_READY,		/* running */
	DEPEND_COMING,		/* on its way up */
	DEPEND_LEAVING,		/* told to end */
	DEPEND_GONE,		/* down or given up, or waits for one that is */
};

/** struct depend_view - how one job stands. All times are of one clock. */
struct depend_view {
	enum depend_stand stand;
	bool wanted;		/* up */
	bool alive;		/* it has a process */
	bool stale;		/* ... which is to make room for a new one, with its group */
	uint64_t since_us;	/* start of its process */
	uint64_t told_us;	/* its process knows what became of other jobs up to then */
	enum job_on_dependency on_dependency;
};

typedef struct depend_view (*depend_look_fn)(const void *arg, uint32_t job);

/** struct depend - the jobs by number and their ties; fill it with depend_init(). */
struct depend {
	size_t n;
	struct ties ties;		/* sorted by the one that waits */
	uint32_t *out_at;		/* of job i: ties.list[out_at[i]] up to out_at[i + 1] */
	uint32_t *in;			/* indexes into ties.list, sorted by the one waited for */
	uint32_t *in_at;
	bool *missing;			/* it needs a job that does not exist */
	depend_look_fn look;
	const void *arg;
};

/**
 * depend_init - from zeroed memory.
 * @specs: sorted by name; the strings need not outlive the call
 *
 * Return: 0, or -ENOMEM with @d zeroed.
 */
int depend_init(struct depend *d, const struct job_spec *const *specs, size_t n,
		depend_look_fn look, const void *arg);
void depend_free(struct depend *d);

enum depend_start {
	DEPEND_START,		/* now */
	DEPEND_WAIT,		/* for one that is on its way */
	DEPEND_STUCK,		/* for one that is not */
};

/**
 * depend_may_start - may this job start now?
 * @culprit: set to the job it waits for; DEPEND_NOBODY if there is none of that name
 */
enum depend_start depend_may_start(const struct depend *d, uint32_t job, uint32_t *culprit);

/** depend_may_stop - may this job, which is to stop, be told so now? False: others go first. */
bool depend_may_stop(const struct depend *d, uint32_t job);

enum depend_deed {
	DEPEND_GO_ON,
	DEPEND_SIGNAL,		/* one that it needs is back: tell it */
	DEPEND_RESTART,		/* end it; it starts again when it may */
	DEPEND_STOP,		/* end it for good */
};

/** depend_deed - what is to become of a live process, now that others stand as they do. */
enum depend_deed depend_deed(const struct depend *d, uint32_t job);

#endif /* VIGIL_AGENT_DEPEND_H */
