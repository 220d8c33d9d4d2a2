// SPDX-License-Identifier: GPL-2.0
/* Many births and deaths at once: every descendant is noted once, and nothing is left behind. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "selftests/kernel/early.h"
#include "selftests/kernel/mob.h"

enum {
	STORM = 1000,
	BIRTHS = 2000,
	WIDTH = 8,
	ROUNDS = 12,
	RACERS = 24,
	UNLOADS = 5,
	WIDE_RCVBUF = 64 << 20,
	STORM_TIMEOUT_S = 300,
};

static uint64_t replay_from(struct client *c)
{
	struct stats s;

	return client_stats(c, &s) ? 0 : s.seq;
}

struct told {
	uint64_t dying;
	uint64_t dead;
	uint64_t empty;
};

static struct told *told_of(const struct mob *mob, struct told *told, pid_t pid)
{
	int i;

	for (i = 0; i < mob->count; i++)
		if (mob->pid[i] == pid)
			return &told[i];
	return NULL;
}

static uint64_t *slot(struct told *t, uint32_t type)
{
	switch (type) {
	case VIGIL_EVENT_TYPE_DYING:
		return &t->dying;
	case VIGIL_EVENT_TYPE_DEAD:
		return &t->dead;
	case VIGIL_EVENT_TYPE_GROUP_EMPTY:
		return &t->empty;
	}
	return NULL;
}

/* Each of three events comes once for each process, in order. */
TEST_F_TIMEOUT(vigil, a_storm_of_the_dying, STORM_TIMEOUT_S)
{
	struct request req = { .pidfd = -1, .owner = OWNER, .flags = DYING | TREE };
	struct listener *l = calloc(1, sizeof(*l));
	int i, count = crowd(STORM);
	struct told *told, *t;
	struct watch event;
	struct mob mob;

	told = calloc(count, sizeof(*told));
	ASSERT_EQ(0, mob_gather(&mob, count));
	ASSERT_EQ(0, listener_open(l, WIDE_RCVBUF));
	for (i = 0; i < count; i++) {
		req.pid = mob.pid[i];
		req.start_ticks = mob.start_ticks[i];
		ASSERT_EQ(0, client_watch(&self->c, &req, NULL));
	}
	mob_release(&mob);
	for (i = 0; i < 3 * count; i++) {
		ASSERT_EQ(1, listener_next(l, &event, DEADLINE_MS * patience()));
		ASSERT_EQ(++self->seq, event.seq);
		t = told_of(&mob, told, event.pid);
		ASSERT_NE(NULL, t);
		ASSERT_NE(NULL, slot(t, event.type));
		EXPECT_EQ(0, *slot(t, event.type));
		*slot(t, event.type) = event.seq;
		if (event.type == VIGIL_EVENT_TYPE_DEAD) {
			EXPECT_EQ(t->dying, event.exit.dying_seq);
		}
	}
	for (i = 0; i < count; i++) {
		EXPECT_LT(0, told[i].dying);
		EXPECT_LT(told[i].dying, told[i].dead);
		EXPECT_LT(told[i].dead, told[i].empty);
	}
	listener_close(&self->l);
	self->l = *l;
	free(l);
	free(told);
	mob_end(&mob);
}

/* A chain of forks: each of the line bears the next and ends, or waits for it to end. */
static void fork_on(int left)
{
	while (left-- > 0)
		if (fork())
			_exit(0);
	_exit(0);
}

static int life_bomb(const struct ends *ends, void *arg)
{
	int i, each = *(int *)arg / WIDTH;

	signal(SIGCHLD, SIG_IGN);
	life_await_go(ends);
	for (i = 0; i < WIDTH; i++)
		if (!fork())
			fork_on(each - 1);
	life_tell(ends, 0);
	return life_pause(ends, NULL);
}

