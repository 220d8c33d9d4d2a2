// SPDX-License-Identifier: GPL-2.0
/*
 * What foretells a failure, and what is done about it. Its rules:
 *
 * 1. A condition is raised when its measure has been at its mark or above for so long, and
 *    cleared when it has been clearly below for as long. What cannot be measured changes nothing.
 * 2. A job that is not up is left alone.
 * 3. Two restarts of a job for this are no closer than its spacing: a restart that does not help
 *    must not become a loop.
 * 4. It is restarted only while fewer than at_once of the others, its replicas and its group, are
 *    down. So the next one waits until the one before is ready again, without anything to remember:
 *    a vigild that comes back amid it comes to the same.
 */
#include "user/agent/foretell_step.h"

int foretell_share(double value, double mark)
{
	double share = mark > 0 ? value / mark * FORETELL_MARK : FORETELL_SHARE_MAX;

	return share < FORETELL_SHARE_MAX ? (int)share : FORETELL_SHARE_MAX;
}

/* Rule 1. */
enum foretell_change foretell_level_step(struct foretell_level *l, int share, int clear,
					 uint64_t for_us, uint64_t now_us)
{
	bool contrary = share != FORETELL_UNKNOWN &&
			(l->raised ? share < clear : share >= FORETELL_MARK);

	if (!contrary) {
		l->since_us = 0;
		return FORETELL_SAME;
	}
	if (!l->since_us)
		l->since_us = now_us;
	if (now_us - l->since_us < for_us)
		return FORETELL_SAME;
	l->raised = !l->raised;
	l->held_us = now_us - l->since_us;
	l->since_us = 0;
	return l->raised ? FORETELL_RAISED : FORETELL_CLEARED;
}

/* Rules 2 to 4. */
enum foretell_deed foretell_decide(const struct foretell_view *v, uint64_t now_us)
{
	if (!v->up)
		return FORETELL_NOTHING;
	if (v->restarted_us && now_us - v->restarted_us < v->spacing_us)
		return FORETELL_TOO_SOON;
	return v->down < v->at_once ? FORETELL_RESTART : FORETELL_WAIT;
}
