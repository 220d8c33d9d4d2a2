// SPDX-License-Identifier: GPL-2.0
/*
 * The simulator of the tree.
 *
 * usage: sim [OPTIONS] seed N             one run, with its trace
 *        sim [OPTIONS] seeds A B          every run from A to B; the seeds that fail are printed
 *        sim [OPTIONS] corpus FILE        the runs of a file, as KTAP, and what was hit in them
 *        sim [OPTIONS] failover RUNS    how long after one death all is well again
 *        sim broken FILE                  each rule switched off in turn: some run of FILE must fail, as KTAP
 *
 * options: --nodes N, --levels N, --clocks (clocks that stand still), --quiet,
 * --loss PERMILLE (failover)
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/sim/sim.h"

const char *const fault_names[FAULT_END] = {
	[FAULT_LOSS] = "loss",
	[FAULT_DUPLICATE] = "duplication",
	[FAULT_DELAY] = "delay",
	[FAULT_REORDER] = "reordering",
	[FAULT_PARTITION] = "partition",
	[FAULT_PARTITION_ONE_WAY] = "partition, one way",
	[FAULT_PAUSE_PROCESS] = "process paused",
	[FAULT_PAUSE_NODE] = "node's processes paused",
	[FAULT_FREEZE_NODE] = "node frozen",
	[FAULT_STOP_CLOCK] = "clock stood still",
	[FAULT_DRIFT] = "clocks drift",
	[FAULT_CRASH_AGENT] = "agent killed",
	[FAULT_CRASH_COORDINATOR] = "coordinator killed",
	[FAULT_CRASH_NODE] = "node crashed",
	[FAULT_CRASH_IN_STEP] = "killed between two actions",
	[FAULT_RESTART_WITH_MEMORY] = "restarted with memory",
	[FAULT_RESTART_WITHOUT_MEMORY] = "restarted without memory",
	[FAULT_LOSE_DISK] = "disk lost",
	[FAULT_LEVEL] = "whole level killed",
	[FAULT_SUBTREE] = "whole subtree crashed",
	[FAULT_DUPLICATE_MONITOR] = "duplicate monitor",
	[FAULT_JOB_DIES] = "job died",
	[FAULT_JOB_FAILS] = "job failed",
	[FAULT_DRAIN] = "node drained",
	[FAULT_MOVE] = "job moved",
	[FAULT_LOAD] = "node loaded",
	[FAULT_JOIN] = "element joined",
	[FAULT_LEAVE] = "element left",
	[FAULT_JOBS] = "job added or removed",
	[FAULT_PROOF_OF_NODE] = "proof of a node's death",
	[FAULT_PROOF_OF_PROCESS] = "proof of a process's death",
	[FAULT_RESIGN] = "monitor retired",
};

/* What the runs of a corpus need not hit: no node has other times, nobody writes a wrong list. selftests/core has it. */
static const enum core_tell rare[] = { CORE_T_REFUSED_TIMING, CORE_T_MEMBERS_REFUSED };

struct totals {
	uint64_t runs, failed, steps, messages, faults;
	uint64_t told[CORE_T_END];
	uint64_t hit[FAULT_END];
	uint64_t slowest_ns, slowest_seed;
};

struct options {
	uint32_t nodes;
	uint32_t levels;
	bool clocks;
	bool quiet;
	uint32_t loss;
};

void sim_fail(struct sim *s, const char *format, ...)
{
	va_list args;

	if (s->failed)
		return;
	s->failed = true;
	va_start(args, format);
	vsnprintf(s->why, sizeof(s->why), format, args);
	va_end(args);
	trace(s, "VIOLATION: %s", s->why);
}

