// SPDX-License-Identifier: GPL-2.0
/* Descendants: watched from birth, told of when they die, and told of when none is left. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include "selftests/kernel/early.h"

enum {
	CHILD_CODE = 42,
	STACK_BYTES = 65536,
	TREES_MAX = 16,
};

static void next_member(struct __test_metadata *_metadata, vigil_t *self, const struct watch *w,
			pid_t pid, struct watch *event)
{
	next_of(_metadata, self, VIGIL_EVENT_TYPE_MEMBER_DEAD, w, event);
	EXPECT_EQ(pid, event->member.pid);
	EXPECT_EQ(event->seq, event->member.exit.seq);
	EXPECT_EQ(event->boottime_ns, event->member.exit.boottime_ns);
	EXPECT_EQ(0, event->members_missed);
}

static void next_empty(struct __test_metadata *_metadata, vigil_t *self, const struct watch *w,
		       struct watch *event)
{
	next_of(_metadata, self, VIGIL_EVENT_TYPE_GROUP_EMPTY, w, event);
	EXPECT_EQ(0, event->members);
	EXPECT_EQ(0, event->members_missed);
	EXPECT_NE(0, event->boottime_ns);
}

static void expect_members(struct __test_metadata *_metadata, vigil_t *self,
			   const struct watch *w, uint32_t members)
{
	struct watch now;

	ASSERT_EQ(0, client_get(&self->c, w->id, &now));
	EXPECT_EQ(members, now.members);
	EXPECT_EQ(0, now.members_missed);
}

static void wait_for_ever(void)
{
	for (;;)
		pause();
}

/* A child for each go; tells its process ID. */
static int life_parent(const struct ends *ends, void *unused)
{
	pid_t pid;

	(void)unused;
	do {
		life_await_go(ends);
		pid = fork();
		if (!pid)
			wait_for_ever();
		life_tell(ends, pid);
	} while (pid > 0);
	return 124;
}

static pid_t bear(const struct victim *v)
{
	victim_go(v);
	return victim_told(v);
}

/* A victim whose tree is watched from its start, and its first child. */
static pid_t start_tree(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			struct watch *w)
{
	pid_t child;

	start_flags(_metadata, self, v, life_parent, NULL, TREE, w);
	child = bear(v);
	ASSERT_LT(0, child);
	return child;
}

/* Kills one that has no descendants left: it is told dead, and its group empty. */
static void end_tree(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
		     const struct watch *w, struct watch *event)
{
	ASSERT_EQ(0, kill(v->pid, SIGKILL));
	next_dead(_metadata, self, w, NULL, event);
	next_empty(_metadata, self, w, event);
	victim_end(v);
}

TEST_F(vigil, a_child_is_watched_from_its_birth)
{
	struct watch w, event;
	uint64_t start_ticks;
	struct victim v;
	char comm[16];
	pid_t child;

	child = start_tree(_metadata, self, &v, &w);
	EXPECT_EQ(0, w.members);
	expect_members(_metadata, self, &w, 1);
	start_ticks = proc_start_ticks(child);
	proc_comm(child, comm, sizeof(comm));
	ASSERT_EQ(0, kill(child, SIGTERM));
	next_member(_metadata, self, &w, child, &event);
	EXPECT_EQ(VIGIL_WATCH_STATE_ALIVE, event.state);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.member.exit.cause);
	EXPECT_EQ(SIGTERM, event.member.exit.signal);
	EXPECT_EQ(start_ticks, event.member.start_ticks);
	EXPECT_STREQ(comm, event.member.comm);
	expect_members(_metadata, self, &w, 0);
	end_tree(_metadata, self, &v, &w, &event);
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, event.state);
}

TEST_F(vigil, a_child_that_is_there_is_found)
{
	struct watch w, event;
	struct victim v;
	pid_t child;

	start(_metadata, &v, life_parent, NULL);
	child = bear(&v);
	ASSERT_LT(0, child);
	watch_flags(_metadata, self, v.pidfd, TREE, 0, &w);
	EXPECT_EQ(1, w.members);
	ASSERT_EQ(0, kill(v.pid, SIGKILL));
	next_dead(_metadata, self, &w, NULL, &event);
	EXPECT_EQ(1, event.members);
	ASSERT_EQ(0, kill(child, SIGKILL));
	next_member(_metadata, self, &w, child, &event);
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, event.state);
	next_empty(_metadata, self, &w, &event);
	victim_end(&v);
}

/* The child ends at once, its own child lives on in a session of its own. */
static int life_daemon(const struct ends *ends, void *unused)
{
	pid_t pid;

	(void)unused;
	life_await_go(ends);
	pid = fork();
	if (!pid) {
		setsid();
		pid = fork();
		if (!pid)
			wait_for_ever();
		life_tell(ends, getpid());
		life_tell(ends, pid);
		_exit(CHILD_CODE);
	}
	wait_for_ever();
	return 0;
}

TEST_F(vigil, a_daemon_stays_in_the_tree)
{
	struct watch w, event;
	pid_t child, demon;
	struct victim v;

	start_flags(_metadata, self, &v, life_daemon, NULL, TREE, &w);
	child = bear(&v);
	demon = victim_told(&v);
	ASSERT_LT(0, demon);
	next_member(_metadata, self, &w, child, &event);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, event.member.exit.cause);
	EXPECT_EQ(CHILD_CODE, event.member.exit.code);
	EXPECT_EQ(1, event.members);
	ASSERT_EQ(0, kill(v.pid, SIGKILL));
	next_dead(_metadata, self, &w, NULL, &event);
	expect_members(_metadata, self, &w, 1);
	ASSERT_EQ(0, kill(demon, SIGKILL));
	next_member(_metadata, self, &w, demon, &event);
	next_empty(_metadata, self, &w, &event);
	victim_end(&v);
}

