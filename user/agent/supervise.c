// SPDX-License-Identifier: GPL-2.0
/*
 * The restart policy. Its rules, in order:
 *
 * 1. `never`: no restart. `on-failure`: none after a clean end. A failed start is a failure.
 * 2. At most restarts_max restarts in any restarts_window; the next one asked for fails the job.
 * 3. A run of healthy_after or longer is healthy: the restart after it comes at once and the
 *    back-off begins anew.
 * 4. Any other restart waits: backoff_initial first, doubled each time up to backoff_max, drawn
 *    from +-SUP_JITTER_PERCENT so that jobs that died together do not come back in step, and
 *    never above backoff_max.
 */
#include "user/agent/supervise.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int window_size(const struct job_spec *spec)
{
	return spec->restarts_max < SUP_RECENT_MAX ? spec->restarts_max : SUP_RECENT_MAX;
}

/* Only the newest @keep matter. */
static void trim(struct sup *s, unsigned int keep)
{
	if (s->nrecent <= keep)
		return;
	memmove(s->recent, s->recent + (s->nrecent - keep), keep * sizeof(*s->recent));
	s->nrecent = keep;
}

int sup_size(struct sup *s, const struct job_spec *spec)
{
	unsigned int room = window_size(spec);
	uint64_t *recent;

	if (room <= s->recent_max)
		return 0;
	recent = reallocarray(s->recent, room, sizeof(*recent));
	if (!recent)
		return -ENOMEM;
	s->recent = recent;
	s->recent_max = room;
	return 0;
}

void sup_free(struct sup *s)
{
	free(s->recent);
	memset(s, 0, sizeof(*s));
}

void sup_reset(struct sup *s)
{
	s->level = 0;
	s->restarts = 0;
	s->nrecent = 0;
}

/* Forget the restarts that have left the window. */
static void slide(struct sup *s, const struct job_spec *spec, uint64_t now_us)
{
	unsigned int old = 0;

	while (old < s->nrecent && now_us - s->recent[old] >= spec->restarts_window_us)
		old++;
	trim(s, s->nrecent - old);
}

static uint64_t jittered(uint64_t delay_us, uint32_t random)
{
	uint64_t width = delay_us / 100 * (2 * SUP_JITTER_PERCENT);
	uint64_t lowest = delay_us - delay_us / 100 * SUP_JITTER_PERCENT;

	/* Sixteen random bits are plenty, and cannot overflow with any delay there is. */
	return lowest + width * (random >> 16) / UINT16_MAX;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t next_delay(struct sup *s, const struct job_spec *spec, uint32_t random)
{
	uint64_t delay_us = spec->backoff_initial_us;
	unsigned int i;

	for (i = 0; i < s->level && delay_us < spec->backoff_max_us; i++)
		delay_us *= 2;
	if (s->level < SUP_LEVEL_MAX)
		s->level++;
	delay_us = min_u64(delay_us, spec->backoff_max_us);
	return min_u64(jittered(delay_us, random), spec->backoff_max_us);
}

/* Rule 2. False: one too many. */
static bool count_restart(struct sup *s, const struct job_spec *spec, uint64_t now_us)
{
	unsigned int max = window_size(spec);

	if (spec->restarts_max == 0)
		return true;
	slide(s, spec, now_us);
	if (s->nrecent >= max)
		return false;
	s->recent[s->nrecent++] = now_us;
	return true;
}

struct sup_decision sup_end(struct sup *s, const struct job_spec *spec, enum sup_end end,
			    uint64_t ran_us, uint64_t now_us, uint32_t random)
{
	bool healthy = end != SUP_END_NO_START && ran_us >= spec->healthy_after_us;
	struct sup_decision d = { .verdict = SUP_RESTART };

	if (spec->restart == JOB_RESTART_NEVER) {
		d.verdict = end == SUP_END_NO_START ? SUP_FAILED : SUP_DONE;
		return d;
	}
	if (spec->restart == JOB_RESTART_ON_FAILURE && end == SUP_END_CLEAN) {
		d.verdict = SUP_DONE;
		return d;
	}
	if (healthy)
		s->level = 0;
	if (!count_restart(s, spec, now_us)) {
		d.verdict = SUP_FAILED;
		return d;
	}
	s->restarts++;
	if (!healthy)
		d.delay_us = next_delay(s, spec, random);
	return d;
}

void sup_write(const struct sup *s, char *buf, size_t size)
{
	size_t len = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < s->nrecent; i++) {
		int n = snprintf(buf + len, size - len, "%s%" PRIu64, i ? " " : "", s->recent[i]);

		if (n < 0 || (size_t)n >= size - len) {
			buf[len] = '\0';
			return;
		}
		len += (size_t)n;
	}
}

void sup_read(struct sup *s, const char *text)
{
	char *end;

	s->nrecent = 0;
	while (s->nrecent < s->recent_max) {
		uint64_t t = strtoull(text, &end, 10);

		if (end == text)
			return;
		s->recent[s->nrecent++] = t;
		text = end;
	}
}
