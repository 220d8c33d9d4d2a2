// SPDX-License-Identifier: GPL-2.0
/* A thread group dies once, when its last thread has gone, whoever that is. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "selftests/kernel/fixture.h"

enum {
	CROWD = 50,
	BURNERS = 4,
	BURN_NS = 80000000,
};

/* How the last thread of a group ends, once the leader is gone. */
struct ending {
	int leader_code;
	int code;
	long call;		/* SYS_exit or SYS_exit_group */
};

struct thread_arg {
	const struct ends *ends;
	const struct ending *ending;
};

static void thread_start(void *(*fn)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, fn, arg))
		_exit(124);
}

static void *thread_end(void *arg)
{
	const struct thread_arg *t = arg;

	life_tell(t->ends, syscall(SYS_gettid));
	life_await_go(t->ends);
	syscall(t->ending->call, t->ending->code);
	return NULL;
}

static int life_leader_first(const struct ends *ends, void *arg)
{
	static struct thread_arg t;

	t = (struct thread_arg){ .ends = ends, .ending = arg };
	thread_start(thread_end, &t);
	syscall(SYS_exit, t.ending->leader_code);
	return 123;
}

static int life_member_first(const struct ends *ends, void *arg)
{
	static struct thread_arg t;

	t = (struct thread_arg){ .ends = ends, .ending = arg };
	thread_start(thread_end, &t);
	while (pause())
		continue;
	return 120;
}

/* The leader is a zombie, one thread lives: the watch says alive. */
static pid_t start_leaderless(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			      struct ending *ending, struct watch *w)
{
	pid_t tid;

	start(_metadata, v, life_leader_first, ending);
	watch_pidfd(_metadata, self, v->pidfd, w);
	tid = victim_told(v);
	ASSERT_LT(0, tid);
	ASSERT_TRUE(proc_await_thread_state(v->pid, v->pid, 'Z'));
	expect_alive(_metadata, self, w);
	return tid;
}

TEST_F(vigil, leader_first_then_exit_group)
{
	struct ending ending = { .leader_code = 0, .code = 7, .call = SYS_exit_group };
	struct watch w, event;
	struct victim v;

	start_leaderless(_metadata, self, &v, &ending, &w);
	let_die(_metadata, self, &v, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, event.exit.cause);
	EXPECT_EQ(7, event.exit.code);
}

/* Which of the two codes counts differs between kernels: wait4() knows. */
TEST_F(vigil, leader_first_then_plain_exit)
{
	struct ending ending = { .leader_code = 3, .code = 5, .call = SYS_exit };
	struct watch w, event;
	struct victim v;

	start_leaderless(_metadata, self, &v, &ending, &w);
	let_die(_metadata, self, &v, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, event.exit.cause);
}

