// SPDX-License-Identifier: GPL-2.0
/* Allocations that fail, each in its turn: what is asked is done, or fails and leaves nothing behind. */
#include <stdio.h>
#include <stdlib.h>

#include "selftests/fuzz/fault.h"
#include "selftests/fuzz/fault_points.h"

enum {
	SEED = 11,
	TAINT_DIE_OR_WARN = (1 << 7) | (1 << 9),
};

void fault_wrong(struct test *t, const char *what, const char *where, int value)
{
	tally_complain(t->t, "%s: %s: %d", where, what, value);
}

uint64_t fault_watches(struct test *t)
{
	struct stats s = { 0 };

	if (client_stats(&t->c, &s))
		fault_wrong(t, "no counters", "stats", 0);
	return s.watches;
}

static unsigned int number, failures;

static void tell(struct test *t, const char *what, bool ok)
{
	static unsigned int told;
	unsigned int complaints = atomic_load(&t->t->complaints);

	ok &= complaints == told;
	for (; told < complaints && told < TALLY_COMPLAINTS; told++)
		printf("# %s\n", t->t->words[told]);
	told = complaints;
	printf("%s %u %s # %u allocations failed, %u refusals\n", ok ? "ok" : "not ok", ++number, what,
	       t->failed, t->refused);
	fflush(stdout);
	failures += !ok;
	t->failed = 0;
	t->refused = 0;
}

static void clean_up(struct test *t)
{
	if (client_release_owner(&t->c, NULL) < 0 || fault_watches(t))
		fault_wrong(t, "watches are left", "release", 0);
}

static void events(struct test *t)
{
	static const unsigned int percents[] = { 100, 50, 10 };
	unsigned int overruns = 0;
	size_t i;

	for (i = 0; i < sizeof(percents) / sizeof(*percents); i++)
		overruns += fault_sending(t, percents[i]);
	tell(t, "events_that_cannot_be_sent_are_told_by_an_overrun_and_replayed", overruns);
}

static bool tainted(void)
{
	FILE *f = fopen("/proc/sys/kernel/tainted", "re");
	unsigned long bits = TAINT_DIE_OR_WARN;

	if (f && fscanf(f, "%lu", &bits) != 1)
		bits = TAINT_DIE_OR_WARN;
	if (f)
		fclose(f);
	return bits & TAINT_DIE_OR_WARN;
}

int main(void)
{
	struct test *t = calloc(1, sizeof(*t));

	setvbuf(stdout, NULL, _IOLBF, 0);

	printf("KTAP version 1\n");
	if (!faults_ready()) {
		printf("1..0 # SKIP this kernel cannot make allocations fail\n");
		return 0;
	}
	printf("1..7\n");
	t->t = tally_new();
	if (!t->t || hand_open(&t->hand, rng_split(SEED, 0)) || client_open(&t->c) || link_open(&t->link, false))
		return 1;
	fault_learn(t);
	faults_anywhere();
	t->mute = true;
	fault_requests(t);
	tell(t, "each_operation_bears_each_failed_allocation", t->refused);
	t->mute = false;
	if (faults_only_in_module())
		return 1;
	fault_requests(t);
	tell(t, "each_failed_allocation_of_the_module_is_refused_with_a_sentence",
	     t->refused && !t->t->sentenceless);
	fault_namespaces(t);
	tell(t, "a_network_namespace_is_made_whole_or_not_at_all", t->failed);
	events(t);
	clean_up(t);
	tell(t, "nothing_is_left", true);
	link_close(&t->link);
	client_close(&t->c);
	hand_close(&t->hand);
	faults_anywhere();
	fault_loading(t);
	tell(t, "the_module_is_loaded_whole_or_not_at_all", t->refused);
	tell(t, "the_kernel_has_not_warned", !tainted());
	return failures;
}
