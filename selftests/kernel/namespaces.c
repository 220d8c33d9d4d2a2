// SPDX-License-Identifier: GPL-2.0
/* Who may watch whom: privileges, network namespaces, PID namespaces. */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "selftests/kernel/fixture.h"

enum { NOBODY = 65534 };

/* In a life: tell the line that went wrong; a life that ends well tells 0. */
#define REQUIRE(cond)					\
	do {						\
		if (!(cond)) {				\
			life_tell(ends, __LINE__);	\
			return 1;			\
		}					\
	} while (0)

static bool drop_privileges(void)
{
	return !setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
	       !setresuid(NOBODY, NOBODY, NOBODY);
}

static int ignore(const struct watch *w, void *arg)
{
	(void)w;
	(void)arg;
	return 0;
}

static bool refused_with_reason(const struct client *c, int ret, int error)
{
	return ret == error && c->refusal.sentence[0];
}

/* Every command, as someone who may use none of them. */
static int all_refused(struct client *c, int pidfd)
{
	struct stats s;

	if (!refused_with_reason(c, client_watch_pidfd(c, pidfd, OWNER, NULL), -EPERM))
		return VIGIL_CMD_WATCH_NEW;
	if (!refused_with_reason(c, client_release(c, 1), -EPERM))
		return VIGIL_CMD_WATCH_DEL;
	if (!refused_with_reason(c, client_get(c, 1, NULL), -EPERM))
		return VIGIL_CMD_WATCH_GET;
	if (client_dump(c, NULL, ignore, NULL) != -EPERM)
		return VIGIL_CMD_WATCH_GET + 100;
	if (client_replay(c, 1, ignore, NULL) != -EPERM)
		return VIGIL_CMD_EVENT_GET;
	if (!refused_with_reason(c, client_stats(c, &s), -EPERM))
		return VIGIL_CMD_STATS_GET;
	return 0;
}

static int life_nobody(const struct ends *ends, void *arg)
{
	int pidfd = pidfd_open_raw(getpid(), 0);
	struct listener l;
	struct client c;

	(void)arg;
	REQUIRE(drop_privileges());
	REQUIRE(!client_open(&c));
	life_tell(ends, all_refused(&c, pidfd));
	REQUIRE(listener_open(&l, 0) == -EPERM);
	life_tell(ends, 0);
	return 0;
}

TEST_F(vigil, nobody_may_do_nothing)
{
	struct victim v;

	start(_metadata, &v, life_nobody, NULL);
	EXPECT_EQ(0, victim_told(&v)) {
		TH_LOG("that command was not refused with a reason");
	}
	EXPECT_EQ(0, victim_told(&v));
	victim_end(&v);
}

/* A socket does not carry its opener's rights to whoever holds it. */
static int life_nobody_with_a_socket(const struct ends *ends, void *arg)
{
	int pidfd = pidfd_open_raw(getpid(), 0);
	struct client c;

	(void)arg;
	REQUIRE(!client_open(&c));
	REQUIRE(drop_privileges());
	life_tell(ends, all_refused(&c, pidfd));
	return 0;
}

TEST_F(vigil, an_opened_socket_gives_nobody_no_right)
{
	struct victim v;

	start(_metadata, &v, life_nobody_with_a_socket, NULL);
	EXPECT_EQ(0, victim_told(&v));
	victim_end(&v);
}

/* Watches a child of its own from beginning to end, in a namespace that has seen no event yet. */
static int watch_own_child(const struct ends *ends, struct client *c, struct listener *l,
			   pid_t *pid)
{
	struct watch w, event;
	struct victim v;
	int code = 51;

	REQUIRE(!victim_start(&v, life_exit, &code));
	*pid = v.pid;
	REQUIRE(!client_watch_pidfd(c, v.pidfd, OWNER, &w));
	REQUIRE(w.pid == v.pid && w.tgid == v.pid);
	REQUIRE(w.start_ticks == v.start_ticks);
	victim_go(&v);
	REQUIRE(listener_next(l, &event, DEADLINE_MS) == 1);
	REQUIRE(event.id == w.id && event.pid == v.pid);
	REQUIRE(event.exit.cause == VIGIL_CAUSE_EXITED && event.exit.code == 51);
	victim_end(&v);
	return 0;
}

static int life_in_user_namespace(const struct ends *ends, void *arg)
{
	const struct victim *outside = arg;
	struct listener l;
	struct client c;
	struct stats s;
	pid_t pid;

	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNET));
	REQUIRE(!client_open(&c));
	REQUIRE(!listener_open(&l, 0));
	REQUIRE(!client_stats(&c, &s) && s.seq == 0 && s.watches == 0);
	REQUIRE(refused_with_reason(&c, client_watch_pidfd(&c, outside->pidfd, OWNER, NULL),
				    -EPERM));
	if (watch_own_child(ends, &c, &l, &pid))
		return 1;
	REQUIRE(!client_stats(&c, &s) && s.seq == 1 && s.dead == 1);
	life_tell(ends, 0);
	return 0;
}

static int life_unprivileged_in_user_namespace(const struct ends *ends, void *arg)
{
	REQUIRE(drop_privileges());
	return life_in_user_namespace(ends, arg);
}

static void run_beside(struct __test_metadata *_metadata, life_fn life, struct victim *outside)
{
	struct victim v;
	int told;

	start(_metadata, &v, life, outside);
	told = victim_told(&v);
	EXPECT_EQ(0, told) {
		TH_LOG("see line %d", told);
	}
	victim_end(&v);
}