void sim_trace(struct sim *s, const char *format, ...)
{
	va_list args;

	printf("# %10.6f ", (double)(s->now - 1000 * S) / 1e9);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* The seed decides everything that the options leave open. */
static struct params params_of(uint64_t seed, const struct options *o)
{
	struct rng r = rng_split(seed, 0);
	struct params p = { .seed = seed };
	uint32_t kind = rng_below(&r, 10);

	p.levels = kind < 5 ? 1 : kind < 8 ? 2 : 3;
	p.per_scope = 3 + rng_below(&r, 3);
	p.nodes = p.levels == 1 ? 3 + rng_below(&r, 5) : p.per_scope * (p.levels == 2 ? 2 + rng_below(&r, 3) : 4 + rng_below(&r, 5));
	p.jobs_per_node = rng_below(&r, 5);
	p.dedicated = rng_once_in(&r, 3) ? 3 : 0;
	p.fault_ns = (2 + rng_below(&r, 6)) * S;
	p.storms = 3 + rng_below(&r, 30);
	p.members_change = p.levels == 1 && rng_once_in(&r, 3);
	p.wan_above = rng_once_in(&r, 3);
	p.clocks_stop = o->clocks;
	if (o->levels)
		p.levels = o->levels;
	if (o->nodes)
		p.nodes = o->nodes;
	if (o->nodes > 100)
		p.per_scope = 10;
	if (p.levels > 1)
		p.members_change = false;
	return p;
}

static void add(struct totals *t, const struct sim *s)
{
	unsigned int i;

	t->runs++;
	t->failed += s->failed;
	t->steps += s->steps;
	t->messages += s->messages;
	t->faults += s->faults;
	for (i = 0; i < CORE_T_END; i++)
		t->told[i] += s->told[i];
	for (i = 0; i < FAULT_END; i++)
		t->hit[i] += s->hit[i];
	if (!s->failed && s->recovered_ns > t->slowest_ns) {
		t->slowest_ns = s->recovered_ns;
		t->slowest_seed = s->p.seed;
	}
}

static bool run(uint64_t seed, const struct options *o, const struct core_rules *rules, bool tracing, struct totals *t,
		char *why)
{
	struct params p = params_of(seed, o);
	struct sim *s = sim_new(&p, rules, tracing);
	bool failed;

	sim_run(s);
	failed = s->failed;
	add(t, s);
	if (why)
		memcpy(why, s->why, sizeof(s->why));
	sim_free(s);
	return !failed;
}

static void print_totals(const struct totals *t)
{
	unsigned int i;

	printf("# %llu runs, %llu failed; %llu steps, %llu messages, %llu faults\n", (unsigned long long)t->runs,
	       (unsigned long long)t->failed, (unsigned long long)t->steps, (unsigned long long)t->messages,
	       (unsigned long long)t->faults);
	printf("# slowest recovery: %llu ms, seed %llu\n", (unsigned long long)(t->slowest_ns / MS),
	       (unsigned long long)t->slowest_seed);
	for (i = 0; i < FAULT_END; i++)
		printf("# fault %-32s %llu\n", fault_names[i], (unsigned long long)t->hit[i]);
	for (i = 0; i < CORE_T_END; i++)
		printf("# told %-32s %llu\n", core_tell_name(i), (unsigned long long)t->told[i]);
}

static int one(uint64_t seed, const struct options *o)
{
	struct totals t = { 0 };
	char why[SIM_TEXT_MAX];
	bool fine = run(seed, o, &core_rules_all, !o->quiet, &t, why);

	printf("%s %llu%s%s\n", fine ? "ok" : "not ok", (unsigned long long)seed, fine ? "" : ": ", fine ? "" : why);
	if (!o->quiet)
		print_totals(&t);
	return !fine;
}

static int many(uint64_t from, uint64_t to, const struct options *o)
{
	struct totals t = { 0 };
	char why[SIM_TEXT_MAX];
	uint64_t seed;

	for (seed = from; seed <= to; seed++) {
		if (run(seed, o, &core_rules_all, false, &t, why))
			continue;
		printf("seed %llu: %s\n", (unsigned long long)seed, why);
		fflush(stdout);
	}
	print_totals(&t);
	return t.failed != 0;
}

/* Lines "FROM TO", # comments. */
static bool next_range(FILE *f, uint64_t *from, uint64_t *to)
{
	char line[256];
	unsigned long long a, b;

	while (fgets(line, sizeof(line), f)) {
		int n = sscanf(line, "%llu %llu", &a, &b);

		if (line[0] == '#' || n < 1)
			continue;
		*from = a;
		*to = n == 2 ? b : a;
		return true;
	}
	return false;
}

static FILE *open_corpus(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f) {
		perror(path);
		exit(2);
	}
	return f;
}

