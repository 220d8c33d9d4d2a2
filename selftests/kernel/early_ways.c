// SPDX-License-Identifier: GPL-2.0
/* DYING of those who are killed for want of memory, dump core, or share their parent's memory. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "selftests/kernel/early.h"
#include "selftests/kernel/group.h"

#define CORE_PATTERN	"/proc/sys/kernel/core_pattern"
#define CORE_FILE	"/tmp/core.vigil-early"

enum {
	LIMIT_BYTES = 16 << 20,
	HOG_BYTES = 256 << 20,
	CORE_BYTES = 32 << 20,	/* takes longer to write than a file's time is exact */
	NS_PER_S = 1000000000,
	TEXT = 256,
};

static int life_hog(const struct ends *ends, void *arg)
{
	char *hog = mmap(NULL, HOG_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	life_await_go(ends);
	if (hog != MAP_FAILED)
		memset(hog, 1, HOG_BYTES);
	return 1;
}

static void make_small(struct __test_metadata *_metadata, struct group *g)
{
	char limit[32];

	snprintf(limit, sizeof(limit), "%d", LIMIT_BYTES);
	ASSERT_EQ(0, group_make(g, "early"));
	ASSERT_EQ(0, group_write(g, "memory.max", limit));
	group_write(g, "memory.swap.max", "0");
}

TEST_F(vigil, who_is_killed_for_want_of_memory_is_told_to_be_dying)
{
	struct watch w, dying, dead;
	struct victim v;
	struct group g;

	make_small(_metadata, &g);
	start(_metadata, &v, life_hog, NULL);
	ASSERT_EQ(0, group_add(&g, v.pid));
	watch_flags(_metadata, self, v.pidfd, DYING, 0, &w);
	victim_go(&v);
	next_dying(_metadata, self, &w, &dying);
	next_dead(_metadata, self, &w, &dying, &dead);
	EXPECT_EQ(VIGIL_CAUSE_OOM_KILLED, dead.exit.cause);
	EXPECT_EQ(SIGKILL, dead.exit.signal);
	victim_end(&v);
	group_end(&g);
}

/* Each of a group that is killed together, hog or not. */
TEST_F(vigil, a_group_that_is_killed_for_want_of_memory_is_told_of_each)
{
	struct watch w[2], event;
	unsigned int told[2] = { 0 };
	struct victim v[2];
	struct group g;
	int i, n;

	make_small(_metadata, &g);
	ASSERT_EQ(0, group_write(&g, "memory.oom.group", "1"));
	start(_metadata, &v[0], life_hog, NULL);
	start(_metadata, &v[1], life_pause, NULL);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, group_add(&g, v[i].pid));
		watch_flags(_metadata, self, v[i].pidfd, DYING, 0, &w[i]);
	}
	victim_go(&v[0]);
	for (n = 0; n < 4; n++) {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS * patience()));
		EXPECT_EQ(++self->seq, event.seq);
		i = event.id == w[1].id;
		EXPECT_EQ(told[i]++ ? VIGIL_EVENT_TYPE_DEAD : VIGIL_EVENT_TYPE_DYING, event.type);
		if (event.type == VIGIL_EVENT_TYPE_DEAD)
			EXPECT_EQ(VIGIL_CAUSE_OOM_KILLED, event.exit.cause);
	}
	EXPECT_EQ(2, told[0]);
	EXPECT_EQ(2, told[1]);
	victim_end(&v[0]);
	victim_end(&v[1]);
	group_end(&g);
}