/* Nobody's death is told before its birth could be noted: as many deaths as births. */
TEST_F_TIMEOUT(vigil, a_bomb_of_forks_is_told_to_the_last, STORM_TIMEOUT_S)
{
	struct listener *l = calloc(1, sizeof(*l));
	int i, births = crowd(BIRTHS) / WIDTH * WIDTH;
	struct watch w, event;
	struct victim v;

	ASSERT_EQ(0, listener_open(l, WIDE_RCVBUF));
	listener_close(&self->l);
	self->l = *l;
	free(l);
	start_flags(_metadata, self, &v, life_bomb, &births, TREE, &w);
	victim_go(&v);
	ASSERT_EQ(0, victim_told(&v));
	for (i = 0; i < births; i++) {
		next_of(_metadata, self, VIGIL_EVENT_TYPE_MEMBER_DEAD, &w, &event);
		ASSERT_EQ(VIGIL_CAUSE_EXITED, event.member.exit.cause);
	}
	EXPECT_EQ(0, event.members);
	EXPECT_EQ(0, event.members_missed);
	ASSERT_EQ(0, kill(v.pid, SIGKILL));
	next_dead(_metadata, self, &w, NULL, &event);
	next_of(_metadata, self, VIGIL_EVENT_TYPE_GROUP_EMPTY, &w, &event);
	victim_end(&v);
}

/* Bears a line of descendants, each the child of the one before; all of them stay. */
static void line(const struct ends *ends, int left)
{
	pid_t parent = getpid();

	while (left-- > 0) {
		if (fork())
			break;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		parent = getpid();
	}
	if (left < 0)
		life_tell(ends, 0);
	for (;;)
		pause();
}

static int life_line(const struct ends *ends, void *unused)
{
	(void)unused;
	life_await_go(ends);
	line(ends, RACERS);
	return 0;
}

/* Wherever the watch comes in between, all are in it once the last is born. */
TEST_F_TIMEOUT(vigil, births_beside_the_watch_are_all_noted, STORM_TIMEOUT_S)
{
	int i, k, rounds = crowd(ROUNDS), some = 0;
	volatile int spin;
	struct watch w, now, event;
	struct victim v;

	for (i = 0; i < rounds; i++) {
		start(_metadata, &v, life_line, NULL);
		victim_go(&v);
		for (spin = 0; spin < i * 50000; spin++)
			continue;
		watch_flags(_metadata, self, v.pidfd, TREE, 0, &w);
		ASSERT_EQ(0, victim_told(&v));
		ASSERT_EQ(0, client_get(&self->c, w.id, &now));
		ASSERT_EQ(RACERS, now.members);
		some += w.members > 0 && w.members < RACERS;
		ASSERT_EQ(0, kill(v.pid, SIGKILL));
		next_dead(_metadata, self, &w, NULL, &event);
		for (k = 0; k < RACERS; k++)
			next_of(_metadata, self, VIGIL_EVENT_TYPE_MEMBER_DEAD, &w, &event);
		next_of(_metadata, self, VIGIL_EVENT_TYPE_GROUP_EMPTY, &w, &event);
		ASSERT_EQ(0, client_release(&self->c, w.id));
		victim_end(&v);
	}
	TH_LOG("the watch came in between in %d rounds of %d", some, rounds);
}

/* Forks without end; what it bears ends at once. */
static int life_forker(const struct ends *ends, void *unused)
{
	pid_t parent = getpid();

	(void)unused;
	signal(SIGCHLD, SIG_IGN);
	life_await_go(ends);
	for (;;) {
		if (!fork()) {
			if (fork() && getppid() == parent)
				_exit(0);
			_exit(0);
		}
	}
}

FIXTURE(reload) {
	struct client c;
};

FIXTURE_SETUP(reload)
{
	ASSERT_EQ(0, client_open(&self->c));
}

FIXTURE_TEARDOWN(reload)
{
	client_close(&self->c);
	EXPECT_EQ(0, taint() & TAINT_DIE_OR_WARN);
	EXPECT_EQ(0, module_reload(""));
}

TEST_F_TIMEOUT(reload, the_module_goes_while_all_is_in_use, STORM_TIMEOUT_S)
{
	struct request req = { .owner = OWNER, .flags = DYING | TREE };
	struct victim v;
	int i;

	for (i = 0; i < UNLOADS; i++) {
		ASSERT_EQ(0, victim_start(&v, life_forker, NULL));
		req.pidfd = v.pidfd;
		ASSERT_EQ(0, client_watch(&self->c, &req, NULL));
		victim_go(&v);
		while (replay_from(&self->c) < 20)
			continue;
		client_close(&self->c);
		ASSERT_EQ(0, module_unload());
		ASSERT_EQ(0, module_load(""));
		ASSERT_EQ(0, client_open(&self->c));
		victim_end(&v);
	}
}

TEST_HARNESS_MAIN
