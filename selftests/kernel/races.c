// SPDX-License-Identifier: GPL-2.0
/* Deaths beside the making of the watch, and process IDs that come back. */
#include <fcntl.h>
#include <sys/wait.h>

#include "selftests/kernel/fixture.h"

enum {
	RACES = 300,
	SMALL_PID_MAX = 400,
	REUSE_FORKS = 20000,
};

static void start_zombie(struct __test_metadata *_metadata, struct victim *v, int *code)
{
	start(_metadata, v, life_exit, code);
	victim_go(v);
	ASSERT_EQ(0, victim_await_zombie(v));
}

TEST_F(vigil, a_zombie_can_be_watched)
{
	struct watch w, event;
	struct victim v;
	int code = 21;

	start_zombie(_metadata, &v, &code);
	watch_pidfd(_metadata, self, v.pidfd, &w);
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, w.state);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, w.exit.cause);
	EXPECT_EQ(21, w.exit.code);
	EXPECT_EQ(v.start_ticks, w.start_ticks);
	expect_death(_metadata, self, &v, &w, &event);
	EXPECT_EQ(21, event.exit.code);
	EXPECT_EQ(w.exit.boottime_ns, event.exit.boottime_ns);
}

TEST_F(vigil, a_zombie_can_be_watched_by_pid)
{
	struct request req = { .pidfd = -1, .owner = OWNER };
	struct watch w, event;
	struct victim v;
	int code = 22;

	start_zombie(_metadata, &v, &code);
	req.pid = v.pid;
	req.start_ticks = v.start_ticks;
	ASSERT_EQ(0, client_watch(&self->c, &req, &w));
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, w.state);
	expect_death(_metadata, self, &v, &w, &event);
	EXPECT_EQ(22, event.exit.code);
}

TEST_F(vigil, a_reaped_process_died_of_unknown_cause)
{
	struct watch w, event;
	struct victim v;
	int code = 23;
	pid_t pid;

	start(_metadata, &v, life_exit, &code);
	pid = v.pid;
	victim_go(&v);
	ASSERT_LE(0, victim_reap(&v, NULL));
	watch_pidfd(_metadata, self, v.pidfd, &w);
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, w.state);
	EXPECT_EQ(VIGIL_CAUSE_UNKNOWN, w.exit.cause);
	EXPECT_EQ(pid, w.pid);
	next_death(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_UNKNOWN, event.exit.cause);
	expect_kept(_metadata, self, &event);
	victim_end(&v);
}

