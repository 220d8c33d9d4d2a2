// SPDX-License-Identifier: GPL-2.0
/* The fuzzer of the netlink family: rounds of many workers, and a look at what is left after each. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftests/fuzz/armed.h"
#include "selftests/fuzz/hand.h"
#include "selftests/fuzz/hooks.h"
#include "selftests/fuzz/tally.h"
#include "selftests/fuzz/worker.h"
#include "selftests/kernel/dog.h"
#include "selftests/kernel/module.h"
#include "selftests/kernel/pace.h"
#include "selftests/lib/patience.h"

enum {
	WORKERS_MAX = 64,
	ROUND_S = 600,
	TAINT_DIE_OR_WARN = (1 << 7) | (1 << 9),
	ROUNDS_KEPT = 1 << 20,
	HOSTS_MORE = 1,		/* beside one of each kind: only there all is allowed */
	ROUNDS_TIMES = 4,
	ACCEPTED_MIN = 3,	/* requests of each operation */
};

struct options {
	uint64_t seed;
	unsigned int rounds;
	unsigned int seconds;
	unsigned int calls;
	unsigned int workers;
};

struct outcome {
	unsigned int rounds;
	unsigned int hung;
	unsigned int died;
	unsigned int pinned;
	int load_error;
};

/* Small bounds are met, and large ones are not in the way. */
static const char *const params[] = {
	"", "ring_size=64 watches_max=40", "ring_size=64", "watches_max=5",
};

static void usage(const char *name)
{
	printf("usage: %s [--seed N] [--rounds N | --seconds N] [--calls N] [--workers N]\n"
	       "\n"
	       "Fuzz the netlink family of a loaded vigil.ko, as root, in a virtual machine that may be lost.\n"
	       "A round is --workers processes of two threads, each with --calls calls; the module is\n"
	       "unloaded and loaded after each. The same --seed makes the same requests, but for process IDs.\n",
	       name);
}

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' }, { "rounds", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 't' }, { "calls", required_argument, NULL, 'c' },
		{ "workers", required_argument, NULL, 'w' }, { NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		unsigned int n = c == '?' ? 0 : strtoul(optarg, NULL, 0);

		switch (c) {
		case 's': o->seed = strtoull(optarg, NULL, 0); break;
		case 'r': o->rounds = n; break;
		case 't': o->seconds = n; o->rounds = ROUNDS_KEPT; break;
		case 'c': o->calls = n; break;
		case 'w': o->workers = n; break;
		default: return false;
		}
	}
	return optind == argc && o->rounds && o->calls && o->workers && o->workers <= WORKERS_MAX;
}

/* What the module does for a living: the worker may have asked for it. */
static bool may_be_killed(void)
{
	unsigned int i;

	for (i = 0; i < spec_ops_count; i++)
		if (strstr(spec_ops[i].name, "beat") || strstr(spec_ops[i].name, "keeper") ||
		    strstr(spec_ops[i].name, "lease"))
			return true;
	return false;
}

static void judge_end(struct outcome *out, struct tally *t, int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && may_be_killed())
		return;
	out->died++;
	tally_complain(t, "a worker ended with status %#x", status);
}

static int left_of(const pid_t *pid, unsigned int n)
{
	unsigned int i;
	int left = 0;

	for (i = 0; i < n; i++)
		left += pid[i] > 0;
	return left;
}

/* SIGCHLD is blocked, so that it can be waited for, with a deadline for each worker's end. */
static void await(pid_t *pid, unsigned int n, struct outcome *out, struct tally *t)
{
	struct timespec limit = { .tv_sec = ROUND_S * patience() };
	sigset_t chld;
	unsigned int i;
	int status;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	while (left_of(pid, n)) {
		for (i = 0; i < n; i++) {
			if (pid[i] <= 0 || waitpid(pid[i], &status, WNOHANG) != pid[i])
				continue;
			judge_end(out, t, status);
			pid[i] = 0;
		}
		if (left_of(pid, n) && sigtimedwait(&chld, NULL, &limit) < 0 && errno == EAGAIN)
			break;
	}
	for (i = 0; i < n; i++) {
		if (pid[i] <= 0)
			continue;
		out->hung++;
		tally_complain(t, "a worker did not end");
		kill(pid[i], SIGKILL);
		waitpid(pid[i], &status, 0);
	}
}

