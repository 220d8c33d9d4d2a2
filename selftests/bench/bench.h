/* SPDX-License-Identifier: GPL-2.0 */
/* The benchmark's parts: what is measured, how it is summed up, and who dies for it. */
#ifndef SELFTESTS_BENCH_BENCH_H
#define SELFTESTS_BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BENCH_OWNER "bench"

struct sizes {
	int rounds;
	int samples;		/* kills of one method in one round */
	int deaths;		/* at once */
	int forks;		/* of one slice */
	int watches;		/* held meanwhile */
	int mebibytes;		/* of the largest victim; 0 to measure all else */
};

struct method;

/* How the collector is scheduled beside those that die. */
enum priority {
	PRIORITY_NORMAL,
	PRIORITY_REAL_TIME,
	PRIORITIES,
};

/* The caller alone: whoever it makes from now on is as before. */
void take_priority(enum priority priority);

/* Latency: ns from before kill() until the death is known, one entry for each sample. */
void latency_run(const struct method *m, enum priority priority, int mebibytes, int samples, uint64_t *ns);
void latency_report(const struct sizes *sizes, uint64_t *const ns[]);

/* The same, of victims that hold more and more memory, up to so much; at real-time priority. */
void memory_run(const struct sizes *sizes);

/* A storm, seen by one method. */
struct storm_result {
	uint64_t total_ns;	/* from opening the gate until the last is known */
	uint64_t lag_ns;	/* from the last death until the last is known */
	uint64_t cpu_ns;	/* of the collector */
	int known;		/* identified, once each, with the right status */
};

void storm_run(const struct method *m, enum priority priority, int deaths, struct storm_result *r);
void storm_report(const struct sizes *sizes, enum priority priority,
		  struct storm_result *const r[]);

/* fork + exit + wait, under each burden in turn. */
enum burden {
	BURDEN_NONE,
	BURDEN_MODULE,
	BURDEN_WATCHES,
	BURDEN_CN_PROC,
	BURDENS,
};

struct fork_result {
	double relative[BURDENS];	/* rate against no module, beside it in time */
	double per_second;		/* without the module */
};

void forks_run(const struct sizes *sizes, struct fork_result *r);
void forks_report(const struct sizes *sizes, const struct fork_result *r);

/* Processes that wait for a byte at a gate and then exit; they share their maker's memory. */
struct crowd {
	int count;
	pid_t *pid;		/* shared between processes */
	char *stacks;
	int gate;
};

int crowd_gather(struct crowd *crowd, int gate);
int crowd_status(int number);	/* wait status of that one */

/* Shared memory for what a measuring process finds. */
void *shared(size_t bytes);
void unshare_memory(void *mem, size_t bytes);
uint64_t boottime_ns(void);
/* Runs fn in a process of its own, so that no method inherits another's leftovers. */
void in_a_process(void (*fn)(void *arg), void *arg);
void check(int ok, const char *what);

/* Sorts; permille 500 is the median. */
uint64_t quantile(uint64_t *v, int n, int permille);
double median(double *v, int n);

#endif /* SELFTESTS_BENCH_BENCH_H */
