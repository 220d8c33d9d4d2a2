// SPDX-License-Identifier: GPL-2.0
/*
 * Which definition a job runs by, which it was last ready with, and the way back to that.
 *
 *               version_define()          version_starting()          version_up(), timer
 *   good = run ------------------> pending ------------------> trial ---------------------> good = run
 *       ^                                                        |
 *       |                      version_failed()                  |
 *       +--------------------------------------------------------+
 *
 * A job of a new definition that was never ready is started by it, and what becomes of that is the
 * restart policy's affair; one that was ready with an earlier definition goes back to it at the first
 * start that does not lead to being ready.
 *
 * Going back is of what makes the process. Whom it needs and in which group it is stays as the files say:
 * old and new ties together might be a cycle.
 */
#include "user/agent/version.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/inplace.h"
#include "user/agent/phase.h"
#include "user/agent/rollout.h"
#include "user/agent/standby.h"
#include "user/agent/version_impl.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/jobfile/compare.h"

static uint64_t at_start(void)
{
	return compare_mask(COMPARE_NEXT_START) | compare_mask(COMPARE_RESTART);
}

static bool differs(const struct version *v, const struct job_spec *spec)
{
	return v->spec && compare_specs(v->spec, spec) & at_start();
}

void version_set(struct version *v, struct jobsrc *src, const struct job_spec *spec)
{
	if (src)
		jobsrc_get(src);
	jobsrc_put(v->src);
	*v = (struct version){ .src = src, .spec = src ? spec : NULL };
}

static void drop(struct version *v)
{
	version_set(v, NULL, NULL);
}

static void drop_blend(struct versions *v)
{
	free(v->blend);
	v->blend = NULL;
	free(v->why);
	v->why = NULL;
}

static void time_over(void *arg)
{
	version_note_good(arg);
}

void version_init(struct job *job)
{
	job->ver.timer = (struct loop_timer){ .fn = time_over, .arg = job };
}

void version_free(struct job *job)
{
	struct versions *v = &job->ver;

	loop_disarm(&job->agent->loop, &v->timer);
	rollout_forget(job);
	drop(&v->run);
	drop(&v->good);
	drop(&v->before);
	drop_blend(v);
}

/* The same by another text is that text's: nothing of the older one need be kept. */
static void rebase(struct version *v, struct job *job)
{
	if (v->spec && v->src != job->src && compare_specs(v->spec, job->spec) == 0)
		version_set(v, job->src, job->spec);
}

void version_define(struct job *job)
{
	struct versions *v = &job->ver;

	drop_blend(v);
	v->filed = job->spec;
	if (!job->src)
		return;
	rebase(&v->run, job);
	rebase(&v->good, job);
	if (differs(&v->before, job->spec))
		drop(&v->before);
	else
		rebase(&v->before, job);
}

void version_set_run(struct job *job, struct jobsrc *src, const struct job_spec *spec)
{
	version_set(&job->ver.run, src, spec);
}

bool version_unproven(const struct job *job)
{
	const struct versions *v = &job->ver;

	return !job->slot && !v->blend && differs(&v->good, job->spec) && !differs(&v->run, job->spec);
}

bool version_on_trial(const struct job *job)
{
	return job->spec->rollback && version_unproven(job);
}

void version_starting(struct job *job)
{
	struct versions *v = &job->ver;

	rollout_started(job);
	if (v->blend)
		version_set(&v->run, v->good.src, v->good.spec);
	else
		version_set(&v->run, job->src, job->spec);
}

static uint64_t trial_us(const struct job_spec *spec)
{
	return spec->ready.how == JOB_READY_EXEC ? spec->healthy_after_us : 0;
}

/* What it was ready with before is of use for as long as others of its template may fail. */
static void prove(struct job *job)
{
	struct versions *v = &job->ver;

	if (v->good.spec == v->run.spec)
		return;
	if (differs(&v->good, v->run.spec) && rollout_has_others(job)) {
		drop(&v->before);
		v->before = v->good;
		v->good = (struct version){ 0 };
	}
	version_set(&v->good, v->run.src, v->run.spec);
	persist_job(job);
	rollout_looks(job->agent);
}

/* A standby's work has not begun: it shows nothing of a definition until it has taken over. */
static bool runs(const struct job *job)
{
	return !job->slot && job->state == JOB_RUNNING && job->inst.pid && job->inst.started_us &&
	       job->progress.phase == PHASE_MAIN && job->ver.run.spec;
}

void version_note_good(struct job *job)
{
	if (runs(job) &&
	    clock_us() - job->inst.started_us >= trial_us(job->ver.run.spec))
		prove(job);
}