/* The kernel drops the last references of closed sockets a little later. */
static void reload(struct outcome *out, struct rng *rng)
{
	int ret;

	AWAIT(!(ret = module_unload()));
	out->pinned += ret != 0;
	out->load_error = ret ? ret : module_load(params[rng_below(rng, sizeof(params) / sizeof(*params))]);
}

static void round_of(const struct options *o, struct tally *t, struct outcome *out)
{
	struct rng rng = rng_split(o->seed, UINT64_MAX - out->rounds);
	pid_t pid[WORKERS_MAX], hooks = hooks_hold(), dog = armed_start();
	unsigned int i;

	for (i = 0; i < o->workers; i++) {
		struct worker w = { .kind = i < WORKER_KINDS ? i : WORKER_HOST, .seed = o->seed, .calls = o->calls,
				    .number = out->rounds * WORKERS_MAX + i, .tally = t };

		pid[i] = worker_start(&w);
	}
	await(pid, o->workers, out, t);
	armed_stop(dog, t);
	hooks_let_go(hooks);
	ward_check(t);
	reload(out, &rng);
	out->rounds++;
}

static bool tainted(void)
{
	FILE *f = fopen("/proc/sys/kernel/tainted", "re");
	unsigned long bits = TAINT_DIE_OR_WARN;

	if (f) {
		if (fscanf(f, "%lu", &bits) != 1)
			bits = TAINT_DIE_OR_WARN;
		fclose(f);
	}
	return bits & TAINT_DIE_OR_WARN;
}

/* A fuzzer whose requests are all refused has tried little. */
static bool all_tried(const struct tally *t)
{
	unsigned int i, accepted = 0;
	bool all = true;

	for (i = 0; i < spec_ops_count; i++) {
		if (spec_ops[i].notify || spec_ops[i].denied)
			continue;
		all &= t->op[spec_ops[i].cmd].accepted >= ACCEPTED_MIN;
		accepted += t->op[spec_ops[i].cmd].accepted;
	}
	return all && accepted > t->sent / 20 && t->events;
}

/* Chance may refuse what is seldom asked for: then there are more rounds, but not for ever. */
static bool more_rounds(const struct options *o, const struct tally *t, const struct outcome *out, time_t seconds)
{
	if (out->hung || out->load_error)
		return false;
	if (o->seconds)
		return seconds < o->seconds;
	return out->rounds < o->rounds || (out->rounds < ROUNDS_TIMES * o->rounds && !all_tried(t));
}

static int number, failed;

static void tell(bool ok, const char *what)
{
	printf("%s %d %s\n", ok ? "ok" : "not ok", ++number, what);
	failed |= !ok;
}

static void report(const struct options *o, const struct tally *t, const struct outcome *out)
{
	printf("KTAP version 1\n1..8\n");
	printf("# seed %llu, %u rounds of %u workers with %u calls in each of their threads\n",
	       (unsigned long long)o->seed, out->rounds, o->workers, o->calls);
	tally_print(t);
	tell(!out->hung && !out->died, "no_worker_hangs_or_is_killed");
	tell(!t->undocumented, "every_refusal_has_a_documented_errno");
	tell(!t->sentenceless, "every_refusal_has_a_sentence");
	tell(!t->malformed, "every_answer_is_as_the_spec_has_it");
	tell(!t->unreleased, "counters_agree_with_dumps_and_all_can_be_released");
	tell(!out->pinned && !out->load_error, "the_module_unloads_after_each_round");
	tell(all_tried(t), "every_operation_is_accepted_now_and_then");
	tell(!tainted(), "the_kernel_has_not_warned");
}

int main(int argc, char **argv)
{
	struct options o = { .rounds = 2, .calls = 1000 / patience(), .workers = WORKER_KINDS + HOSTS_MORE };
	struct tally *t = tally_new();
	struct outcome out = { 0 };
	sigset_t chld;
	time_t begin = time(NULL);

	o.seed = begin;
	if (!t || hand_share() || !parse(argc, argv, &o) || !dog_load()) {
		usage(argv[0]);
		return 2;
	}
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	fprintf(stderr, "# seed %llu\n", (unsigned long long)o.seed);
	while (more_rounds(&o, t, &out, time(NULL) - begin))
		round_of(&o, t, &out);
	report(&o, t, &out);
	return failed;
}