TEST_F(vigil, leader_first_then_killed)
{
	struct ending ending = { .call = SYS_exit };
	struct watch w, event;
	struct victim v;

	start_leaderless(_metadata, self, &v, &ending, &w);
	kill_by(_metadata, self, &v, SIGKILL, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
}

TEST_F(vigil, watched_after_its_leader_has_gone)
{
	struct ending ending = { .code = 8, .call = SYS_exit_group };
	struct watch w, event;
	struct victim v;

	start(_metadata, &v, life_leader_first, &ending);
	ASSERT_LT(0, victim_told(&v));
	ASSERT_TRUE(proc_await_thread_state(v.pid, v.pid, 'Z'));
	watch_pidfd(_metadata, self, v.pidfd, &w);
	EXPECT_EQ(VIGIL_WATCH_STATE_ALIVE, w.state);
	expect_alive(_metadata, self, &w);
	let_die(_metadata, self, &v, &w, &event);
	EXPECT_EQ(8, event.exit.code);
}

static void *thread_idle(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

static int life_crowd(const struct ends *ends, void *arg)
{
	int i;

	for (i = 0; i < CROWD; i++)
		thread_start(thread_idle, NULL);
	return life_pause(ends, arg);
}

TEST_F(vigil, a_killed_crowd_dies_once)
{
	struct watch w, event;
	struct victim v;

	start_ready(_metadata, self, &v, life_crowd, NULL, &w);
	kill_by(_metadata, self, &v, SIGTERM, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
}

static void *thread_exit_group(void *arg)
{
	const struct ends *ends = arg;

	life_await_go(ends);
	syscall(SYS_exit_group, 31);
	return NULL;
}

static int life_member_ends_group(const struct ends *ends, void *arg)
{
	thread_start(thread_exit_group, (void *)ends);
	return life_pause(ends, arg);
}

TEST_F(vigil, a_member_ends_the_group)
{
	struct watch w, event;
	struct victim v;

	start_ready(_metadata, self, &v, life_member_ends_group, NULL, &w);
	let_die(_metadata, self, &v, &w, &event);
	EXPECT_EQ(31, event.exit.code);
}

static void *thread_burn(void *arg)
{
	volatile unsigned long sink = 0;
	int i;

	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < BURN_NS)
		for (i = 0; i < 100000; i++)
			sink = sink + i;
	return arg;
}

static int life_burn_in_threads(const struct ends *ends, void *arg)
{
	pthread_t thread[BURNERS];
	int i;

	(void)arg;
	for (i = 0; i < BURNERS; i++)
		if (pthread_create(&thread[i], NULL, thread_burn, NULL))
			return 1;
	for (i = 0; i < BURNERS; i++)
		pthread_join(thread[i], NULL);
	life_await_go(ends);
	return 0;
}

TEST_F(vigil, cpu_time_of_threads_long_gone_counts)
{
	struct watch event;

	live_and_die(_metadata, self, life_burn_in_threads, NULL, &event);
	EXPECT_LE(BURNERS * BURN_NS / 10 * 8, event.exit.utime_ns + event.exit.stime_ns);
}

static void *thread_exec(void *arg)
{
	const struct ends *ends = arg;

	life_await_go(ends);
	dup2(ends->go, STDIN_FILENO);
	execl("/bin/sh", "sh", "-c", "read line; exit 23", NULL);
	_exit(122);
}

static int life_member_execs(const struct ends *ends, void *arg)
{
	thread_start(thread_exec, (void *)ends);
	return life_pause(ends, arg);
}

TEST_F(vigil, exec_by_a_member_keeps_the_watch)
{
	struct watch w, event;
	struct victim v;

	start_ready(_metadata, self, &v, life_member_execs, NULL, &w);
	victim_go(&v);
	/* The other end of the pipe is closed on exec. */
	ASSERT_EQ(-1, victim_told(&v));
	EXPECT_EQ(v.start_ticks, proc_start_ticks(v.pid));
	expect_alive(_metadata, self, &w);
	ASSERT_EQ(1, write(v.go, "\n", 1));
	expect_death(_metadata, self, &v, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, event.exit.cause);
	EXPECT_EQ(23, event.exit.code);
	EXPECT_STREQ("sh", event.comm);
}

/* A thread is no process; a pidfd for it can be had from 6.9 on. */
TEST_F(vigil, a_member_cannot_be_watched)
{
	struct request req = { .pidfd = -1, .owner = OWNER };
	struct ending ending = { .call = SYS_exit_group };
	struct watch w, event;
	struct victim v;
	int fd, ret;

	req.pid = start_leaderless(_metadata, self, &v, &ending, &w);
	req.start_ticks = proc_start_ticks(req.pid);
	EXPECT_EQ(-ESRCH, client_watch(&self->c, &req, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	fd = pidfd_open_raw(req.pid, O_EXCL);
	if (fd >= 0) {
		ret = client_watch_pidfd(&self->c, fd, OWNER, NULL);
		EXPECT_TRUE(ret == -EINVAL || ret == -EBADF || ret == -ESRCH);
		EXPECT_STRNE("", self->c.refusal.sentence);
		close(fd);
	}
	let_die(_metadata, self, &v, &w, &event);
}

struct tracing {
	pid_t pid;
	pid_t tid;		/* 0: the leader alone */
};

static bool seize(pid_t tid)
{
	return !ptrace(PTRACE_SEIZE, tid, NULL, NULL);
}

/* Lets every stop go on, takes no death until told: what it traced stays a zombie. */
static int life_trace(const struct ends *ends, void *arg)
{
	const struct tracing *t = arg;

	if (!seize(t->pid) || (t->tid && !seize(t->tid)))
		return 1;
	life_tell(ends, 0);
	life_await_go(ends);
	return 0;
}

/* A victim, watched and traced. */
struct traced {
	struct victim v;
	struct victim tracer;
	struct watch w;
	pid_t tid;		/* what its life told */
};

enum whom { LEADER, LEADER_AND_MEMBER };

static void start_traced(struct __test_metadata *_metadata, vigil_t *self, struct traced *t,
			 life_fn life, void *arg, enum whom whom)
{
	struct tracing tracing;

	start(_metadata, &t->v, life, arg);
	t->tid = victim_told(&t->v);
	ASSERT_LE(0, t->tid);
	tracing = (struct tracing){ .pid = t->v.pid, .tid = whom == LEADER ? 0 : t->tid };
	start(_metadata, &t->tracer, life_trace, &tracing);
	ASSERT_EQ(0, victim_told(&t->tracer));
	watch_alive(_metadata, self, &t->v, &t->w);
}

static void end_tracer(struct __test_metadata *_metadata, struct traced *t)
{
	victim_go(&t->tracer);
	EXPECT_EQ(0, victim_reap(&t->tracer, NULL));
	victim_end(&t->tracer);
}

TEST_F(vigil, a_traced_process_is_told)
{
	struct traced t;
	struct watch event;

	start_traced(_metadata, self, &t, life_pause, NULL, LEADER);
	ASSERT_EQ(0, kill(t.v.pid, SIGKILL));
	next_death(_metadata, self, &t.w, &event);
	EXPECT_EQ(SIGKILL, event.exit.signal);
	expect_kept(_metadata, self, &event);
	end_tracer(_metadata, &t);
	victim_end(&t.v);
}

static void *thread_await_signal(void *arg)
{
	sigset_t set;
	int sig;

	life_tell(arg, syscall(SYS_gettid));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigwait(&set, &sig);
	syscall(SYS_exit_group, 6);
	return NULL;
}

/* The leader goes when told, the other thread ends the group on SIGUSR1. */
static int life_gated(const struct ends *ends, void *arg)
{
	sigset_t set;

	(void)arg;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	thread_start(thread_await_signal, (void *)ends);
	life_await_go(ends);
	syscall(SYS_exit, 4);
	return 121;
}

/* An unrelated death: any wrong event of an earlier one would come before it. */
static void fence(struct __test_metadata *_metadata, vigil_t *self)
{
	struct watch event;
	int code = 0;

	live_and_die(_metadata, self, life_exit, &code, &event);
}

/* One of the two threads goes, and is held as a zombie. */
static void expect_no_death_of(struct __test_metadata *_metadata, vigil_t *self, struct traced *t,
			       pid_t tid)
{
	victim_go(&t->v);
	ASSERT_TRUE(proc_await_thread_state(t->v.pid, tid, 'Z'));
	fence(_metadata, self);
	expect_alive(_metadata, self, &t->w);
}

/* On some kernels a traced leader's zombie wakes the pidfd while other threads live. */
TEST_F(vigil, a_traced_leader_that_goes_first_is_no_death)
{
	struct traced t;
	struct watch event;

	start_traced(_metadata, self, &t, life_gated, NULL, LEADER);
	expect_no_death_of(_metadata, self, &t, t.v.pid);
	ASSERT_EQ(0, kill(t.v.pid, SIGUSR1));
	next_death(_metadata, self, &t.w, &event);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, event.exit.cause);
	EXPECT_EQ(6, event.exit.code);
	end_tracer(_metadata, &t);
	victim_end(&t.v);
}

/* However long the tracer holds the zombies, one death, and none before the last thread's. */
TEST_F(vigil, a_traced_group_whose_zombies_are_held_dies_once)
{
	struct traced t;
	struct watch event;

	start_traced(_metadata, self, &t, life_gated, NULL, LEADER_AND_MEMBER);
	expect_no_death_of(_metadata, self, &t, t.v.pid);
	ASSERT_EQ(0, kill(t.v.pid, SIGUSR1));
	ASSERT_TRUE(proc_await_thread_state(t.v.pid, t.tid, 'Z'));
	end_tracer(_metadata, &t);
	expect_death(_metadata, self, &t.v, &t.w, &event);
	EXPECT_EQ(6, event.exit.code);
}

TEST_F(vigil, a_traced_member_that_goes_is_no_death)
{
	struct ending ending = { .code = 1, .call = SYS_exit };
	struct traced t;
	struct watch event;

	start_traced(_metadata, self, &t, life_member_first, &ending, LEADER_AND_MEMBER);
	expect_no_death_of(_metadata, self, &t, t.tid);
	ASSERT_EQ(0, kill(t.v.pid, SIGKILL));
	end_tracer(_metadata, &t);
	expect_death(_metadata, self, &t.v, &t.w, &event);
	EXPECT_EQ(SIGKILL, event.exit.signal);
}

TEST_HARNESS_MAIN
