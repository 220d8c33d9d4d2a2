// SPDX-License-Identifier: GPL-2.0
/* The out-of-memory killer is told apart from whoever else sends SIGKILL. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "selftests/kernel/fixture.h"

enum {
	LIMIT_BYTES = 16 << 20,
	HOG_BYTES = 256 << 20,
};

static const char *const hierarchy = "/tmp/vigil-cgroup2";
static const char *const group = "/tmp/vigil-cgroup2/vigil-selftest";

static int write_text(const char *dir, const char *name, const char *text)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static int write_number(const char *dir, const char *name, long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", number);
	return write_text(dir, name, text);
}

static void make_group(struct __test_metadata *_metadata, const char *kill_together)
{
	mkdir(hierarchy, 0700);
	ASSERT_EQ(0, mount("none", hierarchy, "cgroup2", 0, NULL));
	ASSERT_EQ(0, write_text(hierarchy, "cgroup.subtree_control", "+memory"));
	ASSERT_EQ(0, mkdir(group, 0700));
	ASSERT_EQ(0, write_number(group, "memory.max", LIMIT_BYTES));
	write_text(group, "memory.swap.max", "0");
	ASSERT_EQ(0, write_text(group, "memory.oom.group", kill_together));
}

static void drop_group(struct __test_metadata *_metadata)
{
	EXPECT_EQ(0, rmdir(group));
	EXPECT_EQ(0, umount(hierarchy));
	rmdir(hierarchy);
}

static int life_hog(const struct ends *ends, void *arg)
{
	char *hog = mmap(NULL, HOG_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);

	(void)arg;
	life_await_go(ends);
	if (hog != MAP_FAILED)
		memset(hog, 1, HOG_BYTES);
	return 1;
}

static void start_in_group(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			   life_fn life, struct watch *w)
{
	start(_metadata, v, life, NULL);
	ASSERT_EQ(0, write_number(group, "cgroup.procs", v->pid));
	watch_alive(_metadata, self, v, w);
}

TEST_F(vigil, an_oom_kill_is_told)
{
	struct watch w, event;
	struct victim v;

	make_group(_metadata, "0");
	start_in_group(_metadata, self, &v, life_hog, &w);
	let_die(_metadata, self, &v, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_OOM_KILLED, event.exit.cause);
	EXPECT_EQ(SIGKILL, event.exit.signal);
	drop_group(_metadata);
}

TEST_F(vigil, an_oom_kill_of_a_whole_group_is_told_of_each)
{
	struct watch w[2], event;
	struct victim v[2];
	uint64_t left;
	int i;

	make_group(_metadata, "1");
	start_in_group(_metadata, self, &v[0], life_hog, &w[0]);
	start_in_group(_metadata, self, &v[1], life_pause, &w[1]);
	left = w[0].id + w[1].id;
	victim_go(&v[0]);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS));
		EXPECT_EQ(++self->seq, event.seq);
		EXPECT_EQ(VIGIL_CAUSE_OOM_KILLED, event.exit.cause);
		left -= event.id;
	}
	EXPECT_EQ(0, left);
	victim_end(&v[0]);
	victim_end(&v[1]);
	drop_group(_metadata);
}

TEST_F(vigil, a_kill_in_a_full_group_is_no_oom_kill)
{
	struct watch w, event;
	struct victim v;

	make_group(_metadata, "1");
	start_in_group(_metadata, self, &v, life_hog, &w);
	kill_by(_metadata, self, &v, SIGKILL, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
	EXPECT_EQ(SIGKILL, event.exit.signal);
	drop_group(_metadata);
}

TEST_F(vigil, a_killed_cgroup_is_no_oom_kill)
{
	struct watch w, event;
	struct victim v;

	make_group(_metadata, "0");
	start_in_group(_metadata, self, &v, life_pause, &w);
	ASSERT_EQ(0, write_text(group, "cgroup.kill", "1"));
	expect_death(_metadata, self, &v, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
	drop_group(_metadata);
}

/* The survivor of an OOM kill in its own group dies later of an ordinary signal. */
TEST_F(vigil, a_survivor_is_not_blamed)
{
	struct watch hog_w, w, event;
	struct victim hog, v;

	make_group(_metadata, "0");
	start_in_group(_metadata, self, &v, life_pause, &w);
	start_in_group(_metadata, self, &hog, life_hog, &hog_w);
	let_die(_metadata, self, &hog, &hog_w, &event);
	EXPECT_EQ(VIGIL_CAUSE_OOM_KILLED, event.exit.cause);
	kill_by(_metadata, self, &v, SIGKILL, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
	drop_group(_metadata);
}

TEST_HARNESS_MAIN
