// SPDX-License-Identifier: GPL-2.0
/* What a fenced lease reaches: threads, what is stopped, and whole cgroups. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

#include "selftests/kernel/group.h"
#include "selftests/kernel/lease_fixture.h"

enum {
	THREADS = 8,
	BOMB_PIDS = 40,
};

static void make_group(struct __test_metadata *_metadata, struct group *g)
{
	ASSERT_EQ(0, group_make(g, "lease"));
}

static void bind_with_group(struct __test_metadata *_metadata, vigil_t *self,
			    const struct group *g, const struct watch *w)
{
	struct bond b;

	ASSERT_EQ(0, lease_bind(&self->c, LEASE, w->id, g->kill, &b)) {
		TH_LOG("%s", self->c.refusal.sentence);
	}
	EXPECT_EQ(VIGIL_BOND_REACH_CGROUP, b.reach);
}

static void *spin(void *unused)
{
	for (;;)
		sched_yield();
	return unused;
}

static int life_of_many_threads(const struct ends *ends, void *arg)
{
	pthread_t thread;
	int i;

	(void)arg;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&thread, NULL, spin, NULL))
			return 1;
	life_tell(ends, 0);
	spin(NULL);
	return 0;
}

TEST_F(vigil, all_threads_die)
{
	struct victim v;
	struct watch w;

	hold(_metadata, self, LEASE);
	start_ready(_metadata, self, &v, life_of_many_threads, NULL, &w);
	bind_to(_metadata, self, LEASE, &w);
	EXPECT_EQ(1, recall(_metadata, self, LEASE, 1));
	victim_end(&v);
}

TEST_F(vigil, a_stopped_process_dies)
{
	struct victim v;
	struct watch w;
	int status;

	hold(_metadata, self, LEASE);
	start_bound(_metadata, self, &v, LEASE, &w);
	ASSERT_EQ(0, kill(v.pid, SIGSTOP));
	ASSERT_EQ(v.pid, waitpid(v.pid, &status, WUNTRACED));
	ASSERT_TRUE(WIFSTOPPED(status));
	EXPECT_EQ(1, recall(_metadata, self, LEASE, 1));
	victim_end(&v);
}

/* The watched process is the only one that anybody could name. */
static int life_with_daemon(const struct ends *ends, void *arg)
{
	(void)arg;
	if (fork())
		life_pause(ends, NULL);
	setsid();
	if (fork())
		_exit(0);
	for (;;)
		pause();
}

static void start_in_group(struct __test_metadata *_metadata, vigil_t *self, struct group *g,
			   struct victim *v, life_fn life, struct watch *w)
{
	make_group(_metadata, g);
	ASSERT_EQ(0, group_add(g, getpid()));
	start(_metadata, v, life, NULL);
	ASSERT_EQ(0, group_write(&(struct group){ .path = "/sys/fs/cgroup" }, "cgroup.procs", "0"));
	ASSERT_EQ(0, victim_told(v));
	watch_alive(_metadata, self, v, w);
}

TEST_F(vigil, a_daemon_dies_with_its_cgroup)
{
	struct victim v;
	struct group g;
	struct watch w;
	struct lease l;

	hold(_metadata, self, LEASE);
	start_in_group(_metadata, self, &g, &v, life_with_daemon, &w);
	bind_with_group(_metadata, self, &g, &w);
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(1, l.cgroups);
	ASSERT_EQ(0, lease_fence(&self->c, LEASE, 1));
	EXPECT_EQ(1, fencing(_metadata, self, LEASE, 1, VIGIL_LEASE_STAGE_RECALLED, NULL));
	EXPECT_EQ(0, group_populated(&g));
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(0, l.cgroups);
	give_back(_metadata, self, LEASE);
	victim_end(&v);
	group_end(&g);
}

/* Its main process died, and a daemon that it left behind lives on. */
TEST_F(vigil, the_cgroup_of_a_dead_process_is_killed)
{
	struct watch w, event;
	struct victim v;
	struct group g;

	hold(_metadata, self, LEASE);
	start_in_group(_metadata, self, &g, &v, life_with_daemon, &w);
	bind_with_group(_metadata, self, &g, &w);
	kill_by(_metadata, self, &v, SIGTERM, &w, &event);
	ASSERT_EQ(1, group_populated(&g));
	EXPECT_EQ(-EBUSY, lease_del(&self->c, LEASE));
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_EQ(-EAGAIN, module_unload());
	EXPECT_EQ(0, recall(_metadata, self, LEASE, 1));
	EXPECT_EQ(0, group_populated(&g));
	group_end(&g);
}

