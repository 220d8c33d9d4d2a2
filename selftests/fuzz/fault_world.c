// SPDX-License-Identifier: GPL-2.0
/* Allocations that fail where nobody has made a request: in namespaces, in loading, in the sending of events. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftests/fuzz/fault.h"
#include "selftests/fuzz/fault_points.h"
#include "selftests/kernel/module.h"
#include "selftests/kernel/pace.h"
#include "selftests/kernel/victim.h"

enum {
	DEATHS = 24,
};

/* Each call of a new namespace is made by a child, whose end is that of the namespace. */
static int unshare_with_fault(unsigned int nth, bool *hit)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		int err;

		faults_attach();
		fault_arm(nth);
		err = unshare(CLONE_NEWNET) ? errno : 0;
		_exit(fault_disarm() ? err | 128 : err);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	*hit = WEXITSTATUS(status) & 128;
	return WEXITSTATUS(status) & 127;
}

void fault_namespaces(struct test *t)
{
	bool hit = true;
	unsigned int nth;
	int err;

	for (nth = 1; nth < FAULT_NTH_MAX && hit; nth++) {
		err = unshare_with_fault(nth, &hit);
		t->failed += hit;
		t->refused += hit && err == ENOMEM;
		if (err && !(hit && err == ENOMEM))
			fault_wrong(t, "a network namespace cannot be made", "unshare", err);
	}
	printf("# unshare: %u allocations failed\n", nth - 2);
}

/* The module's own allocations are among those of the kernel that loads it. */
void fault_loading(struct test *t)
{
	bool hit = true;
	unsigned int nth;
	int err;

	if (module_unload())
		fault_wrong(t, "the module cannot be unloaded", "unload", 0);
	for (nth = 1; nth < FAULT_NTH_MAX && hit; nth++) {
		fault_arm(nth);
		err = module_load("");
		hit = fault_disarm();
		t->failed += hit;
		t->refused += hit && err;
		if (err && !hit)
			fault_wrong(t, "the module cannot be loaded", "load", err);
		if (err && module_loaded())
			fault_wrong(t, "the module is half loaded", "load", nth);
		if (!err && module_unload())
			fault_wrong(t, "the module cannot be unloaded", "unload", nth);
	}
	printf("# load: %u allocations failed\n", nth - 2);
	if (module_load(""))
		fault_wrong(t, "the module cannot be loaded", "load", nth);
}

struct heard {
	uint64_t next;
	unsigned int deaths;
	unsigned int overruns;
	unsigned int gaps;
};

static int replayed(const struct watch *event, void *arg)
{
	struct heard *h = arg;

	h->gaps += event->seq != h->next || event->type == VIGIL_EVENT_TYPE_GAP;
	h->deaths += event->type == VIGIL_EVENT_TYPE_DEAD;
	h->next = event->seq + 1;
	return 0;
}

/* All that came, until the numbers say that no more will. */
static void drain(struct test *t, struct listener *l, struct heard *h)
{
	struct watch event;
	int ret;

	while ((ret = listener_next(l, &event, 0))) {
		if (ret == -ENOBUFS)
			h->overruns++;
		else if (ret < 0)
			fault_wrong(t, "listening", "listener", ret);
		else if (event.seq == h->next && !h->overruns)
			replayed(&event, h);
	}
}

static void await_numbers(struct test *t, uint64_t seq)
{
	struct stats s = { 0 };

	if (!AWAIT(client_stats(&t->c, &s) || s.seq >= seq) || s.seq < seq)
		fault_wrong(t, "deaths without a number", "events", seq - s.seq);
}

/* Some of the deaths cannot be sent: the listener is told so, and a replay gives them. */
unsigned int fault_sending(struct test *t, unsigned int percent)
{
	struct listener *l = malloc(sizeof(*l));
	struct victim v[DEATHS];
	struct heard h = { 0 };
	struct stats s;
	int i;

	if (!l || listener_open(l, 0) || client_stats(&t->c, &s))
		exit(1);
	h.next = s.seq + 1;
	for (i = 0; i < DEATHS; i++)
		if (victim_start(&v[i], life_pause, NULL) ||
		    client_watch_pidfd(&t->c, v[i].pidfd, "faults", NULL))
			fault_wrong(t, "no victim", "events", i);
	faults_by_chance(percent);
	for (i = 0; i < DEATHS; i++)
		victim_end(&v[i]);
	faults_by_chance(0);
	await_numbers(t, s.seq + DEATHS);
	drain(t, l, &h);
	if (h.deaths < DEATHS && !h.overruns)
		fault_wrong(t, "events were lost in silence", "events", DEATHS - h.deaths);
	client_replay(&t->c, h.next, replayed, &h);
	if (h.deaths != DEATHS || h.gaps)
		fault_wrong(t, "deaths after the replay", "events", h.deaths);
	listener_close(l);
	free(l);
	return h.overruns;
}
