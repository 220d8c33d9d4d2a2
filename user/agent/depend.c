// SPDX-License-Identifier: GPL-2.0
/*
 * Dependencies. The rules, for a job D and a job N that it names:
 *
 * 1. after: D starts when N runs or is not on its way. So does a later job of a group for an
 *    earlier one.
 * 2. requires, binds-to: D starts when N runs. If N is down, or waits for one that is, D is
 *    stuck, and counts as down for those that wait for D.
 * 3. A job of a group does not start while a later one still has the process that is to go.
 * 4. N is told to stop or to restart, or is down: D ends and waits. N has died and comes back,
 *    or is back: D ends and starts again if it is bound to N, and goes on if it only requires N.
 *    on-dependency decides otherwise: restart and stop do so in all these cases, ignore goes on
 *    in all, signal goes on unless N is down for good.
 * 5. A job that is to stop does so after those that stop because of it, and after those that
 *    wait for it in any way and are stopping.
 *
 * Everything is decided from how jobs stand now, not from what happened: a vigild that begins
 * in the middle of it all decides the same. That N has been restarted shows by the times of the
 * processes.
 */
#include "user/agent/depend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Only what is required holds a job: a name that is merely "after" may be anything. */
static void note_missing(void *arg, size_t from, enum tie_kind kind, const struct job_ref *ref)
{
	bool *missing = arg;

	(void)ref;
	if (kind == TIE_REQUIRES || kind == TIE_BINDS)
		missing[from] = true;
}

/* By counting: both directions are found without a search. */
static void index_ties(struct depend *d)
{
	size_t i;

	for (i = 0; i < d->ties.n; i++) {
		d->out_at[d->ties.list[i].from + 1]++;
		d->in_at[d->ties.list[i].to + 1]++;
	}
	for (i = 0; i < d->n; i++) {
		d->out_at[i + 1] += d->out_at[i];
		d->in_at[i + 1] += d->in_at[i];
	}
	/* Filled from the end of each job's part, which leaves in_at[i + 1] at its beginning. */
	for (i = d->ties.n; i-- > 0;)
		d->in[--d->in_at[d->ties.list[i].to + 1]] = (uint32_t)i;
	memmove(d->in_at, d->in_at + 1, d->n * sizeof(*d->in_at));
	d->in_at[d->n] = (uint32_t)d->ties.n;
}

int depend_init(struct depend *d, const struct job_spec *const *specs, size_t n,
		depend_look_fn look, const void *arg)
{
	*d = (struct depend){ .n = n, .look = look, .arg = arg };
	d->missing = calloc(n + 1, sizeof(*d->missing));
	if (!d->missing || ties_make(&d->ties, specs, n, note_missing, d->missing))
		goto free_all;
	d->out_at = calloc(n + 2, sizeof(*d->out_at));
	d->in_at = calloc(n + 2, sizeof(*d->in_at));
	d->in = calloc(d->ties.n + 1, sizeof(*d->in));
	if (!d->out_at || !d->in_at || !d->in)
		goto free_all;
	index_ties(d);
	return 0;
free_all:
	depend_free(d);
	return -ENOMEM;
}

void depend_free(struct depend *d)
{
	ties_free(&d->ties);
	free(d->out_at);
	free(d->in_at);
	free(d->in);
	free(d->missing);
	*d = (struct depend){ 0 };
}

/* Rules 1 and 2. */
static enum depend_start start_for(enum tie_kind kind, struct depend_view needed)
{
	bool coming = needed.wanted &&
		      (needed.stand == DEPEND_COMING || needed.stand == DEPEND_LEAVING);

	if (needed.stand == DEPEND_READY)
		return DEPEND_START;
	if (coming)
		return DEPEND_WAIT;
	return kind == TIE_REQUIRES || kind == TIE_BINDS ? DEPEND_STUCK : DEPEND_START;
}

