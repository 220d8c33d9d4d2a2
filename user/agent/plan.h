/* SPDX-License-Identifier: GPL-2.0 */
/* What a reload does to each job. Pure: made of how the jobs stand and of the definitions to come. */
#ifndef VIGIL_AGENT_PLAN_H
#define VIGIL_AGENT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/jobfile/jobfile.h"

enum plan_action {
	PLAN_NOTHING,
	PLAN_START,		/* new and to be started; or known, down against what is wanted, and changed */
	PLAN_STOP,		/* no file names it any more, or it stops along with another */
	PLAN_RESTART,
	PLAN_CHANGE,		/* in place */
	PLAN_ADD,		/* new, and not to be started */
	PLAN_REMOVE,		/* as PLAN_STOP, of a job that is down */
	PLAN_ACTIONS,
};

enum plan_stand {
	PLAN_DOWN,		/* not wanted up, or done, or waiting for a connection */
	PLAN_UP,		/* it has a process, which is wanted */
	PLAN_WAITS,		/* wanted up, and on its way there without a process */
	PLAN_BROKEN,		/* wanted up, and failed or waiting for its next attempt */
};

/** struct plan_old - a job as it is; sorted by name. */
struct plan_old {
	const char *name;
	const struct job_spec *spec;	/* in force; NULL: a job without a definition */
	const struct job_spec *run;	/* that its process was started by; NULL: it has none */
	enum plan_stand stand;
	bool rolled_back;		/* @spec is not what its file says */
};

/** struct plan_new - a job as it is to be; sorted by name. */
struct plan_new {
	const struct job_spec *spec;
	const char *path;
};

struct plan_item {
	char name[JOB_NAME_LEN_MAX + 1];
	enum plan_action action;
	uint64_t now;			/* keys that take effect at once: compare_key() */
	uint64_t next;			/* ... at its next start, which the action may be */
	uint64_t restart;		/* the keys of @next for which it is restarted */
	char with[JOB_NAME_LEN_MAX + 1];	/* it follows this job; empty: none */
	bool again;			/* it was rolled back: this is tried once more */
	bool keep;			/* it says on-change: keep */
	size_t old;			/* index, PLAN_NOBODY if there is none */
	size_t fresh;			/* index of what is to be, or PLAN_NOBODY */
	char *path;			/* of the new definition; NULL: there is none */
	unsigned int line;
};

#define PLAN_NOBODY ((size_t)-1)

struct plan {
	struct plan_item *items;	/* of all jobs, by name */
	size_t n;
	size_t count[PLAN_ACTIONS];
	uint64_t id;			/* equal: the same files lead to the same actions */
};

/**
 * plan_make - work it out.
 * @files: a digest of all files' names and contents
 *
 * Return: 0 or -ENOMEM. Either way give @p to plan_free().
 */
int plan_make(struct plan *p, const struct plan_old *old, size_t nold, const struct plan_new *fresh,
	      size_t nfresh, uint64_t files);
void plan_free(struct plan *p);

/** plan_is_idle - would it change nothing at all? */
bool plan_is_idle(const struct plan *p);

const char *plan_action_name(enum plan_action action);

enum { PLAN_ID_LEN = 16 };

/** plan_id_write - @text has room for PLAN_ID_LEN characters and a NUL. */
void plan_id_write(const struct plan *p, char *text);

#endif /* VIGIL_AGENT_PLAN_H */
