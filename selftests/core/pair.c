// SPDX-License-Identifier: GPL-2.0
/* A small world without faults. */
#include "selftests/core/pair.h"

#include <stdlib.h>
#include <string.h>

static void act(void *ctx, const struct core_action *a);

static struct core_out out_of(struct pair *p)
{
	return (struct core_out){ .act = act, .ctx = p };
}

void pair_to_monitor(struct pair *p, struct core_event *e)
{
	struct core_out out = out_of(p);

	e->now_ns = p->now;
	e->random = 1u << 30;
	p->from = CORE_NONE;
	monitor_step(p->m, e, &out);
}

void pair_to_element(struct pair *p, uint32_t number, struct core_event *e)
{
	struct core_out out = out_of(p);

	e->now_ns = p->now;
	e->random = number << 28;
	p->from = number;
	element_step(p->elements[number].e, e, &out);
}

static void send(struct pair *p, const struct core_action *a)
{
	uint8_t bytes[WIRE_SIZE_MAX];
	size_t len;

	if (p->from != CORE_NONE && p->elements[p->from].silent)
		return;
	if (p->nsent == PAIR_SENT || wire_encode(a->msg, bytes, sizeof(bytes), &len) ||
	    wire_decode(&p->sent[p->nsent], bytes, len))
		abort();
	if (a->node == CORE_NONE)
		p->sent[p->nsent].head.element = CORE_NONE;
	p->nsent++;
}

static void act(void *ctx, const struct core_action *a)
{
	struct pair *p = ctx;
	struct pair_element *e = p->from == CORE_NONE ? NULL : &p->elements[p->from];

	switch (a->type) {
	case CORE_SEND:
		send(p, a);
		break;
	case CORE_START:
		e->started++;
		e->jobs[a->job] = e->fails ? 3 : 1;
		break;
	case CORE_STOP:
		e->stopped++;
		e->jobs[a->job] = 2;
		break;
	case CORE_LEASE:
		e->lease_until_ns = a->until_ns;
		break;
	case CORE_SPAWN:
		p->spawned++;
		break;
	case CORE_EFFECTIVE:
		p->effective = true;
		p->effective_at = p->now;
		break;
	case CORE_STEP_DOWN:
		p->effective = false;
		break;
	case CORE_TELL:
		p->told[a->tell]++;
		break;
	default:
		break;
	}
}

static void make_monitor(struct pair *p)
{
	const struct monitor_config config = {
		.self = { .rank = 50, .boot = 50, .node = 50, .incarnation = ++p->pid, .pid = p->pid },
		.scope = 1, .level = 2, .timing = core_timing_lan, .rules = &core_rules_all, .members = p->members,
		.nmembers = p->nmembers, .members_version = 1, .elements_max = PAIR_ELEMENTS, .jobs_max = PAIR_JOBS,
	};

	free(p->m);
	p->m = malloc(monitor_size(PAIR_ELEMENTS, PAIR_JOBS));
	if (!p->m)
		abort();
	monitor_init(p->m, &config, p->now);
	p->effective = false;
	pair_tell_jobs(p);
}

void pair_new_monitor(struct pair *p)
{
	make_monitor(p);
}

static void make_element(struct pair *p, uint32_t number)
{
	static const uint32_t candidates[] = { 50 };
	const struct element_memory past = { .known = true };
	const struct element_config config = {
		.self = { .rank = number, .boot = number + 1, .node = number, .incarnation = 1, .pid = 7 },
		.scope = 1, .number = number, .level = 2, .timing = core_timing_lan, .rules = &core_rules_all,
		.candidates = candidates, .ncandidates = 1,
	};

	p->members[number] = (struct core_member){ .homes = { number }, .nhomes = 1 };
	p->elements[number].e = malloc(element_size());
	if (!p->elements[number].e)
		abort();
	element_init(p->elements[number].e, &config, &past, p->now);
}

void pair_begin(struct pair *p, uint32_t n)
{
	memset(p, 0, sizeof(*p));
	p->now = 1000 * MS;
	p->nmembers = n;
	p->pid = 100;
	p->sent = calloc(PAIR_SENT, sizeof(*p->sent));
	if (!p->sent)
		abort();
	while (n--)
		make_element(p, n);
	make_monitor(p);
}

void pair_end(struct pair *p)
{
	uint32_t i;

	for (i = 0; i < p->nmembers; i++)
		free(p->elements[i].e);
	free(p->m);
	free(p->sent);
}

struct core_job *pair_job(struct pair *p)
{
	p->jobs[p->njobs] = (struct core_job){ .id = p->njobs + 1, .singleton = true };
	return &p->jobs[p->njobs++];
}

void pair_tell_jobs(struct pair *p)
{
	struct core_event e = { .type = CORE_JOBS, .jobs = { .list = p->jobs, .n = p->njobs } };

	pair_to_monitor(p, &e);
}

static void deliver_to_elements(struct pair *p, const struct wire_msg *m)
{
	struct core_event e = { .type = CORE_MESSAGE, .msg = m };
	uint32_t i;

	for (i = 0; i < p->nmembers; i++)
		if (!p->elements[i].silent && (m->head.element == i || m->head.element == CORE_NONE))
			pair_to_element(p, i, &e);
}

static void deliver(struct pair *p)
{
	while (p->nsent) {
		struct wire_msg m = p->sent[0];
		struct core_event e = { .type = CORE_MESSAGE, .msg = &m };

		memmove(p->sent, p->sent + 1, --p->nsent * sizeof(m));
		if (m.head.type != WIRE_ANSWER)
			deliver_to_elements(p, &m);
		else if (!p->deaf)
			pair_to_monitor(p, &e);
	}
}

/* What was started runs, what was stopped is gone; what runs out of its lease is fenced. */
static void settle_jobs(struct pair *p, uint32_t number)
{
	struct pair_element *x = &p->elements[number];
	struct core_event e = { .type = CORE_JOB };
	uint32_t id;

	for (id = 1; id <= p->njobs; id++) {
		bool fenced = x->jobs[id] && p->jobs[id - 1].singleton && p->now >= x->lease_until_ns;

		if (x->jobs[id] != 1 || fenced) {
			if (!x->jobs[id])
				continue;
			e.job.state = x->jobs[id] == 3 ? WIRE_JOB_FAILED : CORE_JOB_GONE;
			x->jobs[id] = 0;
		} else {
			e.job.state = WIRE_JOB_RUNNING;
		}
		e.job.id = id;
		pair_to_element(p, number, &e);
	}
}

static void pass(struct pair *p)
{
	struct core_event tick = { .type = CORE_TICK };
	uint32_t i;

	p->now += MS;
	for (i = 0; i < p->nmembers; i++) {
		settle_jobs(p, i);
		tick.type = CORE_TICK;
		if (p->now >= element_due(p->elements[i].e))
			pair_to_element(p, i, &tick);
	}
	if (!p->deaf && p->now >= monitor_due(p->m))
		pair_to_monitor(p, &tick);
	deliver(p);
}

void pair_run(struct pair *p, uint64_t ms)
{
	while (ms--)
		pass(p);
}

uint32_t pair_count(const struct pair *p, uint32_t number)
{
	uint32_t id, n = 0;

	for (id = 1; id <= p->njobs; id++)
		n += p->elements[number].jobs[id] == 1;
	return n;
}

uint32_t pair_runs(const struct pair *p, uint64_t id)
{
	uint32_t i, n = 0;

	for (i = 0; i < p->nmembers; i++)
		n += p->elements[i].jobs[id] == 1;
	return n;
}
