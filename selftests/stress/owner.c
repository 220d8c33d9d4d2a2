// SPDX-License-Identifier: GPL-2.0
/* A process that watches others of its own making, and lets them die in every order there is. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/fuzz/hand.h"
#include "selftests/kernel/client.h"
#include "selftests/stress/board.h"

enum { RELEASE_EVERY = 100 };

struct owner {
	struct board *b;
	struct hand hand;
	char name[VIGIL_OWNER_LEN_MAX + 1];
	char other[VIGIL_OWNER_LEN_MAX + 1];
	struct client c;
	struct client short_lived;
};

static void complain(struct owner *o, const char *what, int ret)
{
	tally_complain(&o->b->tally, "%s: %s: %d %s", o->name, what, ret, o->c.refusal.sentence);
}

static bool watch(struct owner *o, struct client *c, const char *name, uint32_t flags,
		  enum fate fate, struct watch *w)
{
	struct request req = { .pidfd = o->hand.victim[0].pidfd, .owner = name, .flags = flags };
	int ret = client_watch(c, &req, w);

	if (ret)
		complain(o, "watch", ret);
	else
		board_expect(o->b, w->id, fate);
	return !ret;
}

static void release(struct owner *o, const struct watch *w)
{
	int ret = client_release(&o->c, w->id);

	if (ret)
		complain(o, "release", ret);
}

static void slay(struct owner *o)
{
	kill(o->hand.victim[0].pid, SIGKILL);
	atomic_fetch_add(&o->b->deaths, 1);
}

static void reap(struct owner *o)
{
	waitpid(o->hand.victim[0].pid, NULL, 0);
	o->hand.victim[0].pid = 0;
}

/* All of them are dead: the last victim has been reaped. */
static void release_all(struct owner *o)
{
	if (client_release_owner(&o->c, o->name) < 0 || client_release_owner(&o->c, o->other) < 0)
		complain(o, "release of all", -1);
}

typedef void (*course_fn)(struct owner *o);

static void watched_then_killed(struct owner *o)
{
	struct watch w;

	watch(o, &o->c, o->name, 0, FATE_DEATH, &w);
	slay(o);
}

static void released_after_the_death(struct owner *o)
{
	struct watch w;
	bool made = watch(o, &o->c, o->name, 0, FATE_DEATH, &w);

	slay(o);
	reap(o);
	if (made)
		release(o, &w);
}

static void released_alive(struct owner *o)
{
	struct watch w;

	if (watch(o, &o->c, o->name, 0, FATE_SILENCE, &w))
		release(o, &w);
	slay(o);
}

static void released_while_dying(struct owner *o)
{
	struct watch w;
	bool made = watch(o, &o->c, o->name, 0, FATE_EITHER, &w);

	slay(o);
	if (made)
		release(o, &w);
}

static void two_owners(struct owner *o)
{
	struct watch w;

	watch(o, &o->c, o->name, 0, FATE_DEATH, &w);
	if (watch(o, &o->c, o->other, 0, FATE_SILENCE, &w))
		release(o, &w);
	watch(o, &o->c, o->other, 0, FATE_DEATH, &w);
	slay(o);
}

static void gone_with_its_socket(struct owner *o)
{
	struct watch w;

	if (client_open(&o->short_lived))
		return;
	watch(o, &o->short_lived, o->name, VIGIL_WATCH_FLAGS_TRANSIENT, FATE_SILENCE, &w);
	client_close(&o->short_lived);
	slay(o);
}

static void watched_while_dying(struct owner *o)
{
	struct watch w;

	slay(o);
	watch(o, &o->c, o->name, 0, FATE_DEATH, &w);
}

static void watched_after_the_reaping(struct owner *o)
{
	struct watch w;

	slay(o);
	reap(o);
	watch(o, &o->c, o->name, 0, FATE_DEATH, &w);
}

static const course_fn courses[] = {
	watched_then_killed, watched_then_killed, released_after_the_death, released_alive,
	released_while_dying, two_owners, gone_with_its_socket, watched_while_dying,
	watched_after_the_reaping,
};

static course_fn some_course(struct owner *o)
{
	return courses[rng_below(&o->hand.rng, sizeof(courses) / sizeof(*courses))];
}

static int live(struct owner *o, uint64_t seed, unsigned int number)
{
	int ret = client_open(&o->c);

	if (ret || hand_open(&o->hand, rng_split(seed, number)))
		return 1;
	snprintf(o->name, sizeof(o->name), "owner %u", number);
	snprintf(o->other, sizeof(o->other), "other of owner %u", number);
	while (!atomic_load(&o->b->stop)) {
		if (o->hand.victim[0].pidfd >= 0)
			some_course(o)(o);
		hand_renew(&o->hand, 0);
		if (rng_once_in(&o->hand.rng, RELEASE_EVERY))
			release_all(o);
	}
	hand_close(&o->hand);
	client_close(&o->c);
	return 0;
}

int owner_live(struct board *b, uint64_t seed, unsigned int number)
{
	struct owner *o = calloc(1, sizeof(*o));

	if (!o)
		return 1;
	o->b = b;
	return live(o, seed, number);
}