TEST_F(vigil, a_reaped_process_is_not_found_by_pid)
{
	struct request req = { .pidfd = -1, .owner = OWNER };
	struct victim v;
	int code = 24;

	start(_metadata, &v, life_exit, &code);
	req.pid = v.pid;
	req.start_ticks = v.start_ticks;
	victim_go(&v);
	ASSERT_LE(0, victim_reap(&v, NULL));
	EXPECT_EQ(-ESRCH, client_watch(&self->c, &req, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	victim_end(&v);
}

/* The victim goes while the watch is made; a different head start each time. */
static void race_once(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
		      int head_start, struct watch *w, struct watch *event)
{
	volatile int spin;

	victim_go(v);
	for (spin = 0; spin < head_start * 200; spin++)
		continue;
	watch_pidfd(_metadata, self, v->pidfd, w);
	next_death(_metadata, self, w, event);
	if (w->state == VIGIL_WATCH_STATE_DEAD)
		EXPECT_EQ(w->exit.boottime_ns, event->exit.boottime_ns);
}

TEST_F(vigil, a_death_beside_the_watch_is_told_once)
{
	int alive = 0, dead = 0;
	struct watch w, event;
	struct victim v;
	int i, code;

	for (i = 0; i < RACES; i++) {
		code = i % 256;
		start(_metadata, &v, life_exit, &code);
		race_once(_metadata, self, &v, i, &w, &event);
		EXPECT_EQ(VIGIL_CAUSE_EXITED, event.exit.cause);
		EXPECT_EQ(code, event.exit.code);
		alive += w.state == VIGIL_WATCH_STATE_ALIVE;
		dead += w.state == VIGIL_WATCH_STATE_DEAD;
		victim_end(&v);
	}
	TH_LOG("watched alive: %d, dead: %d", alive, dead);
}

/* With nobody to hold the zombie the record may be lost before the watch, never after it. */
TEST_F(vigil, a_reaped_death_beside_the_watch_is_told_once)
{
	struct watch w, event;
	struct victim v;
	int i, code, unknown = 0;

	ASSERT_TRUE(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	for (i = 0; i < RACES; i++) {
		code = i % 256;
		start(_metadata, &v, life_exit, &code);
		race_once(_metadata, self, &v, i, &w, &event);
		if (event.exit.cause == VIGIL_CAUSE_UNKNOWN) {
			EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, w.state);
			unknown++;
		} else {
			EXPECT_EQ(VIGIL_CAUSE_EXITED, event.exit.cause);
			EXPECT_EQ(code, event.exit.code);
		}
		v.pid = 0;
		victim_end(&v);
	}
	TH_LOG("reaped before the watch: %d", unknown);
}

static void write_sysctl(struct __test_metadata *_metadata, const char *path, int value, int *old)
{
	FILE *f = fopen(path, "r+e");

	ASSERT_NE(NULL, f);
	if (old)
		ASSERT_EQ(1, fscanf(f, "%d", old));
	rewind(f);
	ASSERT_LT(0, fprintf(f, "%d\n", value));
	ASSERT_EQ(0, fclose(f));
}

/* Forks until the process ID is in use again, by a process that started on a later tick. */
static bool fork_until(struct victim *v, pid_t pid, uint64_t old_start, int *code)
{
	int i;

	for (i = 0; i < REUSE_FORKS; i++) {
		if (victim_start(v, life_exit, code))
			return false;
		if (v->pid == pid && v->start_ticks != old_start)
			return true;
		victim_end(v);
	}
	return false;
}

TEST_F(vigil, a_reused_pid_is_another_process)
{
	static const char sysctl[] = "/proc/sys/kernel/pid_max";
	struct request req = { .pidfd = -1, .owner = OWNER };
	struct watch old, event, w, kept;
	struct victim v, reused;
	int pid_max, code = 61;
	pid_t pid;

	write_sysctl(_metadata, sysctl, SMALL_PID_MAX, &pid_max);
	start(_metadata, &v, life_exit, &code);
	pid = v.pid;
	watch_alive(_metadata, self, &v, &old);
	let_die(_metadata, self, &v, &old, &event);

	code = 62;
	ASSERT_TRUE(fork_until(&reused, pid, old.start_ticks, &code));
	write_sysctl(_metadata, sysctl, pid_max, NULL);
	req.pid = pid;
	req.start_ticks = old.start_ticks;
	EXPECT_EQ(-ESRCH, client_watch(&self->c, &req, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	req.start_ticks = reused.start_ticks;
	ASSERT_EQ(0, client_watch(&self->c, &req, &w));
	EXPECT_EQ(VIGIL_WATCH_STATE_ALIVE, w.state);
	EXPECT_NE(old.id, w.id);
	let_die(_metadata, self, &reused, &w, &event);
	EXPECT_EQ(62, event.exit.code);
	ASSERT_EQ(0, client_get(&self->c, old.id, &kept));
	EXPECT_EQ(61, kept.exit.code);
	EXPECT_EQ(old.start_ticks, kept.start_ticks);
}

/* A pidfd of a process that is gone never means the one that has its ID now. */
TEST_F(vigil, an_old_pidfd_is_not_the_reused_pid)
{
	static const char sysctl[] = "/proc/sys/kernel/pid_max";
	struct victim v, reused;
	struct watch w, event;
	int pid_max, code = 63;
	pid_t pid;

	write_sysctl(_metadata, sysctl, SMALL_PID_MAX, &pid_max);
	start(_metadata, &v, life_exit, &code);
	pid = v.pid;
	victim_go(&v);
	ASSERT_LE(0, victim_reap(&v, NULL));
	code = 64;
	ASSERT_TRUE(fork_until(&reused, pid, v.start_ticks, &code));
	write_sysctl(_metadata, sysctl, pid_max, NULL);
	watch_pidfd(_metadata, self, v.pidfd, &w);
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, w.state);
	EXPECT_EQ(VIGIL_CAUSE_UNKNOWN, w.exit.cause);
	next_death(_metadata, self, &w, &event);
	victim_end(&reused);
	victim_end(&v);
}

TEST_HARNESS_MAIN
