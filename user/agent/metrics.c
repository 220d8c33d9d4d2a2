// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics in the text format of Prometheus.
 *
 * What is measured over a job's life comes from the store, and goes on over restarts and reboots; it is left out
 * while that cannot be read. Exits by cause are counted by this vigild: counters that begin anew.
 */
#include "user/agent/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "user/agent/job.h"
#include "user/agent/viewer.h"
#include "user/agent/stats_math.h"
#include "user/base/clock.h"
#include "user/store/store_read.h"

/** struct life - what was measured of one job over its life. */
struct life {
	bool known;
	struct stats_tally tally;
	struct stats_result result;
};

/** struct page - what is being written. */
struct page {
	FILE *f;
	const struct job_views *jobs;
	struct life *lives;		/* of each job */
	uint64_t now_us;
};

/* Names of jobs have no quotes and no backslashes in them: vigil-job(5). */
static void sample(struct page *p, const char *name, const struct job_view *v, double value)
{
	fprintf(p->f, "%s{job=\"%s\"} %.15g\n", name, v->name, value);
}

static void head(struct page *p, const char *name, const char *type, const char *help)
{
	fprintf(p->f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static double seconds(uint64_t us)
{
	return (double)us / US_PER_S;
}

/** struct seen_metric - of each job, from what is published. */
struct seen_metric {
	const char *name, *type, *help;
	bool (*get)(const struct job_view *v, uint64_t now_us, double *value);
};

static bool get_ready(const struct job_view *v, uint64_t now_us, double *value)
{
	(void)now_us;
	*value = v->ready;
	return true;
}

static bool get_uptime(const struct job_view *v, uint64_t now_us, double *value)
{
	*value = v->pid ? seconds(now_us - v->started_us) : 0;
	return true;
}

static bool get_watchdog(const struct job_view *v, uint64_t now_us, double *value)
{
	(void)now_us;
	*value = seconds(v->watchdog_us);
	return v->watchdog_us;
}

static const struct seen_metric seen_metrics[] = {
	{ "vigil_job_ready", "gauge", "Whether the job runs and is ready.", get_ready },
	{ "vigil_job_uptime_seconds", "gauge", "Age of its running instance; 0 if none runs.", get_uptime },
	{ "vigil_job_watchdog_seconds", "gauge", "Longest time between two beats, where one is in force.",
	  get_watchdog },
};

static void write_seen(struct page *p)
{
	double value;
	size_t i, j;

	for (i = 0; i < sizeof(seen_metrics) / sizeof(*seen_metrics); i++) {
		const struct seen_metric *m = &seen_metrics[i];

		head(p, m->name, m->type, m->help);
		for (j = 0; j < p->jobs->n; j++)
			if (m->get(p->jobs->list[j], clock_us(), &value))
				sample(p, m->name, p->jobs->list[j], value);
	}
}

/* One of each job is 1: what Prometheus calls a state set. */
static void write_states(struct page *p)
{
	size_t i;
	int state;

	head(p, "vigil_job_state", "gauge", "1 for the state that the job is in.");
	for (i = 0; i < p->jobs->n; i++)
		for (state = 0; state < JOB_STATES; state++) {
			const char *name = job_state_name((enum job_state)state);
			const struct job_view *v = p->jobs->list[i];

			fprintf(p->f, "vigil_job_state{job=\"%s\",state=\"%s\"} %d\n", v->name, name,
				strcmp(v->state, name) == 0);
		}
}

static void write_exits(struct page *p)
{
	size_t i;
	int cause;

	head(p, "vigil_job_exits_total", "counter",
	     "Ends of its instances that this vigild has seen, by cause.");
	for (i = 0; i < p->jobs->n; i++)
		for (cause = VIGIL_CAUSE_UNKNOWN; cause <= VIGIL_CAUSE_FENCED; cause++)
			fprintf(p->f, "vigil_job_exits_total{job=\"%s\",cause=\"%s\"} %" PRIu64 "\n",
				p->jobs->list[i]->name, vigil_cause_name((enum vigil_cause)cause),
				p->jobs->list[i]->exits[cause]);
}

static void add_roll(void *arg, const struct store_roll *roll)
{
	struct life *life = arg;

	stats_add(&life->tally, &(struct stats_part){
		.grain = STATS_LIFE,
		.kind = roll->kind,
		.span = 1,
		.n = roll->n,
		.sum_us = roll->sum_us,
		.max_us = roll->max_us,
	});
}

static void read_life(struct page *p, struct store *store, size_t i)
{
	const struct job_view *v = p->jobs->list[i];
	struct life *life = &p->lives[i];

	if (!v->born_us)
		return;
	stats_begin(&life->tally, STATS_ALL, v->born_us, p->now_us);
	if (store_each_life_roll(store, v->name, STATS_LIFE, add_roll, life))
		return;
	stats_add_open(&life->tally, v->phase, v->since_us);
	stats_finish(&life->tally, &life->result);
	life->known = true;
}

/** struct life_metric - a count, or the sum of what was measured at it, of each job's life. */
static const struct life_metric {
	const char *name, *type, *help;
	enum stats_kind kind;
	bool is_time;
} life_metrics[] = {
	{ "vigil_job_starts_total", "counter", "Instances whose program ran.", STATS_STARTS, false },
	{ "vigil_job_restarts_total", "counter", "Restarts by its policy.", STATS_RESTARTS, false },
	{ "vigil_job_outages_total", "counter", "Times it went down unwanted.", STATS_OUTAGES, false },
	{ "vigil_job_up_seconds_total", "counter", "Time in which it was up.", STATS_UP, true },
};

static void write_lives(struct page *p)
{
	size_t i, j;

	for (i = 0; i < sizeof(life_metrics) / sizeof(*life_metrics); i++) {
		const struct life_metric *m = &life_metrics[i];

		head(p, m->name, m->type, m->help);
		for (j = 0; j < p->jobs->n; j++) {
			const struct stats_sum *sum = &p->lives[j].tally.kinds[m->kind];

			if (p->lives[j].known)
				sample(p, m->name, p->jobs->list[j], m->is_time ? seconds(sum->sum_us) :
				       (double)sum->n);
		}
	}
}

static void write_down(struct page *p)
{
	size_t i;
	int phase;

	head(p, "vigil_job_down_seconds_total", "counter", "Time in which it was down unwanted, by what.");
	for (i = 0; i < p->jobs->n; i++)
		for (phase = 0; p->lives[i].known && phase < STATS_PHASES; phase++)
			if (stats_is_down(phase) && stats_phase_name(phase))
				fprintf(p->f,
					"vigil_job_down_seconds_total{job=\"%s\",by=\"%s\"} %.15g\n",
					p->jobs->list[i]->name, stats_phase_name(phase),
					seconds(p->lives[i].tally.kinds[phase].sum_us));
}

static void write_availability(struct page *p)
{
	size_t i;

	head(p, "vigil_job_availability_ratio", "gauge",
	     "Up time by up time and unwanted down time, over its life.");
	for (i = 0; i < p->jobs->n; i++)
		if (p->lives[i].known && p->lives[i].result.availability >= 0)
			sample(p, "vigil_job_availability_ratio", p->jobs->list[i],
			       p->lives[i].result.availability);
}

/* The classes are finer than anybody wants to store: one bound for each fourth of them, that is each doubling. */
static void write_histogram(struct page *p, const struct job_view *v, const struct stats_tally *t)
{
	const struct stats_sum *sum = &t->kinds[STATS_RESTARTS];
	uint64_t n = 0;
	int class;

	for (class = 0; class < STATS_CLASSES; class++) {
		uint64_t top_us = stats_class_top_us(class);

		n += t->kinds[STATS_RESTART_TIMES + class].n;
		if (class % 4 == 3 && top_us >= 100 && top_us <= 3600ull * US_PER_S)
			fprintf(p->f, "vigil_job_restart_seconds_bucket{job=\"%s\",le=\"%.9g\"} %" PRIu64
				"\n", v->name, seconds(top_us), n);
	}
	fprintf(p->f, "vigil_job_restart_seconds_bucket{job=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", v->name, n);
	fprintf(p->f, "vigil_job_restart_seconds_sum{job=\"%s\"} %.15g\n", v->name, seconds(sum->sum_us));
	fprintf(p->f, "vigil_job_restart_seconds_count{job=\"%s\"} %" PRIu64 "\n", v->name, n);
}

/* Most jobs have never been restarted: of those there is nothing to tell. */
static void write_times(struct page *p)
{
	size_t i;

	head(p, "vigil_job_restart_seconds", "histogram", "From a death to the exec of the next instance.");
	for (i = 0; i < p->jobs->n; i++)
		if (p->lives[i].known && p->lives[i].tally.kinds[STATS_RESTARTS].n)
			write_histogram(p, p->jobs->list[i], &p->lives[i].tally);
	head(p, "vigil_job_detect_seconds", "summary", "From a death to its handling, as vigil.ko saw it.");
	for (i = 0; i < p->jobs->n; i++) {
		const struct stats_sum *sum = &p->lives[i].tally.kinds[STATS_DETECTS];

		if (!p->lives[i].known || !sum->n)
			continue;
		sample(p, "vigil_job_detect_seconds_sum", p->jobs->list[i], seconds(sum->sum_us));
		sample(p, "vigil_job_detect_seconds_count", p->jobs->list[i], (double)sum->n);
	}
}

static void gauge(struct page *p, const char *name, const char *help, double value)
{
	head(p, name, "gauge", help);
	fprintf(p->f, "%s %.15g\n", name, value);
}

static bool any_unfits(const struct page *p)
{
	size_t i;

	for (i = 0; i < p->jobs->n; i++)
		if (p->jobs->list[i]->unfits)
			return true;
	return false;
}

static void write_agent(struct page *p, const struct viewer *r)
{
	const struct agent_view *v = viewer_agent(r);

	head(p, "vigil_agent_info", "gauge", "Always 1; the labels tell what runs.");
	fprintf(p->f, "vigil_agent_info{version=\"%s\",detection=\"%s\",incarnation=\"%s\"} 1\n",
		VIGIL_VERSION, v->facts.kernel ? "kernel" : "pidfd", r->incarnation);
	gauge(p, "vigil_agent_uptime_seconds", "For how long this vigild runs.",
	      seconds(clock_us() - r->started_us));
	gauge(p, "vigil_agent_jobs", "Jobs that its files name.", (double)p->jobs->n);
	gauge(p, "vigil_agent_store_ok", "Whether the store can be written.", v->facts.store_ok);
	gauge(p, "vigil_agent_file_errors", "Errors in its job files.", (double)v->nerrors);
	gauge(p, "vigil_agent_unfit", "Whether a job has made the node unfit.", any_unfits(p));
	gauge(p, "vigil_agent_logger_up", "Whether the logger runs.", v->facts.logger != 0);
	head(p, "vigil_agent_history_lost_total", "counter", "Events of jobs that are lost for good.");
	fprintf(p->f, "vigil_agent_history_lost_total %" PRIu64 "\n", v->facts.history_lost);
}

static void write_page(struct page *p, struct viewer *r)
{
	struct store *store = viewer_store(r);
	size_t i;

	for (i = 0; store && i < p->jobs->n; i++)
		read_life(p, store, i);
	write_agent(p, r);
	write_states(p);
	write_seen(p);
	write_exits(p);
	write_lives(p);
	write_down(p);
	write_availability(p);
	write_times(p);
}

char *metrics_text(void *arg, size_t *len)
{
	struct viewer *r = arg;
	struct page p = { .jobs = viewer_jobs(r) };
	char *text = NULL;

	p.now_us = viewer_agent(r)->facts.ledger_us + clock_us();
	p.lives = calloc(p.jobs->n + 1, sizeof(*p.lives));
	p.f = p.lives ? open_memstream(&text, len) : NULL;
	if (!p.f) {
		free(p.lives);
		return NULL;
	}
	write_page(&p, r);
	free(p.lives);
	if (!fclose(p.f))
		return text;
	free(text);
	return NULL;
}