static int life_bomb(const struct ends *ends, void *arg)
{
	(void)arg;
	life_tell(ends, 0);
	while (getpid() > 0)
		fork();
	return 0;
}

TEST_F(vigil, a_fork_bomb_dies)
{
	struct victim v;
	struct group g;
	struct watch w;
	char limit[16];

	make_group(_metadata, &g);
	snprintf(limit, sizeof(limit), "%d", BOMB_PIDS);
	ASSERT_EQ(0, group_write(&g, "pids.max", limit));
	hold(_metadata, self, LEASE);
	start_in_group(_metadata, self, &g, &v, life_bomb, &w);
	bind_with_group(_metadata, self, &g, &w);
	EXPECT_EQ(1, recall(_metadata, self, LEASE, 1));
	EXPECT_EQ(0, group_populated(&g));
	victim_end(&v);
	group_end(&g);
}

TEST_F(vigil, a_cgroup_given_twice_is_one)
{
	struct victim v[2];
	struct watch w[2];
	struct lease l;
	struct group g;
	int again;

	hold(_metadata, self, LEASE);
	make_group(_metadata, &g);
	again = group_open(&g, "cgroup.kill", O_WRONLY);
	ASSERT_LE(0, again);
	start_ready(_metadata, self, &v[0], life_pause, NULL, &w[0]);
	start_ready(_metadata, self, &v[1], life_pause, NULL, &w[1]);
	ASSERT_EQ(0, group_add(&g, v[0].pid));
	bind_with_group(_metadata, self, &g, &w[0]);
	ASSERT_EQ(0, lease_bind(&self->c, LEASE, w[1].id, again, NULL));
	close(again);
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(1, l.cgroups);
	ASSERT_EQ(0, lease_unbind(&self->c, LEASE, w[0].id));
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(1, l.cgroups);
	ASSERT_EQ(0, lease_unbind(&self->c, LEASE, w[1].id));
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(0, l.cgroups);
	give_back(_metadata, self, LEASE);
	ASSERT_EQ(0, client_release(&self->c, w[0].id));
	ASSERT_EQ(0, client_release(&self->c, w[1].id));
	victim_end(&v[0]);
	victim_end(&v[1]);
	group_end(&g);
}

TEST_F(vigil, a_removed_cgroup_is_no_hindrance)
{
	struct victim v;
	struct group g;
	struct watch w;

	hold(_metadata, self, LEASE);
	start_ready(_metadata, self, &v, life_pause, NULL, &w);
	make_group(_metadata, &g);
	bind_with_group(_metadata, self, &g, &w);
	group_end(&g);
	EXPECT_EQ(1, recall(_metadata, self, LEASE, 1));
	victim_end(&v);
}

static void expect_no_cgroup(struct __test_metadata *_metadata, vigil_t *self, int fd,
			     const struct watch *w, int error)
{
	EXPECT_EQ(error, lease_bind(&self->c, LEASE, w->id, fd, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_EQ(VIGIL_A_LEASE_CGROUP_KILL, self->c.refusal.attr);
	close(fd);
}

TEST_F(vigil, only_a_file_cgroup_kill_open_for_writing_is_taken)
{
	struct group g, threaded;
	struct victim v;
	struct lease l;
	struct watch w;

	hold(_metadata, self, LEASE);
	make_group(_metadata, &g);
	ASSERT_EQ(0, group_make(&threaded, "threaded"));
	ASSERT_EQ(0, group_write(&threaded, "cgroup.type", "threaded"));
	start_ready(_metadata, self, &v, life_pause, NULL, &w);
	expect_no_cgroup(_metadata, self, 12345, &w, -EBADF);
	expect_no_cgroup(_metadata, self, open("/dev/null", O_WRONLY), &w, -EBADF);
	expect_no_cgroup(_metadata, self, open(g.path, O_RDONLY), &w, -EBADF);
	expect_no_cgroup(_metadata, self, group_open(&g, "cgroup.procs", O_WRONLY), &w, -EBADF);
	expect_no_cgroup(_metadata, self, group_open(&g, "cgroup.kill", O_PATH), &w, -EBADF);
	expect_no_cgroup(_metadata, self, dup(threaded.kill), &w, -EOPNOTSUPP);
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(0, l.living);
	EXPECT_EQ(0, l.cgroups);
	give_back(_metadata, self, LEASE);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&v);
	group_end(&threaded);
	group_end(&g);
}

TEST_HARNESS_MAIN
