// SPDX-License-Identifier: GPL-2.0
/* A job's progress, to the store and back. */
#include "user/agent/progress.h"

#include "user/agent/job.h"

enum { RECENT_TEXT_MAX = SUP_RECENT_MAX * 21 };

static bool tells_nothing(const struct store_progress *p)
{
	return !p->phase && !p->told_us && !p->renew_us && !p->escalated_us && !p->limit_passed &&
	       !p->group_recent[0];
}

int progress_put(struct store *s, struct job *job)
{
	static char recent[RECENT_TEXT_MAX];
	struct store_progress p = job->progress;
	bool nothing;

	sup_write(&job->team_sup, recent, sizeof(recent));
	p.group_recent = recent;
	p.escalated_us = job->sup.escalated_us;
	nothing = tells_nothing(&p);
	/* Most jobs never have anything to tell. */
	if (nothing && !job->progress_stored)
		return 0;
	job->progress_stored = !nothing;
	return nothing ? store_del_progress(s, job->name) : store_put_progress(s, job->name, &p);
}

void progress_take(struct job *job, const struct store_progress *p)
{
	job->progress = *p;
	job->progress.group_recent = NULL;
	job->sup.escalated_us = p->escalated_us;
	sup_read(&job->team_sup, p->group_recent);
}
