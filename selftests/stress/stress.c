// SPDX-License-Identifier: GPL-2.0
/* Everything at once, for as long as is asked: all that is told is accounted for; then the module comes and goes. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "selftests/fuzz/hand.h"
#include "selftests/fuzz/hooks.h"
#include "selftests/fuzz/request.h"
#include "selftests/fuzz/worker.h"
#include "selftests/kernel/client.h"
#include "selftests/kernel/dog.h"
#include "selftests/kernel/module.h"
#include "selftests/kernel/pace.h"
#include "selftests/kernel/victim.h"
#include "selftests/stress/board.h"
#include "selftests/stress/child.h"
#include "selftests/stress/slab.h"

enum {
	NOISES = 4,
	CREW_MAX = 8,
	CALLS_CALM = 200,
	CALLS_RELOADING = 100,
	DEATHS_MIN = 150,	/* on a host that is slow it takes longer than was asked for */
	UNLOADS_MIN = 2,
	SLACK_BYTES = 512 * 1024,	/* what the rest of the kernel keeps after the first time */
	TAINT_DIE_OR_WARN = (1 << 7) | (1 << 9),
};

/* A follower may be late, but not by so many events; a ring is made for each namespace of the noise. */
#define RING "ring_size=8192"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct phase {
	struct board *b;
	uint64_t seed;
	struct tally *noises;		/* what the noise found; nobody answers it while there is no module */
	unsigned int begun;		/* processes that make noise, so far */
	pid_t noise[NOISES];
	unsigned int pinned;
};

/* Who does what while all that is told is accounted for. */
static const struct {
	live_fn live;
	const char *what;
} crew[] = {
	{ owner_live, "an owner" }, { owner_live, "an owner" },
	{ beater_live, "a beater" }, { beater_live, "a beater" },
	{ tenant_live, "a tenant" }, { tenant_live, "a tenant" },
	{ warden_live, "the warden" }, { armer_live, "the armer" },
};

static const enum deed calm_deeds[] = {
	DEED_BEAT, DEED_MISSED, DEED_RECOVERED, DEED_SIGNALLED, DEED_HUNG_KILLED,
	DEED_KEEPER_DIED, DEED_KEEPER_HUNG, DEED_KEEPER_RESIGNED, DEED_KEEPER_REPLACED, DEED_KEEPER_RELEASED,
	DEED_KEEPER_EXHAUSTED, DEED_LEASE_EXPIRED, DEED_LEASE_RENEWED, DEED_LEASE_RECALLED,
	DEED_LEASE_REGAINED, DEED_LEASE_UNBOUND, DEED_LEASE_CGROUP, DEED_ARMED, DEED_VITAL_DIED,
	DEED_UNLOAD_REFUSED,
};

static const enum deed wild_deeds[] = { DEED_ARMED, DEED_UNLOAD_REFUSED };

/* While the module stays, not in the network namespace where all is accounted for. */
static void make_noise(struct phase *p, bool reloading)
{
	static const enum worker_kind calm[] = { WORKER_NET, WORKER_USER, WORKER_PID };
	struct worker w = { .seed = p->seed, .tally = p->noises, .reloading = reloading };
	int i;

	for (i = 0; i < NOISES; i++) {
		if (!child_ended(&p->b->tally, &p->noise[i], "noise", reloading ? CHILD_ANY : CHILD_KILLED_OR_0))
			continue;
		w.number = ++p->begun;
		w.kind = reloading ? w.number % WORKER_KNOBS : calm[w.number % 3];
		w.calls = reloading ? CALLS_RELOADING : CALLS_CALM;
		p->noise[i] = worker_start(&w);
	}
}

static void await_noise(struct phase *p, enum child_end end)
{
	int i;

	for (i = 0; i < NOISES; i++)
		child_await(&p->b->tally, &p->noise[i], "noise", end);
}

static void start_followers(struct board *b, pid_t *follower)
{
	int i;

	for (i = 0; i < BOARD_FOLLOWERS; i++)
		follower[i] = board_start(b, follower_live, 0, i);
	if (!AWAIT(atomic_load(&b->ready) == BOARD_FOLLOWERS))
		tally_complain(&b->tally, "the followers do not listen");
}