static bool may_lack(enum core_tell tell)
{
	unsigned int i;

	for (i = 0; i < sizeof(rare) / sizeof(*rare); i++)
		if (rare[i] == tell)
			return true;
	return false;
}

static unsigned int tell_marks(const struct totals *t, unsigned int number)
{
	unsigned int i, missing = 0;

	for (i = 0; i < FAULT_END; i++) {
		if (t->hit[i] || i == FAULT_STOP_CLOCK)
			continue;
		printf("# never: fault %s\n", fault_names[i]);
		missing++;
	}
	for (i = 0; i < CORE_T_END; i++) {
		if (t->told[i] || may_lack(i))
			continue;
		printf("# never: %s\n", core_tell_name(i));
		missing++;
	}
	printf("%s %u every_rule_and_every_fault_was_hit\n", missing ? "not ok" : "ok", number);
	return missing;
}

static int corpus(const char *path, const struct options *o)
{
	FILE *f = open_corpus(path);
	struct totals t = { 0 };
	char why[SIM_TEXT_MAX];
	uint64_t from, to, seed;
	unsigned int number = 0;

	printf("KTAP version 1\n");
	while (next_range(f, &from, &to)) {
		uint64_t failed = t.failed;

		for (seed = from; seed <= to; seed++)
			if (!run(seed, o, &core_rules_all, false, &t, why))
				printf("# seed %llu: %s\n", (unsigned long long)seed, why);
		printf("%s %u seeds_%llu_to_%llu\n", t.failed == failed ? "ok" : "not ok", ++number,
		       (unsigned long long)from, (unsigned long long)to);
		fflush(stdout);
	}
	fclose(f);
	print_totals(&t);
	t.failed += tell_marks(&t, ++number);
	printf("1..%u\n", number);
	return t.failed != 0;
}

static const struct {
	const char *name;
	size_t at;
} switches[] = {
	{ "better_wins", offsetof(struct core_rules, better_wins) },
	{ "passive_round", offsetof(struct core_rules, passive_round) },
	{ "promise_once", offsetof(struct core_rules, promise_once) },
	{ "promise_waits", offsetof(struct core_rules, promise_waits) },
	{ "majority", offsetof(struct core_rules, majority) },
	{ "promise_ends", offsetof(struct core_rules, promise_ends) },
	{ "old_epochs_refused", offsetof(struct core_rules, old_epochs_refused) },
	{ "orders_age", offsetof(struct core_rules, orders_age) },
	{ "orders_once", offsetof(struct core_rules, orders_once) },
	{ "lease_awaited", offsetof(struct core_rules, lease_awaited) },
};

_Static_assert(sizeof(switches) / sizeof(*switches) == sizeof(struct core_rules), "each rule is switched off in turn");

static bool is_caught(const char *path, size_t at, const struct options *o, struct totals *t)
{
	struct core_rules rules = core_rules_all;
	char why[SIM_TEXT_MAX];
	uint64_t from, to, seed;
	FILE *f = open_corpus(path);
	bool caught = false;

	((bool *)&rules)[at] = false;
	while (!caught && next_range(f, &from, &to)) {
		for (seed = from; seed <= to && !caught; seed++)
			caught = !run(seed, o, &rules, false, t, why);
	}
	fclose(f);
	if (caught)
		printf("# after %llu runs, by seed %llu: %s\n", (unsigned long long)t->runs, (unsigned long long)seed - 1,
		       why);
	return caught;
}

