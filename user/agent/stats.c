// SPDX-License-Identifier: GPL-2.0
/* The statistics of a job as JSON: Documentation/api.md. */
#include "user/agent/stats.h"

#include <stdlib.h>

#include "user/agent/agent.h"
#include "user/agent/stats_math.h"
#include "user/agent/view.h"
#include "user/base/clock.h"

struct tallies {
	struct stats_tally of[STATS_WINDOWS];
};

static void add_part(struct tallies *t, const struct stats_part *part)
{
	int window;

	for (window = 0; window < STATS_WINDOWS; window++)
		stats_add(&t->of[window], part);
}

static void add_roll(void *arg, const struct store_roll *roll)
{
	if (roll->grain < 0 || roll->grain >= STATS_GRAINS)
		return;
	add_part(arg, &(struct stats_part){
		.grain = (enum stats_grain)roll->grain,
		.bucket = roll->bucket,
		.span = roll->span,
		.kind = roll->kind,
		.n = roll->n,
		.sum_us = roll->sum_us,
		.max_us = roll->max_us,
	});
}

static int add_pending(void *arg, const struct stats_part *part)
{
	add_part(arg, part);
	return 0;
}

static json_t *seconds(double us)
{
	return us < 0 ? json_null() : json_real(us / US_PER_S);
}

/* What it was down by, and what else it was not up for. */
static json_t *phases_json(const struct stats_tally *t, bool down)
{
	json_t *o = json_object();
	int phase;

	for (phase = STATS_UP + 1; phase < STATS_PHASES; phase++)
		if (stats_phase_name(phase) && stats_is_down(phase) == down &&
		    t->kinds[phase].sum_us)
			json_object_set_new(o, stats_phase_name(phase),
					    seconds((double)t->kinds[phase].sum_us));
	return o;
}

static json_t *times_json(const struct stats_sum *sum, double mean_us, double p99_us, bool has_p99)
{
	json_t *o = json_pack("{s:I, s:o, s:o}", "n", (json_int_t)sum->n, "mean_s", seconds(mean_us),
			      "max_s", sum->n ? seconds((double)sum->max_us) : json_null());

	if (o && has_p99)
		json_object_set_new(o, "p99_s", seconds(p99_us));
	return o;
}

static json_t *window_json(const struct stats_tally *t)
{
	const struct stats_sum *k = t->kinds;
	struct stats_result r;

	stats_finish(t, &r);
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}",
			 "window", stats_window_name(t->window),
			 "span_s", seconds((double)r.span_us),
			 "up_s", seconds((double)r.up_us),
			 "down_s", seconds((double)r.down_us),
			 "down_by", phases_json(t, true),
			 "other", phases_json(t, false),
			 "starts", (json_int_t)k[STATS_STARTS].n,
			 "restarts", (json_int_t)k[STATS_RESTARTS].n,
			 "outages", (json_int_t)k[STATS_OUTAGES].n,
			 "detect", times_json(&k[STATS_DETECTS], r.detect_mean_us, 0, false),
			 "restart", times_json(&k[STATS_RESTARTS], r.restart_mean_us, r.restart_p99_us,
					       true),
			 "availability", r.availability < 0 ? json_null() : json_real(r.availability),
			 "mtbf_s", seconds(r.mtbf_us),
			 "mttr_s", seconds(r.mttr_us));
}

static json_t *windows_json(struct tallies *t)
{
	json_t *list = json_array();
	int window;

	for (window = 0; window < STATS_WINDOWS; window++)
		json_array_append_new(list, window_json(&t->of[window]));
	return list;
}

json_t *stats_answer(const struct job_view *v, struct store *store, const struct job *job,
		     uint64_t now_us, int *err)
{
	uint64_t born_us = v->born_us ? v->born_us : now_us;
	struct tallies *t = calloc(1, sizeof(*t));
	json_t *list;
	int window;

	*err = 0;
	if (!t)
		return NULL;
	for (window = 0; window < STATS_WINDOWS; window++)
		stats_begin(&t->of[window], (enum stats_window)window, born_us, now_us);
	*err = store ? store_each_roll(store, v->name, add_roll, t) : 0;
	if (*err) {
		free(t);
		return NULL;
	}
	if (job)
		history_measured(job, add_pending, t);
	for (window = 0; window < STATS_WINDOWS && v->born_us; window++)
		stats_add_open(&t->of[window], v->phase, v->since_us);
	list = windows_json(t);
	free(t);
	return json_pack("{s:b, s:s, s:s, s:o, s:o}", "ok", 1, "job", v->name,
			 "phase", stats_phase_name((int)v->phase),
			 "known_s", seconds((double)(now_us - born_us)), "windows", list);
}
