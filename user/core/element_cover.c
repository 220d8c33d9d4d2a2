// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a monitor looks after this element.
 *
 * Rule 5. An element not polled for D waits a random back-off, looks again, and only then starts a monitor for its
 * scope on a candidate node, and announces it, so that its peers stand down.
 *
 * A monitor that hears no majority says so, and its polls do not count: where another one can hear a majority
 * it is to be found. Starts that led to no poll double the back-off, up to a bound, so where nobody can
 * hear a majority monitors are not started without end.
 */
#include "user/core/element_impl.h"

void element_covered(struct element *e, uint64_t now_ns, const struct core_out *out)
{
	if (e->cover.look_ns)
		core_tell(out, CORE_T_STOOD_DOWN, e->config.number, 0);
	e->cover.polled_ns = now_ns;
	e->cover.look_ns = 0;
	e->cover.vain = 0;
}

/* A peer is at it: as if polled, but for the count of what was in vain. */
void element_announced(struct element *e, uint64_t now_ns, const struct core_out *out)
{
	if (e->cover.look_ns)
		core_tell(out, CORE_T_STOOD_DOWN, e->config.number, 0);
	e->cover.polled_ns = now_ns;
	e->cover.look_ns = 0;
}

/* Its own node first: that one is up. Else any; from there on in the order of the list, so another each time. */
static uint32_t candidate(struct element *e, uint32_t random)
{
	const struct element_config *c = &e->config;
	uint32_t i;

	if (!e->cover.vain)
		e->cover.first = random % c->ncandidates;
	for (i = 0; !e->cover.vain && i < c->ncandidates; i++)
		if (c->candidates[i] == c->self.node)
			e->cover.first = i;
	return c->candidates[(e->cover.first + e->cover.vain) % c->ncandidates];
}

/* Doubled for each vain start, up to a bound. */
static uint64_t backoff(const struct element *e)
{
	uint32_t doublings = e->cover.vain < CORE_BACKOFF_DOUBLINGS ? e->cover.vain : CORE_BACKOFF_DOUBLINGS;

	return e->config.timing.backoff_ns << doublings;
}

static void start(struct element *e, const struct core_event *event, const struct core_out *out)
{
	const struct core_action spawn = {
		.type = CORE_SPAWN, .scope = e->config.scope, .node = candidate(e, event->random),
	};
	struct wire_msg *m = element_message(e, WIRE_ANNOUNCE);

	core_tell(out, CORE_T_STARTED_MONITOR, e->config.number, 0);
	out->act(out->ctx, &spawn);
	m->announce = (struct wire_announce){ .what = WIRE_STARTING, .node = spawn.node };
	element_send(e, CORE_NONE, out);
	e->cover.polled_ns = event->now_ns;
	e->cover.look_ns = 0;
	e->cover.vain++;
}

void element_watch(struct element *e, const struct core_event *event, const struct core_out *out)
{
	uint64_t backoff_ns = backoff(e);

	if (!e->covers || event->now_ns < element_cover_due(e))
		return;
	if (e->cover.look_ns) {
		start(e, event, out);
		return;
	}
	core_tell(out, CORE_T_BACKOFF, e->config.number, 0);
	e->cover.look_ns = event->now_ns + 1 + backoff_ns / UINT32_MAX * event->random +
			   backoff_ns % UINT32_MAX * event->random / UINT32_MAX;
}

uint64_t element_cover_due(const struct element *e)
{
	if (!e->covers)
		return UINT64_MAX;
	return e->cover.look_ns ? e->cover.look_ns : e->cover.polled_ns + e->config.timing.silence_ns;
}
