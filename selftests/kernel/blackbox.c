// SPDX-License-Identifier: GPL-2.0
/* The black box while the module runs: what is noted, in which words, for whom, and for how long. */
#include <grp.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "selftests/kernel/fixture.h"
#include "selftests/kernel/mob.h"
#include "selftests/kernel/notes.h"

enum {
	NOBODY = 65534,
	STORM = 1000,		/* more than the box holds */
	STORM_RCVBUF = 8 << 20,
	LOADED = 1,		/* number of the decision that tells of the loading */
};

static struct notes box;

static void read_box(struct __test_metadata *_metadata, vigil_t *self)
{
	ASSERT_EQ(0, notes_read(&self->c, &box));
	ASSERT_LT(0, box.count);
}

static const struct note *event_noted(struct __test_metadata *_metadata, vigil_t *self,
				      const char *part)
{
	const struct note *n;

	read_box(_metadata, self);
	n = notes_find(&box, VIGIL_NOTE_KIND_EVENT, part);
	EXPECT_NE(NULL, n) {
		TH_LOG("nothing is noted that says \"%s\"", part);
	}
	return n;
}

TEST_F(vigil, a_death_is_noted_with_number_process_cause_and_names)
{
	uint64_t before = clock_ns(CLOCK_BOOTTIME);
	struct request req = { .owner = OWNER, .tag = "black box" };
	struct watch w, event;
	const struct note *n;
	struct victim v;
	char text[128];

	start(_metadata, &v, life_pause, NULL);
	req.pidfd = v.pidfd;
	ASSERT_EQ(0, client_watch(&self->c, &req, &w));
	kill_by(_metadata, self, &v, SIGKILL, &w, &event);
	snprintf(text, sizeof(text), "dead %llu pid %d signal 9 " OWNER "/black box",
		 (unsigned long long)event.seq, w.pid);
	n = event_noted(_metadata, self, text);
	ASSERT_NE(NULL, n);
	EXPECT_STREQ(text, n->text);
	EXPECT_LE(before, n->boottime_ns);
	EXPECT_GE(clock_ns(CLOCK_BOOTTIME), n->boottime_ns);
}

TEST_F(vigil, an_exit_is_noted_with_its_code)
{
	struct watch event;
	char text[128];
	int code = 42;

	live_and_die(_metadata, self, life_exit, &code, &event);
	snprintf(text, sizeof(text), "dead %llu pid %d exited 42", (unsigned long long)event.seq,
		 event.pid);
	event_noted(_metadata, self, text);
}

/* Else a name could write lines of its own into what an operator reads after a reset. */
TEST_F(vigil, a_name_cannot_begin_a_new_line)
{
	struct request req = { .owner = OWNER, .tag = "one\ntwo\x1b[2J\x7f" };
	struct watch w, event;
	const struct note *n;
	struct victim v;
	int code = 0, i;

	start(_metadata, &v, life_exit, &code);
	req.pidfd = v.pidfd;
	ASSERT_EQ(0, client_watch(&self->c, &req, &w));
	let_die(_metadata, self, &v, &w, &event);
	n = event_noted(_metadata, self, "one?two?[2J?");
	ASSERT_NE(NULL, n);
	for (i = 0; n->text[i]; i++)
		EXPECT_LE(' ', n->text[i]);
}

TEST_F(vigil, a_storm_washes_out_no_decision)
{
	uint64_t next[2] = { 0, 0 };
	int storm = crowd(STORM), i;
	struct watch w;
	struct mob m;

	listener_close(&self->l);
	ASSERT_EQ(0, listener_open(&self->l, STORM_RCVBUF));
	ASSERT_EQ(0, mob_gather(&m, storm));
	for (i = 0; i < storm; i++) {
		struct request req = { .pidfd = -1, .pid = m.pid[i], .owner = OWNER,
				       .start_ticks = m.start_ticks[i] };

		ASSERT_EQ(0, client_watch(&self->c, &req, NULL));
	}
	mob_release(&m);
	for (i = 0; i < storm; i++) {
		ASSERT_EQ(1, listener_next(&self->l, &w, DEADLINE_MS * patience()));
		self->seq++;
	}
	mob_end(&m);
	read_box(_metadata, self);
	ASSERT_NE(NULL, notes_find(&box, VIGIL_NOTE_KIND_DECISION, "loaded: version "));
	EXPECT_EQ(LOADED, notes_find(&box, VIGIL_NOTE_KIND_DECISION, "loaded: version ")->number);
	for (i = 0; i < box.count; i++) {
		const struct note *n = &box.note[i];

		ASSERT_GE(VIGIL_NOTE_KIND_DECISION, n->kind);
		if (next[n->kind])
			EXPECT_EQ(next[n->kind], n->number);
		if (n->kind == VIGIL_NOTE_KIND_EVENT)
			EXPECT_EQ(0, next[VIGIL_NOTE_KIND_DECISION]);
		next[n->kind] = n->number + 1;
	}
	EXPECT_LE((uint64_t)storm, next[VIGIL_NOTE_KIND_EVENT] - 1);
	EXPECT_GT(storm, box.count);
	ASSERT_NE(NULL, notes_find(&box, VIGIL_NOTE_KIND_EVENT, "dead "));
	EXPECT_EQ(self->seq, strtoull(notes_find(&box, VIGIL_NOTE_KIND_EVENT, "dead ")->text + 5,
				      NULL, 10));
}

/* In a process of its own; the line that went wrong, or 0. */
#define REQUIRE(cond)				\
	do {					\
		if (!(cond))			\
			_exit(1 + __LINE__ % 255);	\
	} while (0)

static void child_ended_well(struct __test_metadata *_metadata, pid_t pid)
{
	int status;

	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status) {
		TH_LOG("line %d or so went wrong", WEXITSTATUS(status) - 1);
	}
}

static void die_watched_in_another_net(void)
{
	struct listener l;
	struct victim v;
	struct client c;
	struct watch w;
	int code = 3;

	REQUIRE(!unshare(CLONE_NEWNET));
	REQUIRE(!client_open(&c) && !listener_open(&l, 0));
	REQUIRE(!victim_start(&v, life_exit, &code));
	REQUIRE(!client_watch_pidfd(&c, v.pidfd, "elsewhere", &w));
	victim_go(&v);
	REQUIRE(victim_reap(&v, NULL) >= 0);
	REQUIRE(listener_next(&l, &w, DEADLINE_MS * patience()) == 1 && w.exit.seq == 1);
	REQUIRE(!client_release(&c, w.id));
	REQUIRE(notes_read(&c, &box) == -EPERM);
	_exit(0);
}

TEST_F(vigil, other_namespaces_are_noted_by_their_number_and_may_not_read)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		die_watched_in_another_net();
	child_ended_well(_metadata, pid);
	event_noted(_metadata, self, "exited 3 net:[");
	event_noted(_metadata, self, "] elsewhere/");
}

static void read_as_nobody(void)
{
	struct client c;

	REQUIRE(!setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
		!setresuid(NOBODY, NOBODY, NOBODY));
	REQUIRE(!client_open(&c));
	REQUIRE(notes_read(&c, &box) == -EPERM);
	_exit(0);
}

TEST_F(vigil, nobody_else_reads_the_box)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		read_as_nobody();
	child_ended_well(_metadata, pid);
}

TEST_HARNESS_MAIN
