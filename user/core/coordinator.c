// SPDX-License-Identifier: GPL-2.0
/*
 * Rule 10. Levels are composed: the coordinator of a scope is an element of the scope above. A process may hold
 * any number of coordinators, of any levels and trees.
 *
 * Rule 7 goes through all levels by this: an element must not promise twice, and a scope may have duplicate
 * coordinators. So a coordinator has its scope's vote in the scope above only while it is effective, of which there
 * is one at most, and a new one waits until no promise of its predecessor can last.
 *
 * Rule 5 likewise: one that is established looks after the level above.
 */
#include "user/core/coordinator.h"

/* Before the element hears anything, so that one that was paused does not vote on what was true before. */
static void tell_element(struct coordinator *c, const struct core_event *event, const struct core_out *out)
{
	struct core_event e = { .type = CORE_HOST, .now_ns = event->now_ns, .random = event->random };

	if (!c->element)
		return;
	e.host.standing = (uint8_t)monitor_standing(c->monitor);
	e.host.votes = monitor_effective(c->monitor, event->now_ns);
	e.host.covers = monitor_established(c->monitor);
	if (e.host.standing == c->standing && e.host.votes == c->votes && e.host.covers == c->covers)
		return;
	c->standing = e.host.standing;
	c->votes = e.host.votes;
	c->covers = e.host.covers;
	element_step(c->element, &e, out);
}

void coordinator_init(struct coordinator *c, struct monitor *monitor, struct element *element,
		      uint64_t now_ns, const struct core_out *out)
{
	const struct core_event begin = { .now_ns = now_ns };

	/* An element is made with a vote: this takes it away. */
	*c = (struct coordinator){ .monitor = monitor, .element = element, .votes = true };
	tell_element(c, &begin, out);
}

void coordinator_step(struct coordinator *c, const struct core_event *event, const struct core_out *out)
{
	monitor_step(c->monitor, event, out);
	tell_element(c, event, out);
	if (c->element && !monitor_stopped(c->monitor) && event->type <= CORE_MESSAGE)
		element_step(c->element, event, out);
}

uint64_t coordinator_due(const struct coordinator *c)
{
	uint64_t monitor_ns = monitor_due(c->monitor);
	uint64_t element_ns = c->element ? element_due(c->element) : UINT64_MAX;

	return monitor_ns < element_ns ? monitor_ns : element_ns;
}
