// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever messages come, in whatever order: no assertion of the core fails, nothing is touched beyond its memory,
 * no action is out of bounds, and of two promises at most one is in force.
 *
 * The input is a row of records: two bytes of time, one that says which of the head's fields are made to fit, two of
 * length, and a message.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "user/core/coordinator.h"

enum { ELEMENTS = 4, JOBS = 8, FIT_HEAD = 1, FIT_TO = 2, FIT_FROM = 4, FIT_TIME = 8, TO_ELEMENT = 16,
      FIT_EPOCH = 32 };

static const struct wire_id self = { .rank = 5, .boot = 77, .node = 1, .incarnation = 3, .pid = 10 };
static struct wire_msg last_sent;
static uint64_t promised_until, now;
static struct wire_id promised_to;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void act(void *ctx, const struct core_action *a)
{
	uint8_t bytes[WIRE_SIZE_MAX];
	size_t len;

	(void)ctx;
	if (a->type == CORE_SEND) {
		assert(!wire_encode(a->msg, bytes, sizeof(bytes), &len));
		if (a->msg->head.scope == 1)
			last_sent = *a->msg;
	}
	if (a->type == CORE_PROMISE) {
		assert(!a->until_ns || now >= promised_until || wire_id_same(&promised_to, &a->holder));
		promised_until = a->until_ns;
		promised_to = a->holder;
	}
	if (a->type == CORE_TELL)
		assert(core_tell_name(a->tell));
}

static const struct core_out out = { .act = act };

static void fit_answer(struct wire_msg *m, uint8_t how)
{
	if (how & FIT_TO) {
		m->answer.boot = self.boot;
		m->answer.incarnation = self.incarnation;
	}
	if (how & FIT_TIME) {
		m->answer.asked_ns = now;
		m->answer.stamp_ns = now;
	}
}

static void fit(struct wire_msg *m, uint8_t how)
{
	struct wire_bidding *b = m->head.type == WIRE_POLL ? &m->poll.bid : &m->order;

	if (how & FIT_HEAD) {
		m->head.scope = how & TO_ELEMENT ? 2 : 1;
		m->head.level = how & TO_ELEMENT ? 3 : 2;
		m->head.element %= ELEMENTS;
	}
	if (how & FIT_FROM) {
		m->head.from.node = m->head.element % ELEMENTS;
		m->head.from.boot = 5;
		m->head.from.incarnation = 1;
		m->head.from.pid = 7;
	}
	if (how & FIT_EPOCH)
		m->head.epoch = last_sent.head.epoch;
	if (m->head.type == WIRE_ANSWER)
		fit_answer(m, how);
	if (m->head.type != WIRE_POLL && m->head.type != WIRE_ORDER)
		return;
	if (how & FIT_TO) {
		b->boot = self.boot;
		b->incarnation = self.incarnation;
	}
	if (how & FIT_TIME)
		b->stamp_ns = now - 40000000;
	if (how & FIT_TIME && m->head.type == WIRE_POLL) {
		m->poll.promise_ns = core_timing_lan.promise_ns;
		b->lease_ns = core_timing_lan.lease_ns;
	}
}

static struct monitor *new_monitor(void)
{
	struct core_member members[ELEMENTS];
	struct core_job jobs[JOBS];
	const struct monitor_config config = {
		.self = self, .scope = 1, .level = 2, .timing = core_timing_lan, .rules = &core_rules_all,
		.members = members, .nmembers = ELEMENTS, .members_version = 1, .elements_max = ELEMENTS, .jobs_max = JOBS,
	};
	struct core_event e = { .type = CORE_JOBS, .now_ns = now, .jobs = { .list = jobs, .n = JOBS } };
	struct monitor *m = malloc(monitor_size(ELEMENTS, JOBS));
	unsigned int i;

	assert(m);
	memset(members, 0, sizeof(members));
	for (i = 0; i < ELEMENTS; i++) {
		members[i].nhomes = 1;
		members[i].homes[0] = i;
	}
	for (i = 0; i < JOBS; i++)
		jobs[i] = (struct core_job){ .id = i + 1, .singleton = i & 1 };
	monitor_init(m, &config, now);
	monitor_step(m, &e, &out);
	return m;
}

static struct element *new_element(void)
{
	static const uint32_t candidates[] = { 0, 1 };
	const struct element_config config = {
		.self = self, .scope = 2, .number = 1, .level = 3, .timing = core_timing_lan, .rules = &core_rules_all,
		.candidates = candidates, .ncandidates = 2,
	};
	const struct element_memory none = { .known = true };
	struct element *e = malloc(element_size());

	assert(e);
	return element_init(e, &config, &none, now);
}

static size_t step(struct monitor *m, struct element *e, const uint8_t *data, size_t size)
{
	size_t len = data[3] << 8 | data[4];
	struct core_event event = { .type = CORE_TICK };
	struct wire_msg msg;

	len = len < size - 5 ? len : size - 5;
	now += (uint64_t)(data[0] << 8 | data[1]) * 20000;
	event.now_ns = now;
	event.random = data[0] * 0x01010101u;
	monitor_step(m, &event, &out);
	element_step(e, &event, &out);
	if (!wire_decode(&msg, data + 5, len)) {
		fit(&msg, data[2]);
		event.type = CORE_MESSAGE;
		event.msg = &msg;
		monitor_step(m, &event, &out);
		element_step(e, &event, &out);
	}
	assert(monitor_due(m) > 0 && element_due(e) > 0);
	return 5 + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct monitor *m;
	struct element *e;

	now = 1000000000;
	promised_until = 0;
	m = new_monitor();
	e = new_element();
	while (size > 5) {
		size_t used = step(m, e, data, size);

		data += used;
		size -= used;
	}
	free(m);
	free(e);
	return 0;
}