static bool dead(struct client *c, struct watch *w)
{
	return client_get(c, w->id, w) || w->exit.seq;
}

/* Events are numbered in the order of the deaths: this one is the last of all. */
static uint64_t last_event(struct board *b)
{
	static struct client c;
	struct victim v;
	struct watch w;

	if (client_open(&c))
		return 0;
	if (victim_start(&v, life_pause, NULL) || client_watch_pidfd(&c, v.pidfd, "last", &w))
		return 0;
	board_expect(b, w.id, FATE_DEATH);
	victim_end(&v);
	AWAIT(dead(&c, &w));
	client_close(&c);
	return w.exit.seq;
}

static bool enough(const struct board *b)
{
	return atomic_load(&b->deaths) >= DEATHS_MIN && atomic_load(&b->overruns) &&
	       board_enough(b, calm_deeds, COUNT(calm_deeds));
}

static void follow_all(struct phase *p, double until)
{
	pid_t member[COUNT(crew)], follower[BOARD_FOLLOWERS];
	double limit = child_limit();
	pid_t hooks = hooks_hold();
	uint64_t last;
	size_t i;

	start_followers(p->b, follower);
	for (i = 0; i < COUNT(crew); i++)
		member[i] = board_start(p->b, crew[i].live, p->seed, i);
	while (child_now() < until || (child_now() < limit && !enough(p->b))) {
		make_noise(p, false);
		child_rest();
	}
	atomic_store(&p->b->stop, true);
	for (i = 0; i < COUNT(crew); i++)
		child_await(&p->b->tally, &member[i], crew[i].what, CHILD_0);
	await_noise(p, CHILD_KILLED_OR_0);
	last = last_event(p->b);
	if (!last)
		tally_complain(&p->b->tally, "there is no last event");
	atomic_store(&p->b->last, last ? last : 1);
	for (i = 0; i < BOARD_FOLLOWERS; i++)
		child_await(&p->b->tally, &follower[i], "a follower", CHILD_0);
	hooks_let_go(hooks);
}

/* Whether it was armed for certain all the time, @before having been read before the call. */
static bool armed_since(struct board *b, unsigned int before)
{
	return before % 2 && atomic_load(&b->armed) == before;
}

/* Every other time the armer may be quicker than the next unloading, on a node however slow. */
static void let_arm(struct board *b)
{
	if (atomic_fetch_add(&b->unloads, 1) % 2)
		AWAIT(atomic_load(&b->armed) % 2);
}

/* Half a dump that some socket has not let go of pins the module, as it must; so does an armed watchdog. */
static void reload_once(struct phase *p)
{
	unsigned int before = atomic_load(&p->b->armed);
	int ret = module_unload();
	bool armed = armed_since(p->b, before);

	if (!ret && armed)
		tally_complain(&p->b->tally, "the module was unloaded while a watchdog was armed");
	if (ret && armed)
		board_did(p->b, DEED_UNLOAD_REFUSED);
	if (!ret) {
		ret = module_load("ring_size=64");
		let_arm(p->b);
	} else if (ret == -EAGAIN || ret == -EBUSY) {
		p->pinned++;
		ret = 0;
	}
	atomic_fetch_add(&p->b->tries, 1);
	if (ret)
		tally_complain(&p->b->tally, "the module cannot be unloaded or loaded: %d", ret);
}

static bool reloaded_enough(const struct board *b)
{
	return atomic_load(&b->unloads) >= UNLOADS_MIN && board_enough(b, wild_deeds, COUNT(wild_deeds));
}