/* Where nobody waits for it, it is enough to find that it has run for long enough when that is asked. */
void version_up(struct job *job)
{
	struct versions *v = &job->ver;

	if (runs(job) && (version_unproven(job) || v->run.spec->ready.how != JOB_READY_EXEC))
		version_note_good(job);
	if (runs(job) && version_unproven(job))
		loop_arm(&job->agent->loop, &v->timer,
			 job->inst.started_us + trial_us(v->run.spec));
}

void version_ended(struct job *job, uint64_t ran_us)
{
	loop_disarm(&job->agent->loop, &job->ver.timer);
	if (job->state == JOB_RUNNING && job->ver.run.spec && ran_us >= trial_us(job->ver.run.spec))
		prove(job);
}

static void swap_versions(struct version *a, struct version *b)
{
	struct version was = *a;

	*a = *b;
	*b = was;
}

void version_exchange(struct job *a, struct job *b)
{
	struct versions *v = &a->ver, *w = &b->ver, was;
	const struct job_spec *spec = a->spec;
	struct jobsrc *src = a->src;
	struct loop_timer timer;

	loop_disarm(&a->agent->loop, &v->timer);
	loop_disarm(&b->agent->loop, &w->timer);
	was = *v;
	timer = w->timer;
	*v = *w;
	*w = was;
	v->timer = was.timer;
	w->timer = timer;
	/* What a process was started by goes with the process. */
	swap_versions(&v->run, &w->run);
	a->spec = b->spec;
	b->spec = spec;
	a->src = b->src;
	b->src = src;
	version_up(a);
	version_up(b);
}

/* What makes the process is of the last good version, the rest is of the file. */
static struct job_spec *blend(const struct job_spec *good, const struct job_spec *filed)
{
	struct job_spec *spec = malloc(sizeof(*spec));

	if (!spec)
		return NULL;
	*spec = *good;
	spec->line = filed->line;
	spec->column = filed->column;
	spec->autostart = filed->autostart;
	spec->after = filed->after;
	spec->requires = filed->requires;
	spec->binds_to = filed->binds_to;
	spec->on_dependency = filed->on_dependency;
	spec->dependency_signal = filed->dependency_signal;
	spec->team = filed->team;
	spec->team_place = filed->team_place;
	if (!spec->team && spec->on_limit == JOB_LIMIT_RESTART_GROUP)
		spec->on_limit = filed->on_limit;
	return spec;
}

int version_go_back(struct job *job, const char *why)
{
	struct versions *v = &job->ver;
	struct job_spec *spec = blend(v->good.spec, v->filed);
	char *text = strdup(why);

	if (!spec || !text || sup_size(&job->sup, spec)) {
		free(spec);
		free(text);
		return -ENOMEM;
	}
	drop_blend(v);
	v->blend = spec;
	v->why = text;
	job_respec(job, spec);
	return 0;
}

static void go_back(struct job *job, const char *why)
{
	struct versions *v = &job->ver;
	bool runs_new;

	if (v->before.spec && !differs(&v->good, job->spec)) {
		drop(&v->good);
		v->good = v->before;
		v->before = (struct version){ 0 };
	}
	if (v->blend || !differs(&v->good, job->spec))
		return;
	if (version_go_back(job, why)) {
		log_error("%s: out of memory: not rolled back", job->name);
		return;
	}
	log_warning("%s: rolled back: %s", job->name, why);
	history_note(job, HISTORY_ROLLED_BACK, why);
	runs_new = differs(&v->run, job->spec);
	rollout_forget(job);
	if (runs_new && (job->inst.pid || job->state == JOB_BACKOFF))
		rollout_begin(job);
	inplace_change(job, compare_specs(v->filed, job->spec));
	standby_define(job);
	if (runs_new)
		standby_renew(job);
	persist_job(job);
}

void version_forget_before(struct job *job)
{
	drop(&job->ver.before);
	persist_job(job);
}

/* Those of its template that have changed, too, go back; those that have not stay as they are. */
static void go_back_together(struct job *job, const char *why)
{
	struct job *other = NULL;

	go_back(job, why);
	rollout_forget(job);
	while (job->ver.blend && (other = rollout_next_of(job, other)))
		if (other != job)
			go_back(other, why);
}

bool version_failed(struct job *job, enum sup_end how, const char *last)
{
	char why[2 * AGENT_REASON_MAX];

	if (!version_on_trial(job))
		return false;
	if (how == SUP_END_CLEAN && job->spec->restart != JOB_RESTART_ALWAYS) {
		/* It has done what it was started for. */
		prove(job);
		return false;
	}
	snprintf(why, sizeof(why), "%s %.150s (%.200s:%u)", job->name, last, job->src->path,
		 job->ver.filed->line);
	go_back_together(job, why);
	if (!job->ver.blend)
		return false;
	sup_reset(&job->sup);
	return true;
}