static void write_pattern(struct __test_metadata *_metadata, const char *text)
{
	int fd = open(CORE_PATTERN, O_WRONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ((ssize_t)strlen(text), write(fd, text, strlen(text)));
	close(fd);
}

static void read_pattern(struct __test_metadata *_metadata, char *text)
{
	int fd = open(CORE_PATTERN, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	ASSERT_LE(0, fd);
	got = read(fd, text, TEXT - 1);
	ASSERT_LT(0, got);
	text[got] = '\0';
	close(fd);
}

static int life_dump(const struct ends *ends, void *arg)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	char *big = mmap(NULL, CORE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	setrlimit(RLIMIT_CORE, &all);
	if (big != MAP_FAILED)
		memset(big, 1, CORE_BYTES);
	life_await_go(ends);
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	return 1;
}

/* And before it has dumped all of it. */
TEST_F(vigil, who_dumps_core_is_told_to_be_dying)
{
	struct watch w, dying, dead;
	struct stat core;
	char before[TEXT];
	struct victim v;

	read_pattern(_metadata, before);
	write_pattern(_metadata, CORE_FILE);
	start(_metadata, &v, life_dump, NULL);
	watch_flags(_metadata, self, v.pidfd, DYING, 0, &w);
	victim_go(&v);
	next_dying(_metadata, self, &w, &dying);
	next_dead(_metadata, self, &w, &dying, &dead);
	write_pattern(_metadata, before);
	EXPECT_EQ(VIGIL_CAUSE_CORE_DUMPED, dead.exit.cause);
	EXPECT_EQ(SIGABRT, dead.exit.signal);
	ASSERT_EQ(0, stat(CORE_FILE, &core));
	EXPECT_LT(dying.realtime_ns, (uint64_t)core.st_mtim.tv_sec * NS_PER_S + core.st_mtim.tv_nsec);
	EXPECT_EQ(0, unlink(CORE_FILE));
	victim_end(&v);
}

/* While the child has the memory, the parent stands still; then it tells, and lives on. */
static int life_vfork(const struct ends *ends, void *exec)
{
	pid_t pid;

	life_await_go(ends);
	pid = vfork();
	if (!pid) {
		life_tell(ends, getpid());
		if (exec)
			execl("/bin/sleep", "sleep", "infinity", NULL);
		for (;;)
			pause();
	}
	life_tell(ends, pid);
	return life_pause(ends, NULL);
}

/* Its parent is watched, too: of that one there is nothing to tell. */
static void start_vforked(struct __test_metadata *_metadata, vigil_t *self, struct victim *v, void *exec,
			  struct watch *parent, struct watch *child, int *pidfd)
{
	pid_t pid;

	start(_metadata, v, life_vfork, exec);
	watch_flags(_metadata, self, v->pidfd, DYING, 0, parent);
	victim_go(v);
	pid = victim_told(v);
	ASSERT_LT(0, pid);
	if (exec)
		ASSERT_EQ(pid, victim_told(v));
	*pidfd = pidfd_open_raw(pid, 0);
	ASSERT_LE(0, *pidfd);
	watch_flags(_metadata, self, *pidfd, DYING, 0, child);
	EXPECT_EQ(VIGIL_WATCH_STATE_ALIVE, child->state);
}

static void child_dies(struct __test_metadata *_metadata, vigil_t *self, void *exec)
{
	struct watch parent, child, dying, dead;
	struct victim v;
	int pidfd;

	start_vforked(_metadata, self, &v, exec, &parent, &child, &pidfd);
	ASSERT_EQ(0, kill(child.pid, SIGTERM));
	next_dying(_metadata, self, &child, &dying);
	next_dead(_metadata, self, &child, &dying, &dead);
	EXPECT_EQ(SIGTERM, dead.exit.signal);
	if (!exec)
		EXPECT_EQ(child.pid, victim_told(&v));
	expect_alive(_metadata, self, &parent);
	ASSERT_EQ(0, kill(v.pid, SIGKILL));
	next_dying(_metadata, self, &parent, &dying);
	next_dead(_metadata, self, &parent, &dying, &dead);
	close(pidfd);
	victim_end(&v);
}

TEST_F(vigil, a_child_with_its_parents_memory_is_told_and_the_parent_is_not)
{
	child_dies(_metadata, self, NULL);
}

TEST_F(vigil, a_child_that_gave_the_memory_back_by_exec_is_told)
{
	child_dies(_metadata, self, self);
}

/* A parent that waits for its memory can be killed, and its child keeps that. */
TEST_F(vigil, a_parent_whose_child_has_its_memory_is_told_alone)
{
	struct watch parent, child, dying, dead;
	struct victim v;
	int pidfd;

	start_vforked(_metadata, self, &v, NULL, &parent, &child, &pidfd);
	ASSERT_EQ(0, kill(v.pid, SIGKILL));
	next_dying(_metadata, self, &parent, &dying);
	next_dead(_metadata, self, &parent, &dying, &dead);
	expect_alive(_metadata, self, &child);
	ASSERT_EQ(0, kill(child.pid, SIGKILL));
	next_dying(_metadata, self, &child, &dying);
	next_dead(_metadata, self, &child, &dying, &dead);
	close(pidfd);
	victim_end(&v);
}

TEST_HARNESS_MAIN