/* What is armed for certain is not disarmed by the noise. */
static void reload_often(struct phase *p, double until)
{
	pid_t armer = board_start(p->b, rearmer_live, p->seed, 0);
	double limit = child_limit();

	request_spare("watchdog-disarm");
	while (child_now() < until || (child_now() < limit && !reloaded_enough(p->b))) {
		make_noise(p, true);
		reload_once(p);
		child_rest();
	}
	atomic_store(&p->b->stop, true);
	child_await(&p->b->tally, &armer, "the armer", CHILD_0);
	await_noise(p, CHILD_ANY);
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

static int number, failed;

static void tell(bool ok, const char *what)
{
	printf("%s %d %s\n", ok ? "ok" : "not ok", ++number, what);
	failed |= !ok;
}

/* Each phase has a board of its own. */
static void calm_phase(struct phase *p, double seconds)
{
	double begun = child_now();
	unsigned int wrong;

	if (module_reload(RING))
		exit(1);
	follow_all(p, child_now() + seconds);
	wrong = board_judge(p->b);
	printf("# %.0f s: %u deaths, %u processes of noise, %u overruns, %u replays\n", child_now() - begun,
	       p->b->deaths, p->begun, p->b->overruns, p->b->replays);
	board_print_deeds(p->b, calm_deeds, COUNT(calm_deeds));
	tell(!wrong, "each_event_is_told_once_to_every_follower");
	tell(enough(p->b), "each_kind_of_worker_has_done_its_work");
	ward_check(p->noises);
	tell(!p->noises->unreleased, "counters_agree_with_dumps_and_all_can_be_released");
	tell(!p->b->tally.complaints && !p->noises->complaints, "nobody_found_anything_wrong");
	tally_print_words(&p->b->tally);
	tally_print(p->noises);
}

static void wild_phase(struct phase *p, double seconds)
{
	double begun = child_now();

	reload_often(p, begun + seconds);
	printf("# %.0f s: unloaded %u times, pinned %u times, %u processes of noise\n", child_now() - begun,
	       p->b->unloads, p->pinned, p->begun);
	board_print_deeds(p->b, wild_deeds, COUNT(wild_deeds));
	tell(reloaded_enough(p->b) && !module_reload(""), "the_module_comes_and_goes_while_it_is_used");
	tell(!p->b->tally.complaints, "it_stays_while_a_watchdog_is_armed");
	tally_print_words(&p->b->tally);
	tell(!p->noises->malformed, "what_is_answered_meanwhile_is_whole");
}

/* Of what was made for the first time after the first look some stays. Namespaces go a little later than their processes. */
static void check_memory(long before)
{
	long after = slab_bytes();

	AWAIT((after = slab_bytes()) <= before + SLACK_BYTES);
	printf("# %ld KiB of slabs before, %ld KiB after\n", before / 1024, after / 1024);
	tell(before >= 0 && after <= before + SLACK_BYTES, "the_memory_is_given_back");
}

static bool parse(int argc, char **argv, uint64_t *seed, double *seconds)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' }, { "seconds", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 's')
			*seed = strtoull(optarg, NULL, 0);
		else if (c == 't')
			*seconds = atof(optarg);
		else
			return false;
	}
	return optind == argc;
}

int main(int argc, char **argv)
{
	struct phase calm = { .seed = time(NULL), .b = board_new(), .noises = tally_new() };
	struct phase wild = { .b = board_new(), .noises = tally_new() };
	double seconds = 10;
	sigset_t chld;
	long before;

	if (!parse(argc, argv, &calm.seed, &seconds)) {
		fprintf(stderr, "usage: %s [--seed N] [--seconds N]\n", argv[0]);
		return 2;
	}
	wild.seed = calm.seed + 1;
	if (!calm.b || !wild.b || !calm.noises || !wild.noises || hand_share() || !dog_load())
		return 1;
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	printf("KTAP version 1\n1..9\n# seed %llu, %g s\n", (unsigned long long)calm.seed, seconds);
	fflush(stdout);
	if (module_loaded() && module_unload())
		return 1;
	before = slab_bytes();
	calm_phase(&calm, seconds * 0.6);
	fflush(stdout);
	wild_phase(&wild, seconds * 0.4);
	AWAIT(!module_unload());
	check_memory(before);
	module_load("");
	tell(!tainted(), "the_kernel_has_not_warned");
	return failed;
}
