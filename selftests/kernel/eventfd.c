// SPDX-License-Identifier: GPL-2.0
/* The eventfd of a watch: counted up once, where the death is first certain; and what is refused. */
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include "selftests/kernel/early.h"

enum { NEVER_AN_ID = 1 << 30 };

static int new_bell(struct __test_metadata *_metadata)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	ASSERT_LT(0, fd);
	return fd;
}

/* How often it was rung since; 0 if it was not. */
static uint64_t rung(int bell)
{
	uint64_t count = 0;

	return read(bell, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static bool await_bell(int bell)
{
	struct pollfd pfd = { .fd = bell, .events = POLLIN };

	return poll(&pfd, 1, DEADLINE_MS * patience()) == 1;
}

/* A victim that exits when it is let, and rings. */
static void start_with_bell(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			    int *code, int bell, struct watch *w)
{
	start(_metadata, v, life_exit, code);
	watch_flags(_metadata, self, v->pidfd, DYING, bell, w);
}

TEST_F(vigil, it_is_rung_while_the_victim_is_on_its_way_out)
{
	int bell = new_bell(_metadata), code = 0;
	struct watch w, dying, dead;
	struct victim v;

	start_with_bell(_metadata, self, &v, &code, bell, &w);
	EXPECT_EQ(0, rung(bell));
	hold_at_exit(_metadata, &v);
	EXPECT_TRUE(await_bell(bell));
	EXPECT_EQ(1, rung(bell));
	next_dying(_metadata, self, &w, &dying);
	let_pass(_metadata, &v);
	next_dead(_metadata, self, &w, &dying, &dead);
	EXPECT_EQ(0, rung(bell));
	victim_end(&v);
	close(bell);
}

TEST_F(vigil, it_is_rung_at_once_for_the_dead)
{
	int bell = new_bell(_metadata), later = new_bell(_metadata), code = 0;
	struct watch w, dead;
	struct victim v;

	start(_metadata, &v, life_exit, &code);
	victim_go(&v);
	ASSERT_EQ(0, victim_await_zombie(&v));
	watch_flags(_metadata, self, v.pidfd, DYING, bell, &w);
	EXPECT_EQ(1, rung(bell));
	next_dead(_metadata, self, &w, NULL, &dead);
	ASSERT_EQ(0, client_set_eventfd(&self->c, w.id, later));
	EXPECT_EQ(1, rung(later));
	EXPECT_EQ(0, rung(bell));
	victim_end(&v);
	close(later);
	close(bell);
}

TEST_F(vigil, another_takes_its_place)
{
	int bell = new_bell(_metadata), later = new_bell(_metadata);
	int last = new_bell(_metadata), code = 0;
	struct watch w, dying, dead;
	struct victim v;

	start_with_bell(_metadata, self, &v, &code, bell, &w);
	ASSERT_EQ(0, client_set_eventfd(&self->c, w.id, later));
	hold_at_exit(_metadata, &v);
	next_dying(_metadata, self, &w, &dying);
	EXPECT_EQ(0, rung(bell));
	EXPECT_EQ(1, rung(later));
	ASSERT_EQ(0, client_set_eventfd(&self->c, w.id, last));
	EXPECT_EQ(1, rung(last));
	let_pass(_metadata, &v);
	next_dead(_metadata, self, &w, &dying, &dead);
	EXPECT_EQ(0, rung(bell) + rung(later) + rung(last));
	victim_end(&v);
	close(last);
	close(later);
	close(bell);
}

TEST_F(vigil, who_closed_it_is_not_missed)
{
	int bell = new_bell(_metadata), code = 0;
	struct watch w, dying, dead;
	struct victim v;

	start_with_bell(_metadata, self, &v, &code, bell, &w);
	close(bell);
	victim_go(&v);
	next_dying(_metadata, self, &w, &dying);
	next_dead(_metadata, self, &w, &dying, &dead);
	victim_end(&v);
}

static void expect_refusal(struct __test_metadata *_metadata, vigil_t *self, int attr,
			   const char *sentence)
{
	EXPECT_EQ(attr, self->c.refusal.attr);
	EXPECT_STREQ(sentence, self->c.refusal.sentence);
}

TEST_F(vigil, what_cannot_be_is_refused)
{
	struct request req = { .owner = OWNER };
	int bell = new_bell(_metadata);
	struct watch plain, dying;
	struct victim v;

	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, victim_told(&v));
	req.pidfd = v.pidfd;
	req.eventfd = bell;
	EXPECT_EQ(-EINVAL, client_watch(&self->c, &req, NULL));
	expect_refusal(_metadata, self, VIGIL_A_WATCH_EVENTFD,
		       "an eventfd is for a watch with the flag \"dying\"");
	req.flags = DYING | TREE;
	req.eventfd = v.pidfd;
	EXPECT_EQ(-EINVAL, client_watch(&self->c, &req, NULL));
	expect_refusal(_metadata, self, VIGIL_A_WATCH_EVENTFD, "not an eventfd of the caller");
	req.eventfd = 1 << 20;
	EXPECT_EQ(-EBADF, client_watch(&self->c, &req, NULL));
	expect_refusal(_metadata, self, VIGIL_A_WATCH_EVENTFD, "not an eventfd of the caller");
	watch_pidfd(_metadata, self, v.pidfd, &plain);
	EXPECT_EQ(-EOPNOTSUPP, client_set_eventfd(&self->c, plain.id, bell));
	expect_refusal(_metadata, self, VIGIL_A_WATCH_ID,
		       "the watch was made without the flag \"dying\"");
	EXPECT_EQ(-ENOENT, client_set_eventfd(&self->c, NEVER_AN_ID, bell));
	expect_refusal(_metadata, self, VIGIL_A_WATCH_ID, "there is no watch with this id");
	ASSERT_EQ(0, client_release(&self->c, plain.id));
	watch_flags(_metadata, self, v.pidfd, DYING, 0, &dying);
	EXPECT_EQ(-EINVAL, client_set_eventfd(&self->c, dying.id, 0));
	EXPECT_EQ(VIGIL_A_WATCH_EVENTFD, self->c.refusal.missing);
	EXPECT_STREQ("nothing is to be set: an eventfd is needed", self->c.refusal.sentence);
	EXPECT_EQ(-EINVAL, client_set_eventfd(&self->c, dying.id, v.pidfd));
	expect_refusal(_metadata, self, VIGIL_A_WATCH_EVENTFD, "not an eventfd of the caller");
	ASSERT_EQ(0, client_release(&self->c, dying.id));
	victim_end(&v);
	close(bell);
}

static void write_file(struct __test_metadata *_metadata, const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);

	ASSERT_LE(0, fd);
	ASSERT_EQ((ssize_t)strlen(text), write(fd, text, strlen(text)));
	close(fd);
}

