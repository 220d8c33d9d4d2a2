/* SPDX-License-Identifier: GPL-2.0 */
/* Keys that say what foretells the failure of a job, and what is done about it. */
#include "user/jobfile/foretell.h"

#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/job.h"
#include "user/jobfile/replicas.h"
#include "user/jobfile/value.h"

#define MS 1000ull
#define SEC (1000 * MS)
#define MIN (60 * SEC)
#define HOUR (3600 * SEC)

#define AT(member) .offset = offsetof(struct job_condition, member)
#define TOP(member) .offset = offsetof(struct job_foretell, member)
#define OF(condition) .offset = offsetof(struct job_foretell, conditions[condition])

static const struct job_foretell defaults = {
	.interval_us = 5 * SEC,
	.spacing_us = 10 * MIN,
	.at_once = 1,
	.conditions = {
		[JOB_MEMORY] = { .percent = 90, .for_us = 30 * SEC },
		[JOB_DESCRIPTORS] = { .percent = 90, .for_us = 30 * SEC },
		[JOB_PRESSURE_MEMORY] = { .percent = 20, .for_us = 30 * SEC, .action = JOB_FORETELL_FLAG },
		[JOB_PRESSURE_IO] = { .percent = 50, .for_us = 30 * SEC, .action = JOB_FORETELL_FLAG },
		[JOB_PRESSURE_CPU] = { .percent = 50, .for_us = 30 * SEC, .action = JOB_FORETELL_FLAG },
		[JOB_DISK] = { .percent = 10, .for_us = 30 * SEC, .action = JOB_FORETELL_FLAG },
		[JOB_GROWTH] = { .percent = 90, .for_us = 30 * SEC, .window_us = 10 * MIN,
				 .horizon_us = 10 * MIN },
	},
};

static const struct word actions[] = {
	{ "restart", JOB_FORETELL_RESTART },
	{ "flag", JOB_FORETELL_FLAG },
	{}
};

static const struct word shares[] = { { "some", false }, { "full", true }, {} };

/* "90%", within the bounds of the key. False: it is no percentage at all. */
static bool read_percent(struct parse *p, const struct key *k, yaml_node_t *node, const char *text,
			 unsigned int *percent)
{
	size_t len = strlen(text);
	char number[12];
	uint64_t n;

	if (!len || len > sizeof(number) || text[len - 1] != '%')
		return false;
	memcpy(number, text, len - 1);
	number[len - 1] = '\0';
	if (value_number(number, &n) != VALUE_OK)
		return false;
	if (n < k->min || n > k->max)
		refuse(p, node, "\"%s\" is out of bounds: %s is %u%% to %u%%",
		       show(text, len).text, k->name, (unsigned int)k->min, (unsigned int)k->max);
	else
		*percent = (unsigned int)n;
	return true;
}

static void set_percent(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	const char *text = word_of(p, node, "a percentage, as in 90%,");

	if (text && !read_percent(p, k, node, text, key_member(k, out)))
		refuse(p, node, "a percentage, as in 90%%, is wanted here, not \"%s\"",
		       show(text, strlen(text)).text);
}

/* A percentage, or a size. */
static void set_free(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_condition *c = out;
	struct key percent = *k, size = *k;
	const char *text = word_of(p, node, "a percentage or a size, as in 10% or 1G,");

	percent.min = 1;
	percent.max = 99;
	if (!text)
		return;
	if (read_percent(p, &percent, node, text, &c->percent))
		return;
	if (*text < '0' || *text > '9') {
		refuse(p, node, "a percentage or a size, as in 10%% or 1G, is wanted here, not \"%s\"",
		       show(text, strlen(text)).text);
		return;
	}
	size.offset = offsetof(struct job_condition, bytes);
	size.min = 1;
	size.max = 1ull << 60;
	set_size(p, &size, node, c);
}

#define FOR { "for", set_duration, AT(for_us), .min = 0, .max = HOUR }
#define ACTION { "action", set_word, AT(action), .words = actions }

