// SPDX-License-Identifier: GPL-2.0
/*
 * Elements join and leave while everything runs.
 *
 * Lists of elements are numbered, and one differs from the next in one element, so that a majority of the one
 * shares an element with every majority of the other. An element that has promised under a list promises to
 * nobody who knows only an older one; and a list is followed by the next only when a majority of it has
 * promised under it. Hence no two monitors with different lists are effective at once.
 *
 * An element leaves in two lists. The first has it as leaving: it gets no more jobs, and those that it has are moved. Once a
 * majority knows this list no monitor that would still give it jobs can be effective. When it has promised to
 * one that would not, and has reported that it is empty, it stays so: the next list may be without it.
 */
#include <assert.h>

#include "user/core/monitor_impl.h"

void monitor_add(struct monitor *m, uint32_t number, const struct core_member *member, uint64_t now_ns)
{
	struct mon_element *e = &m->elements[number];

	assert(member->nhomes <= CORE_HOMES_MAX);
	*e = (struct mon_element){
		.member = *member, .heard_ns = now_ns, .first_job = CORE_NONE, .queue.next_dirty = CORE_NONE,
	};
	m->npresent += member->nhomes > 0;
}

static bool is_there(const struct core_member *member)
{
	return member->nhomes > 0;
}

/* How many differ; @which is the last of them. */
static uint32_t changes(const struct monitor *m, const struct core_member *list, uint32_t *which)
{
	uint32_t i, n = 0;

	for (i = 0; i < m->config.nmembers; i++) {
		const struct core_member *now = &m->elements[i].member;

		if (is_there(now) == is_there(&list[i]) && now->leaving == list[i].leaving)
			continue;
		*which = i;
		n++;
	}
	return n;
}

static bool settled(const struct monitor *m)
{
	uint32_t i, n = 0;

	for_each_element(m, i)
		n += m->elements[i].members >= m->config.members_version;
	return n >= m->npresent / 2 + 1;
}

bool monitor_may_leave(const struct monitor *m, uint32_t element, uint64_t now_ns)
{
	const struct mon_element *e = &m->elements[element];

	return element < m->config.nmembers && is_there(&e->member) && e->member.leaving && m->npresent > 1 &&
	       monitor_effective(m, now_ns) && settled(m) && monitor_promised(e, now_ns) && e->known.known &&
	       e->known.have && !e->njobs && !e->queue.n;
}

static bool is_fine(const struct monitor *m, const struct core_member *list, uint32_t which, uint64_t now_ns)
{
	const struct core_member *now = &m->elements[which].member;

	if (is_there(now) && !is_there(&list[which]))
		return monitor_may_leave(m, which, now_ns);
	return is_there(now) || !list[which].leaving;
}

/* One that goes leaves nothing behind: its number may come back as another. */
static void change(struct monitor *m, const struct core_member *member, uint32_t which, uint64_t now_ns)
{
	struct mon_element *e = &m->elements[which];

	if (is_there(&e->member) && is_there(member)) {
		e->member.leaving = member->leaving;
		return;
	}
	m->npresent -= is_there(&e->member);
	monitor_add(m, which, member, now_ns);
}

/* One that is not effective is as one that begins with this list. */
static bool acceptable(const struct monitor *m, const struct core_event *event)
{
	uint32_t which = CORE_NONE, n = changes(m, event->members.list, &which);

	if (!monitor_effective(m, event->now_ns))
		return event->members.version > m->config.members_version;
	return event->members.version == m->config.members_version + 1 && n <= 1 && settled(m) &&
	       (!n || is_fine(m, event->members.list, which, event->now_ns));
}

/* event->members.list has as many entries as there may ever be elements. */
void monitor_take_members(struct monitor *m, const struct core_event *event, const struct core_out *out)
{
	uint32_t i;

	if (!acceptable(m, event)) {
		core_tell(out, CORE_T_MEMBERS_REFUSED, CORE_NONE, 0);
		return;
	}
	monitor_forget_jobs(m);
	for (i = 0; i < m->config.nmembers; i++)
		change(m, &event->members.list[i], i, event->now_ns);
	m->config.members_version = event->members.version;
	core_tell(out, CORE_T_MEMBERS, CORE_NONE, 0);
	if (m->state == MONITOR_ESTABLISHED)
		monitor_new_term(m, event->now_ns, out);
}

uint32_t monitor_members(const struct monitor *m)
{
	return m->config.members_version;
}