static int life_dump(const struct ends *ends, void *unused)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	(void)unused;
	setrlimit(RLIMIT_CORE, &all);
	return life_pause(ends, NULL);
}

/* A program that takes the dump waits to read from a pipe; the dump cannot end before. */
TEST_F(vigil, a_core_dump_is_told_of_before_it_ends)
{
	char dir[] = "/tmp/vigil-dump.XXXXXX";
	char path[64], script[256], gate[64], pattern[80], old[256] = "";
	int fd, bell = new_bell(_metadata);
	struct watch w, dying, dead;
	struct victim v;

	ASSERT_NE(NULL, mkdtemp(dir));
	snprintf(gate, sizeof(gate), "%s/gate", dir);
	snprintf(path, sizeof(path), "%s/take", dir);
	snprintf(pattern, sizeof(pattern), "|%s", path);
	snprintf(script, sizeof(script), "#!/bin/sh\nread -r go <%s\nexec cat >/dev/null\n", gate);
	write_file(_metadata, path, script);
	ASSERT_EQ(0, mkfifo(gate, 0600));
	fd = open("/proc/sys/kernel/core_pattern", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, old, sizeof(old) - 1));
	ASSERT_EQ((ssize_t)strlen(pattern), pwrite(fd, pattern, strlen(pattern), 0));
	start(_metadata, &v, life_dump, NULL);
	ASSERT_EQ(0, victim_told(&v));
	watch_flags(_metadata, self, v.pidfd, DYING, bell, &w);
	ASSERT_EQ(0, kill(v.pid, SIGSEGV));
	EXPECT_TRUE(await_bell(bell));
	next_dying(_metadata, self, &w, &dying);
	expect_state(_metadata, self, &w, VIGIL_WATCH_STATE_DYING);
	write_file(_metadata, gate, "go\n");
	next_dead(_metadata, self, &w, &dying, &dead);
	EXPECT_EQ(VIGIL_CAUSE_CORE_DUMPED, dead.exit.cause);
	EXPECT_EQ((ssize_t)strlen(old), pwrite(fd, old, strlen(old), 0));
	close(fd);
	victim_end(&v);
	unlink(gate);
	unlink(path);
	rmdir(dir);
	close(bell);
}

TEST_HARNESS_MAIN