static int broken(const char *path, const struct options *o)
{
	unsigned int i, n = sizeof(switches) / sizeof(*switches), missed = 0;

	printf("KTAP version 1\n1..%u\n", n);
	for (i = 0; i < n; i++) {
		struct totals t = { 0 };
		bool caught = is_caught(path, switches[i].at, o, &t);

		missed += !caught;
		printf("%s %u without_%s_is_caught\n", caught ? "ok" : "not ok", i + 1, switches[i].name);
		fflush(stdout);
	}
	return missed != 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool time_death(enum death death, uint64_t runs, const struct options *o)
{
	static const char *const names[DEATH_END] = {
		[DEATH_NODE] = "a node", [DEATH_NODE_OF_COORDINATOR] = "a node with its cluster's coordinator",
		[DEATH_LEVEL_2] = "all local coordinators", [DEATH_LEVEL_3] = "all group coordinators",
		[DEATH_LEVEL_4] = "the universal coordinator", [DEATH_ALL_LEVELS] = "all coordinators of all levels",
	};
	uint64_t *took = calloc(runs, sizeof(*took)), seed, died = 0;
	bool fine = true;

	if (!took)
		abort();
	for (seed = 1; seed <= runs && fine; seed++) {
		struct params p = params_of(seed, o);
		struct sim *s;

		p.levels = o->levels ? o->levels : 3;
		p.nodes = o->nodes ? o->nodes : 18;
		p.jobs_per_node = 3;
		p.dedicated = 0;
		p.wan_above = false;
		p.members_change = false;
		p.loss_permille = o->loss;
		s = sim_new(&p, &core_rules_all, false);
		took[seed - 1] = failover(s, death);
		fine = !s->failed;
		died += s->jobs_died;
		if (!fine)
			printf("# seed %llu: %s\n", (unsigned long long)seed, s->why);
		sim_free(s);
	}
	qsort(took, runs, sizeof(*took), compare);
	printf("%-40s p50 %4llu ms  p99 %4llu ms  max %4llu ms  %.1f jobs ended\n", names[death], (unsigned long long)(took[runs / 2] / MS),
	       (unsigned long long)(took[runs * 99 / 100] / MS), (unsigned long long)(took[runs - 1] / MS),
	       (double)died / (double)runs);
	fflush(stdout);
	free(took);
	return fine;
}

static int failovers(uint64_t runs, const struct options *o)
{
	bool fine = runs > 0;
	enum death death;

	for (death = 0; death < DEATH_END && fine; death++)
		fine = time_death(death, runs, o);
	return !fine;
}

static int usage(void)
{
	fprintf(stderr, "usage: sim [--nodes N] [--levels N] [--clocks] [--quiet] seed N | seeds A B | corpus FILE | failover RUNS | broken FILE\n");
	return 2;
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (!*text || *end)
		exit(usage());
	return n;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	int i = 1;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--nodes") && i + 1 < argc)
			o.nodes = (uint32_t)number(argv[++i]);
		else if (!strcmp(argv[i], "--levels") && i + 1 < argc)
			o.levels = (uint32_t)number(argv[++i]);
		else if (!strcmp(argv[i], "--loss") && i + 1 < argc)
			o.loss = (uint32_t)number(argv[++i]);
		else if (!strcmp(argv[i], "--clocks"))
			o.clocks = true;
		else if (!strcmp(argv[i], "--quiet"))
			o.quiet = true;
		else
			return usage();
	}
	if (o.nodes > SIM_MEMBERS_MAX || o.levels > 3)
		return usage();
	if (argc - i == 2 && !strcmp(argv[i], "seed"))
		return one(number(argv[i + 1]), &o);
	if (argc - i == 3 && !strcmp(argv[i], "seeds"))
		return many(number(argv[i + 1]), number(argv[i + 2]), &o);
	if (argc - i == 2 && !strcmp(argv[i], "corpus"))
		return corpus(argv[i + 1], &o);
	if (argc - i == 2 && !strcmp(argv[i], "failover"))
		return failovers(number(argv[i + 1]), &o);
	if (argc - i == 2 && !strcmp(argv[i], "broken"))
		return broken(argv[i + 1], &o);
	return usage();
}
