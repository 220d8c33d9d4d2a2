// SPDX-License-Identifier: GPL-2.0
/*
 * The restart policy. Its rules, in order:
 *
 * 1. restart_prevent has its end: no restart; restart_force: one. Else `never`: none;
 *    `on-failure`: none after a clean end; `on-abnormal`: none after an exit, whatever its code.
 *    A failed start is a failure.
 * 2. At most restarts_max restarts in any restarts_window; the next one asked for fails the job,
 *    or has its group restarted if on_limit says so and that has not been within the window.
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

#include <linux/vigil.h>

static unsigned int window_size(unsigned int max)
{
	return max < SUP_RECENT_MAX ? max : SUP_RECENT_MAX;
}

/* Only the newest @keep matter. */
static void trim(struct sup *s, unsigned int keep)
{
	if (s->nrecent <= keep)
		return;
	memmove(s->recent, s->recent + (s->nrecent - keep), keep * sizeof(*s->recent));
	s->nrecent = keep;
}

int sup_room(struct sup *s, unsigned int max)
{
	unsigned int room = window_size(max);
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

int sup_size(struct sup *s, const struct job_spec *spec)
{
	return sup_room(s, spec->restarts_max);
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
	s->escalated_us = 0;
}

/* Forget the restarts that have left the window. */
static void slide(struct sup *s, uint64_t window_us, uint64_t now_us)
{
	unsigned int old = 0;

	while (old < s->nrecent && now_us - s->recent[old] >= window_us)
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

/* Rule 2. */
bool sup_count(struct sup *s, unsigned int max, uint64_t window_us, uint64_t now_us)
{
	if (max == 0)
		return true;
	slide(s, window_us, now_us);
	if (s->nrecent >= window_size(max))
		return false;
	s->recent[s->nrecent++] = now_us;
	return true;
}

/* Rule 2, the end of it. */
static enum sup_verdict pass_limit(struct sup *s, const struct job_spec *spec, uint64_t now_us)
{
	bool lately = s->escalated_us && now_us - s->escalated_us < spec->restarts_window_us;

	if (spec->on_limit != JOB_LIMIT_RESTART_GROUP || lately)
		return SUP_LIMIT;
	s->escalated_us = now_us;
	s->restarts++;
	s->level = 0;
	s->nrecent = 0;
	return SUP_ESCALATE;
}

static bool has_end(const struct job_ends *ends, const struct store_exit *end)
{
	if (end->cause == VIGIL_CAUSE_EXITED)
		return end->code >= 0 && end->code <= JOB_CODE_MAX &&
		       ends->codes[end->code / 64] >> end->code % 64 & 1;
	/* A signal that vigild or the kernel sent for a reason of its own tells of that reason. */
	if (end->cause != VIGIL_CAUSE_SIGNALLED && end->cause != VIGIL_CAUSE_CORE_DUMPED)
		return false;
	return end->signal > 0 && end->signal <= 64 && ends->signals >> (end->signal - 1) & 1;
}

bool sup_is_clean(const struct job_spec *spec, const struct store_exit *end)
{
	return (end->cause == VIGIL_CAUSE_EXITED && end->code == 0) ||
	       has_end(&spec->success_exit, end);
}

enum sup_end sup_judge(const struct job_spec *spec, const struct store_exit *end)
{
	if (has_end(&spec->restart_prevent, end))
		return SUP_END_PREVENTED;
	if (has_end(&spec->restart_force, end))
		return SUP_END_FORCED;
	if (sup_is_clean(spec, end))
		return SUP_END_CLEAN;
	return end->cause == VIGIL_CAUSE_EXITED ? SUP_END_FAILURE : SUP_END_ABNORMAL;
}

/* Rule 1. */
bool sup_wants(const struct job_spec *spec, enum sup_end end)
{
	if (end == SUP_END_PREVENTED || end == SUP_END_FORCED)
		return end == SUP_END_FORCED;
	switch (spec->restart) {
	case JOB_RESTART_ALWAYS:
		return true;
	case JOB_RESTART_ON_FAILURE:
		return end != SUP_END_CLEAN;
	case JOB_RESTART_ON_ABNORMAL:
		return end == SUP_END_ABNORMAL;
	default:
		return false;
	}
}

struct sup_decision sup_end(struct sup *s, const struct job_spec *spec, enum sup_end end,
			    uint64_t ran_us, uint64_t now_us, uint32_t random)
{
	bool healthy = end != SUP_END_NO_START && ran_us >= spec->healthy_after_us;
	struct sup_decision d = { .verdict = SUP_RESTART };

	if (!sup_wants(spec, end)) {
		d.verdict = end == SUP_END_NO_START ? SUP_FAILED : SUP_DONE;
		return d;
	}
	if (healthy)
		s->level = 0;
	if (!sup_count(s, spec->restarts_max, spec->restarts_window_us, now_us)) {
		d.verdict = pass_limit(s, spec, now_us);
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
