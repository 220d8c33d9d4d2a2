// SPDX-License-Identifier: GPL-2.0
/* From kill() to knowing, of victims that hold more and more memory. */
/*
 * On one processor a collector at the default priority may have to wait for a tick or two, until the kernel
 * takes the processor from the dying process that hands its memory back; at real-time priority it gets it at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "selftests/bench/bench.h"
#include "selftests/bench/method.h"

static const int mebibytes[] = { 1, 100, 256, 1024, 4096 };

static const struct method *const ways[] = {
	&method_dying, &method_eventfd, &method_vigil, &method_waitid, &method_pidfd, &method_cn_proc,
};

enum {
	SIZES = sizeof(mebibytes) / sizeof(*mebibytes),
	WAYS = sizeof(ways) / sizeof(*ways),
};

static double medians[SIZES][WAYS];

/* Each round begins with another way. */
static void measure_size(const struct sizes *sizes, int size)
{
	int n = sizes->rounds * sizes->samples, round, i, way;
	uint64_t *ns[WAYS];

	for (way = 0; way < WAYS; way++)
		ns[way] = shared(sizeof(uint64_t) * n);
	for (round = 0; round < sizes->rounds; round++) {
		for (i = 0; i < WAYS; i++) {
			way = (i + round) % WAYS;
			latency_run(ways[way], PRIORITY_REAL_TIME, mebibytes[size], sizes->samples,
				    ns[way] + round * sizes->samples);
		}
		fprintf(stderr, "bench: %d MiB, round %d of %d\n", mebibytes[size], round + 1,
			sizes->rounds);
	}
	for (way = 0; way < WAYS; way++) {
		medians[size][way] = quantile(ns[way], n, 500) / 1e3;
		unshare_memory(ns[way], sizeof(uint64_t) * n);
	}
}

static void report(const struct sizes *sizes, int sizes_done)
{
	int size, way;

	printf("\n### From kill to knowing, medians of %d samples each, us\n\n| victim's memory |",
	       sizes->rounds * sizes->samples);
	for (way = 0; way < WAYS; way++)
		printf(" %s |", ways[way]->name);
	puts(" first of the others / DYING |\n|---|--:|--:|--:|--:|--:|--:|--:|");
	for (size = 0; size < sizes_done; size++) {
		double first = medians[size][3];

		printf("| %d MiB |", mebibytes[size]);
		for (way = 0; way < WAYS; way++) {
			printf(" %.1f |", medians[size][way]);
			if (way >= 3 && medians[size][way] < first)
				first = medians[size][way];
		}
		printf(" %.1f |\n", first / medians[size][0]);
	}
	printf("| largest / smallest |");
	for (way = 0; way < WAYS; way++)
		printf(" %.2f |", medians[sizes_done - 1][way] / medians[0][way]);
	puts(" |");
}

void memory_run(const struct sizes *sizes)
{
	struct utsname uts;
	int size = 0;

	for (; size < SIZES && mebibytes[size] <= sizes->mebibytes; size++)
		measure_size(sizes, size);
	uname(&uts);
	printf("Linux %s, %d rounds.\n", uts.release, sizes->rounds);
	report(sizes, size);
}
