/* SPDX-License-Identifier: GPL-2.0 */
/* The restart policy: pure, it knows times and ends and nothing else. */
#ifndef VIGIL_AGENT_SUPERVISE_H
#define VIGIL_AGENT_SUPERVISE_H

#include <stddef.h>
#include <stdint.h>

#include "user/jobfile/jobfile.h"

enum {
	SUP_RECENT_MAX = 1000,		/* restarts that one window can count */
	SUP_JITTER_PERCENT = 20,	/* a delay is drawn from +- this much */
	SUP_LEVEL_MAX = 40,		/* doublings; far above every backoff_max */
};

/** struct sup - what the policy remembers of one job. */
struct sup {
	unsigned int level;		/* unhealthy ends since the last healthy run */
	unsigned int restarts;		/* automatic restarts since the operator last started it */
	unsigned int nrecent;
	unsigned int recent_max;	/* room in @recent */
	uint64_t *recent;		/* times of restarts, oldest first */
};

enum sup_end {
	SUP_END_CLEAN,			/* exited with 0 */
	SUP_END_FAILURE,		/* anything else, an unknown end too */
	SUP_END_NO_START,		/* the program never ran */
};

enum sup_verdict {
	SUP_RESTART,			/* after delay_us */
	SUP_DONE,			/* the policy wants no restart */
	SUP_FAILED,			/* too many restarts, or none allowed after a failed start */
};

struct sup_decision {
	enum sup_verdict verdict;
	uint64_t delay_us;
};

/** sup_size - make room for the restarts that @spec counts; those there stay. 0 or -ENOMEM. */
int sup_size(struct sup *s, const struct job_spec *spec);
void sup_free(struct sup *s);

/** sup_reset - the operator starts the job: back-off, window and count begin anew. */
void sup_reset(struct sup *s);

/**
 * sup_end - decide what follows the end of an instance.
 * @ran_us: how long it ran
 * @random: any uniformly drawn number; it makes the jitter
 *
 * Allocates nothing.
 */
struct sup_decision sup_end(struct sup *s, const struct job_spec *spec, enum sup_end end,
			    uint64_t ran_us, uint64_t now_us, uint32_t random);

/** sup_write, sup_read - the recent restarts as text for the store, and back. */
void sup_write(const struct sup *s, char *buf, size_t size);
void sup_read(struct sup *s, const char *text);

#endif /* VIGIL_AGENT_SUPERVISE_H */