TEST_F(vigil, a_user_namespace_watches_its_own_processes_alone)
{
	struct victim outside;

	start(_metadata, &outside, life_pause, NULL);
	run_beside(_metadata, life_in_user_namespace, &outside);
	run_beside(_metadata, life_unprivileged_in_user_namespace, &outside);
	victim_end(&outside);
}

static int life_in_net_namespace(const struct ends *ends, void *arg)
{
	const struct victim *outside = arg;
	struct watch w, event;
	struct listener l;
	struct client c;
	struct stats s;

	REQUIRE(!unshare(CLONE_NEWNET));
	REQUIRE(!client_open(&c));
	REQUIRE(!listener_open(&l, 0));
	REQUIRE(!client_watch_pidfd(&c, outside->pidfd, OWNER, &w));
	life_tell(ends, 0);
	REQUIRE(listener_next(&l, &event, DEADLINE_MS) == 1);
	REQUIRE(event.id == w.id && event.seq == 1);
	REQUIRE(event.exit.signal == SIGTERM);
	REQUIRE(listener_next(&l, &event, 0) == 0);
	REQUIRE(!client_stats(&c, &s) && s.seq == 1);
	life_tell(ends, 0);
	return 0;
}

TEST_F(vigil, events_stay_in_their_net_namespace)
{
	struct victim outside, inside;
	struct watch w, event;

	start_ready(_metadata, self, &outside, life_pause, NULL, &w);
	start(_metadata, &inside, life_in_net_namespace, &outside);
	ASSERT_EQ(0, victim_told(&inside));
	kill_by(_metadata, self, &outside, SIGTERM, &w, &event);
	EXPECT_EQ(0, victim_told(&inside));
	victim_end(&inside);
}

static int count(const struct watch *w, void *arg)
{
	(void)w;
	++*(int *)arg;
	return 0;
}

struct container {
	int flags;
	pid_t child;
	const struct victim *outside;
	uint64_t outside_id;		/* a watch of the outside in the same net namespace */
};

/* The first process of a PID namespace, with a /proc of its own. */
static int in_container(const struct ends *ends, const struct container *box)
{
	struct listener l;
	struct client c;
	pid_t pid;
	int seen = 0;

	REQUIRE(getpid() == 1);
	REQUIRE(!mount("proc", "/proc", "proc", 0, NULL));
	REQUIRE(!client_open(&c));
	REQUIRE(!listener_open(&l, 0));
	REQUIRE(refused_with_reason(&c, client_watch_pidfd(&c, box->outside->pidfd, OWNER, NULL),
				    -ESRCH));
	REQUIRE(!client_dump(&c, NULL, count, &seen) && seen == 0);
	REQUIRE(client_get(&c, box->outside_id, NULL) < 0);
	if (watch_own_child(ends, &c, &l, &pid))
		return 1;
	REQUIRE(!client_dump(&c, NULL, count, &seen) && seen == 1);
	life_tell(ends, 0);
	life_tell(ends, pid);
	return 0;
}

static int life_container(const struct ends *ends, void *arg)
{
	const struct container *box = arg;
	int status;
	pid_t pid;

	REQUIRE(!unshare(CLONE_NEWPID | CLONE_NEWNS | box->flags));
	REQUIRE(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	pid = fork();
	if (!pid)
		_exit(in_container(ends, box));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}

static pid_t run_container(struct __test_metadata *_metadata, vigil_t *self, int flags)
{
	struct container box = { .flags = flags };
	struct victim outside, v;
	struct watch w;
	pid_t inner;
	int told;

	start_watched(_metadata, self, &outside, life_pause, NULL, &w);
	box.outside = &outside;
	box.outside_id = w.id;
	start(_metadata, &v, life_container, &box);
	told = victim_told(&v);
	EXPECT_EQ(0, told) {
		TH_LOG("see line %d", told);
	}
	inner = told ? -1 : victim_told(&v);
	EXPECT_EQ(0, victim_reap(&v, NULL));
	victim_end(&v);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&outside);
	return inner;
}

TEST_F(vigil, a_container_sees_its_own_processes_alone)
{
	run_container(_metadata, self, CLONE_NEWNET);
}

/* The event goes to all listeners, with the process ID that the watch's maker knows. */
TEST_F(vigil, a_pid_namespace_hides_what_it_cannot_see)
{
	pid_t inner = run_container(_metadata, self, 0);
	struct watch event;

	ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS));
	EXPECT_EQ(++self->seq, event.seq);
	EXPECT_EQ(inner, event.pid);
	EXPECT_EQ(51, event.exit.code);
	ASSERT_EQ(0, client_release(&self->c, event.id));
}

static int life_leave_watches_behind(const struct ends *ends, void *arg)
{
	const struct victim *outside = arg;
	struct request req = { .owner = "transient", .flags = VIGIL_WATCH_FLAGS_TRANSIENT };
	struct client c;

	REQUIRE(!unshare(CLONE_NEWNET));
	REQUIRE(!client_open(&c));
	req.pidfd = outside->pidfd;
	REQUIRE(!client_watch(&c, &req, NULL));
	REQUIRE(!client_watch_pidfd(&c, outside->pidfd, OWNER, NULL));
	life_tell(ends, 0);
	return 0;
}

/* The namespace is gone some time after its last process; the watched process dies beside that. */
TEST_F(vigil, a_net_namespace_goes_with_its_watches)
{
	struct victim outside;
	int i;

	for (i = 0; i < 20; i++) {
		start(_metadata, &outside, life_pause, NULL);
		run_beside(_metadata, life_leave_watches_behind, &outside);
		victim_end(&outside);
	}
}

TEST_HARNESS_MAIN