static const struct key level_keys[] = {
	{ "above", set_percent, AT(percent), .min = 1, .max = 100 },
	FOR,
	ACTION,
	{}
};

static const struct key pressure_keys[] = {
	{ "above", set_percent, AT(percent), .min = 1, .max = 100 },
	{ "of", set_bool, AT(full), .words = shares },
	FOR,
	ACTION,
	{}
};

static const struct key disk_keys[] = {
	{ "path", set_path, AT(path), .required = true },
	{ "below", set_free, .offset = 0 },
	FOR,
	ACTION,
	{}
};

static const struct key growth_keys[] = {
	{ "within", set_duration, AT(horizon_us), .min = SEC, .max = 24 * HOUR },
	{ "window", set_duration, AT(window_us), .min = SEC, .max = 24 * HOUR },
	{ "fit", set_percent, AT(percent), .min = 50, .max = 99 },
	FOR,
	ACTION,
	{}
};

static void set_condition(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_condition *c = key_member(k, out);

	walk_mapping(p, node, node, "a mapping, as in {for: 30s, action: flag},", k->keys, c);
	c->given = true;
}

static const struct key foretell_keys[] = {
	{ "interval", set_duration, TOP(interval_us), .min = 100 * MS, .max = HOUR },
	{ "spacing", set_duration, TOP(spacing_us), .min = 0, .max = 24 * HOUR },
	{ "at-once", set_count, TOP(at_once), .min = 1, .max = 1000 },
	{ "memory", set_condition, OF(JOB_MEMORY), .keys = level_keys },
	{ "descriptors", set_condition, OF(JOB_DESCRIPTORS), .keys = level_keys },
	{ "pressure-memory", set_condition, OF(JOB_PRESSURE_MEMORY), .keys = pressure_keys },
	{ "pressure-io", set_condition, OF(JOB_PRESSURE_IO), .keys = pressure_keys },
	{ "pressure-cpu", set_condition, OF(JOB_PRESSURE_CPU), .keys = pressure_keys },
	{ "disk", set_condition, OF(JOB_DISK), .keys = disk_keys },
	{ "growth", set_condition, OF(JOB_GROWTH), .keys = growth_keys },
	{}
};

static bool any_given(const struct job_foretell *f)
{
	int i;

	for (i = 0; i < JOB_CONDITIONS; i++)
		if (f->conditions[i].given)
			return true;
	return false;
}

void set_foretell(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_foretell *f = arena_alloc(p->arena, sizeof(*f));
	size_t errors = p->errors.n;

	if (!f) {
		p->errors.nomem = true;
		return;
	}
	*f = defaults;
	walk_mapping(p, node, node, "a mapping, as in {memory: {above: 90%}},", foretell_keys, f);
	if (p->errors.n == errors && !any_given(f))
		refuse(p, node, "foretell names no condition: memory, descriptors, pressure-memory, "
		       "pressure-io, pressure-cpu, disk or growth");
	else
		*(const struct job_foretell **)key_member(k, out) = f;
}

void foretell_check(struct parse *p, yaml_node_t *at, const struct job_spec *spec)
{
	const struct job_foretell *f = spec->foretell;

	if (!f)
		return;
	if (f->conditions[JOB_MEMORY].given && !spec->memory_max)
		refuse(p, at, "foretell: memory is a share of limits: memory, which is not given");
	if (f->conditions[JOB_GROWTH].given && !spec->memory_max)
		refuse(p, at, "foretell: growth leads up to limits: memory, which is not given");
	if (f->conditions[JOB_GROWTH].given &&
	    f->conditions[JOB_GROWTH].window_us < JOB_TREND_SAMPLES_MIN * f->interval_us)
		refuse(p, at, "foretell: the window of growth, %s, is shorter than %d times the interval, %s",
		       write_duration(f->conditions[JOB_GROWTH].window_us).text, JOB_TREND_SAMPLES_MIN,
		       write_duration(f->interval_us).text);
}
