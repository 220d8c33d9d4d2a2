/* SPDX-License-Identifier: GPL-2.0 */
/* The restart policy: pure, it knows times and ends and nothing else. */
#ifndef VIGIL_AGENT_SUPERVISE_H
#define VIGIL_AGENT_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/jobfile/jobfile.h"
#include "user/store/store.h"

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
	uint64_t escalated_us;		/* the last SUP_ESCALATE; 0: none */
};

enum sup_end {
	SUP_END_CLEAN,			/* exited with 0, or as success_exit says */
	SUP_END_FAILURE,		/* exited with another code */
	SUP_END_ABNORMAL,		/* a signal, a hang, want of memory, an unknown end */
	SUP_END_PREVENTED,		/* restart_prevent has it */
	SUP_END_FORCED,			/* restart_force has it */
	SUP_END_NO_START,		/* the program never ran */
};

enum sup_verdict {
	SUP_RESTART,			/* after delay_us */
	SUP_DONE,			/* the policy wants no restart */
	SUP_FAILED,			/* no restart is allowed after a failed start */
	SUP_LIMIT,			/* too many restarts: it has failed */
	SUP_ESCALATE,			/* too many restarts: restart its group, and it with them */
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

/** sup_room - have room for @max restarts in one window. 0 or -ENOMEM. */
int sup_room(struct sup *s, unsigned int max);

/** sup_count - count a restart. False: one more than @max in @window_us; 0: no limit. */
bool sup_count(struct sup *s, unsigned int max, uint64_t window_us, uint64_t now_us);

/** sup_judge - what the policy makes of the end of an instance. */
enum sup_end sup_judge(const struct job_spec *spec, const struct store_exit *end);

/** sup_wants - is an instance that has ended so to be restarted, limits apart? */
bool sup_wants(const struct job_spec *spec, enum sup_end end);

/** sup_is_clean - exited with 0, or as success_exit says? */
bool sup_is_clean(const struct job_spec *spec, const struct store_exit *end);

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
