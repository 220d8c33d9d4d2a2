// SPDX-License-Identifier: GPL-2.0
/* Side by side in one run: vigil and the other ways to learn of deaths, in interleaved rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "selftests/bench/bench.h"
#include "selftests/bench/method.h"
#include "selftests/kernel/module.h"

static const struct sizes defaults = {
	.rounds = 5,
	.samples = 100,
	.deaths = 10000,
	.forks = 400,
	.watches = 100000,
};

static void usage(FILE *to)
{
	fprintf(to, "usage: bench [-r ROUNDS] [-s SAMPLES] [-d DEATHS] [-f FORKS] [-w WATCHES] [-m MIB]\n");
}

static int parse(int argc, char **argv, struct sizes *sizes)
{
	int opt;

	while ((opt = getopt(argc, argv, "r:s:d:f:w:m:")) != -1) {
		int *at = opt == 'r' ? &sizes->rounds : opt == 's' ? &sizes->samples :
			  opt == 'd' ? &sizes->deaths : opt == 'f' ? &sizes->forks :
			  opt == 'w' ? &sizes->watches :
			  opt == 'm' ? &sizes->mebibytes : NULL;

		if (!at)
			return -1;
		*at = atoi(optarg);
		if (*at <= 0)
			return -1;
	}
	return optind == argc ? 0 : -1;
}

static void raise_limit(const char *sysctl, int value)
{
	FILE *f = fopen(sysctl, "we");

	check(f && fprintf(f, "%d\n", value) > 0 && !fclose(f), sysctl);
}

struct results {
	uint64_t *latency_ns[METHODS];
	struct storm_result *storm[PRIORITIES][METHODS];
	struct fork_result *forks;
};

static void results_alloc(const struct sizes *sizes, struct results *r)
{
	int i, p;

	for (i = 0; i < METHODS; i++) {
		r->latency_ns[i] = shared(sizeof(uint64_t) * sizes->rounds * sizes->samples);
		for (p = 0; p < PRIORITIES; p++) {
			r->storm[p][i] = calloc(sizes->rounds, sizeof(*r->storm[p][i]));
			check(!!r->storm[p][i], "calloc");
		}
	}
	r->forks = calloc(sizes->rounds, sizeof(*r->forks));
	check(!!r->forks, "calloc");
}

/* Each round begins with another method, so that none is always first or last. */
static void one_round(const struct sizes *sizes, struct results *r, int round)
{
	int i, m, p;

	for (i = 0; i < METHODS; i++) {
		m = (i + round) % METHODS;
		latency_run(methods[m], PRIORITY_NORMAL, 0, sizes->samples,
			    r->latency_ns[m] + round * sizes->samples);
	}
	for (i = 0; i < PRIORITIES * METHODS; i++) {
		m = (i + round) % METHODS;
		p = i / METHODS;
		storm_run(methods[m], p, sizes->deaths, &r->storm[p][m][round]);
	}
	forks_run(sizes, &r->forks[round]);
	fprintf(stderr, "bench: round %d of %d\n", round + 1, sizes->rounds);
}

int main(int argc, char **argv)
{
	struct sizes sizes = defaults;
	struct results r;
	struct utsname uts;
	int i;

	if (parse(argc, argv, &sizes)) {
		usage(stderr);
		return 2;
	}
	raise_limit("/proc/sys/kernel/threads-max", 100000);
	raise_limit("/proc/sys/kernel/pid_max", 131072);
	check(!module_reload(""), "insmod");
	if (sizes.mebibytes) {
		memory_run(&sizes);
		return 0;
	}
	results_alloc(&sizes, &r);
	for (i = 0; i < sizes.rounds; i++)
		one_round(&sizes, &r, i);
	uname(&uts);
	printf("Linux %s, %ld processors, %d rounds. Ratios are to pidfd + epoll + waitid.\n",
	       uts.release, sysconf(_SC_NPROCESSORS_ONLN), sizes.rounds);
	latency_report(&sizes, r.latency_ns);
	for (i = 0; i < PRIORITIES; i++)
		storm_report(&sizes, i, r.storm[i]);
	forks_report(&sizes, r.forks);
	return 0;
}