/* Rule 3. */
static bool waits_for_later(const struct depend *d, uint32_t job, uint32_t *culprit)
{
	uint32_t i;

	for (i = d->in_at[job]; i < d->in_at[job + 1]; i++) {
		const struct tie *t = &d->ties.list[d->in[i]];
		struct depend_view later = d->look(d->arg, t->from);

		if (t->kind != TIE_MEMBER || !later.alive || !later.stale)
			continue;
		*culprit = t->from;
		return true;
	}
	return false;
}

enum depend_start depend_may_start(const struct depend *d, uint32_t job, uint32_t *culprit)
{
	enum depend_start worst = DEPEND_START;
	uint32_t i;

	*culprit = DEPEND_NOBODY;
	if (d->missing[job])
		return DEPEND_STUCK;
	for (i = d->out_at[job]; i < d->out_at[job + 1]; i++) {
		const struct tie *t = &d->ties.list[i];
		enum depend_start start = start_for(t->kind, d->look(d->arg, t->to));

		if (start <= worst)
			continue;
		worst = start;
		*culprit = t->to;
	}
	if (worst == DEPEND_START && waits_for_later(d, job, culprit))
		return DEPEND_WAIT;
	return worst;
}

/* Rule 4. @leaving: as if @needed had been told to stop. */
static enum depend_deed deed_for(enum tie_kind kind, struct depend_view one,
				 struct depend_view needed, bool leaving)
{
	bool gone = leaving || needed.stand == DEPEND_LEAVING || needed.stand == DEPEND_GONE;
	bool for_good = gone && (needed.stand == DEPEND_GONE || !needed.wanted);
	bool back = needed.stand == DEPEND_READY && needed.since_us > one.told_us;
	bool renewed = gone || back || needed.stand == DEPEND_COMING;

	if (kind != TIE_REQUIRES && kind != TIE_BINDS)
		return DEPEND_GO_ON;
	switch (one.on_dependency) {
	case JOB_DEPENDENCY_RESTART:
		return renewed ? DEPEND_RESTART : DEPEND_GO_ON;
	case JOB_DEPENDENCY_STOP:
		return renewed ? DEPEND_STOP : DEPEND_GO_ON;
	case JOB_DEPENDENCY_SIGNAL:
		return for_good ? DEPEND_RESTART : back ? DEPEND_SIGNAL : DEPEND_GO_ON;
	case JOB_DEPENDENCY_IGNORE:
		return DEPEND_GO_ON;
	default:
		return gone || (renewed && kind == TIE_BINDS) ? DEPEND_RESTART : DEPEND_GO_ON;
	}
}

/* Rule 5. */
bool depend_may_stop(const struct depend *d, uint32_t job)
{
	struct depend_view self = d->look(d->arg, job);
	uint32_t i;

	for (i = d->in_at[job]; i < d->in_at[job + 1]; i++) {
		const struct tie *t = &d->ties.list[d->in[i]];
		struct depend_view other = d->look(d->arg, t->from);

		if (!other.alive)
			continue;
		if (other.stand == DEPEND_LEAVING || (t->kind == TIE_MEMBER && other.stale) ||
		    deed_for(t->kind, other, self, true) >= DEPEND_RESTART)
			return false;
	}
	return true;
}

enum depend_deed depend_deed(const struct depend *d, uint32_t job)
{
	struct depend_view self = d->look(d->arg, job);
	enum depend_deed worst = self.stale ? DEPEND_RESTART : DEPEND_GO_ON;
	uint32_t i;

	if (!self.alive || self.stand == DEPEND_LEAVING)
		return DEPEND_GO_ON;
	for (i = d->out_at[job]; i < d->out_at[job + 1]; i++) {
		const struct tie *t = &d->ties.list[i];
		enum depend_deed deed = deed_for(t->kind, self, d->look(d->arg, t->to), false);

		if (deed > worst)
			worst = deed;
	}
	return worst;
}