static int cloned(void *ends)
{
	life_tell(ends, getpid());
	_exit(CHILD_CODE);
}

/* On a stack of its own, as it may share its parent's memory. */
static int life_cloner(const struct ends *ends, void *arg)
{
	static char stack[STACK_BYTES] __attribute__((aligned(16)));

	life_await_go(ends);
	if (clone(cloned, stack + sizeof(stack), *(unsigned long *)arg, (void *)ends) < 0)
		return 124;
	wait_for_ever();
	return 0;
}

TEST_F(vigil, birth_counts_however_it_is_done)
{
	static const unsigned long flags[] = {
		SIGCHLD, CLONE_VFORK | CLONE_VM | SIGCHLD, CLONE_PARENT | SIGCHLD, SIGUSR1,
		CLONE_NEWPID | SIGCHLD,
	};
	struct watch w, event;
	struct victim v;
	size_t i;
	pid_t told;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		start(_metadata, &v, life_cloner, (void *)&flags[i]);
		signal(SIGUSR1, SIG_IGN);
		watch_flags(_metadata, self, v.pidfd, TREE, 0, &w);
		told = bear(&v);
		ASSERT_LT(0, told);
		next_of(_metadata, self, VIGIL_EVENT_TYPE_MEMBER_DEAD, &w, &event);
		EXPECT_EQ(CHILD_CODE, event.member.exit.code);
		if (flags[i] & CLONE_NEWPID) {
			EXPECT_LT(1, event.member.pid);
		} else {
			EXPECT_EQ(told, event.member.pid);
		}
		end_tree(_metadata, self, &v, &w, &event);
	}
}

static void *ends_as_thread(void *ends)
{
	life_tell(ends, 0);
	return NULL;
}

static int life_thread(const struct ends *ends, void *unused)
{
	pthread_t thread;

	(void)unused;
	life_await_go(ends);
	if (pthread_create(&thread, NULL, ends_as_thread, (void *)ends) ||
	    pthread_join(thread, NULL))
		return 124;
	life_tell(ends, 0);
	return life_pause(ends, NULL);
}

TEST_F(vigil, a_thread_is_no_descendant)
{
	struct watch w, event;
	struct victim v;

	start_flags(_metadata, self, &v, life_thread, NULL, TREE, &w);
	ASSERT_EQ(0, bear(&v));
	ASSERT_EQ(0, victim_told(&v));
	expect_members(_metadata, self, &w, 0);
	expect_alive(_metadata, self, &w);
	end_tree(_metadata, self, &v, &w, &event);
}

TEST_F(vigil, the_dead_have_no_descendants)
{
	struct watch w, event;
	struct victim v;
	int code = 0;

	start(_metadata, &v, life_exit, &code);
	victim_go(&v);
	ASSERT_EQ(0, victim_await_zombie(&v));
	watch_flags(_metadata, self, v.pidfd, TREE, 0, &w);
	EXPECT_EQ(0, w.members);
	next_dead(_metadata, self, &w, NULL, &event);
	next_empty(_metadata, self, &w, &event);
	victim_end(&v);
}

TEST_F(vigil, a_released_tree_tells_nothing)
{
	struct watch w, plain, event;
	struct victim v;
	pid_t child;

	child = start_tree(_metadata, self, &v, &w);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, OWNER, &plain));
	ASSERT_LT(0, bear(&v));
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(0, kill(v.pid, SIGKILL));
	next_of(_metadata, self, VIGIL_EVENT_TYPE_DEAD, &plain, &event);
	victim_end(&v);
}

/* A descendant of the one is watched with its own. */
TEST_F(vigil, trees_stand_in_trees)
{
	struct watch outer, inner, event;
	struct victim v;
	pid_t child;
	int pidfd;

	child = start_tree(_metadata, self, &v, &outer);
	pidfd = pidfd_open_raw(child, 0);
	ASSERT_LE(0, pidfd);
	watch_flags(_metadata, self, pidfd, TREE | DYING, 0, &inner);
	ASSERT_EQ(0, kill(child, SIGKILL));
	next_dying(_metadata, self, &inner, &event);
	ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS * patience()));
	ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS * patience()));
	ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS * patience()));
	self->seq += 3;
	expect_members(_metadata, self, &outer, 0);
	expect_state(_metadata, self, &inner, VIGIL_WATCH_STATE_DEAD);
	end_tree(_metadata, self, &v, &outer, &event);
	close(pidfd);
}

TEST_F(vigil, too_many_trees_are_refused)
{
	struct request req = { .flags = TREE };
	struct victim v;
	char owner[16];
	int i;

	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, victim_told(&v));
	req.pidfd = v.pidfd;
	req.owner = owner;
	for (i = 0; i < TREES_MAX; i++) {
		snprintf(owner, sizeof(owner), "owner%d", i);
		ASSERT_EQ(0, client_watch(&self->c, &req, NULL));
	}
	snprintf(owner, sizeof(owner), "one more");
	EXPECT_EQ(-EUSERS, client_watch(&self->c, &req, NULL));
	EXPECT_STREQ("too many owners watch the process", self->c.refusal.sentence);
	EXPECT_EQ(TREES_MAX, client_release_owner(&self->c, NULL));
	victim_end(&v);
}

TEST_HARNESS_MAIN
