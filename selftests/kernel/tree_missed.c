// SPDX-License-Identifier: GPL-2.0
/* Descendants that cannot be noted, because too many trees have noted them already, are counted. */
#include "selftests/kernel/early.h"

enum {
	TREES_MAX = 16,
	CHILDREN_MAX = 2,
};

/* A child for each go; tells its process ID. */
static int life_parent(const struct ends *ends, void *unused)
{
	pid_t pid;

	(void)unused;
	do {
		life_await_go(ends);
		pid = fork();
		if (!pid)
			for (;;)
				pause();
		life_tell(ends, pid);
	} while (pid > 0);
	return 124;
}

/* So many owners watch the child with its descendants that no other tree has room. */
static void fill(struct __test_metadata *_metadata, vigil_t *self, pid_t child)
{
	struct request req = { .pidfd = pidfd_open_raw(child, 0), .flags = TREE };
	char owner[16];
	int i;

	ASSERT_LE(0, req.pidfd);
	req.owner = owner;
	for (i = 0; i < TREES_MAX; i++) {
		snprintf(owner, sizeof(owner), "owner%d", i);
		ASSERT_EQ(0, client_watch(&self->c, &req, NULL));
	}
	close(req.pidfd);
}

static void expect_counts(struct __test_metadata *_metadata, vigil_t *self, const struct watch *w,
			  uint32_t members, uint32_t missed)
{
	struct watch now;

	ASSERT_EQ(0, client_get(&self->c, w->id, &now));
	EXPECT_EQ(members, now.members);
	EXPECT_EQ(missed, now.members_missed);
}

/* The first child is in as many trees as it may be, the others in none; then the parent is watched. */
static void watch_family(struct __test_metadata *_metadata, vigil_t *self, int children, struct victim *v,
			 pid_t *child, struct watch *w)
{
	int i;

	start(_metadata, v, life_parent, NULL);
	for (i = 0; i < children; i++) {
		victim_go(v);
		child[i] = victim_told(v);
		ASSERT_LT(0, child[i]);
	}
	fill(_metadata, self, child[0]);
	watch_flags(_metadata, self, v->pidfd, TREE, 0, w);
	EXPECT_EQ(children - 1, (int)w->members);
	EXPECT_EQ(1, w->members_missed);
}

/* Of its own watches there are two events each; in the tree that missed it there is none. */
static void first_child_dies(struct __test_metadata *_metadata, vigil_t *self, pid_t child, const struct watch *w)
{
	struct watch event;
	int i;

	ASSERT_EQ(0, kill(child, SIGKILL));
	for (i = 0; i < 2 * TREES_MAX; i++) {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS * patience()));
		EXPECT_EQ(++self->seq, event.seq);
		EXPECT_NE(w->id, event.id);
		EXPECT_TRUE(event.type == VIGIL_EVENT_TYPE_DEAD || event.type == VIGIL_EVENT_TYPE_GROUP_EMPTY);
		EXPECT_EQ(0, event.members_missed);
	}
}

static void parent_dies(struct __test_metadata *_metadata, vigil_t *self, struct victim *v, const struct watch *w)
{
	struct watch event;

	ASSERT_EQ(0, kill(v->pid, SIGKILL));
	next_of(_metadata, self, VIGIL_EVENT_TYPE_DEAD, w, &event);
	EXPECT_EQ(1, event.members_missed);
	next_of(_metadata, self, VIGIL_EVENT_TYPE_GROUP_EMPTY, w, &event);
	EXPECT_EQ(0, event.members);
	EXPECT_EQ(1, event.members_missed);
	victim_end(v);
}

TEST_F(vigil, a_descendant_in_too_many_trees_is_missed_and_counted)
{
	pid_t child[CHILDREN_MAX];
	struct victim v;
	struct watch w;

	watch_family(_metadata, self, 1, &v, child, &w);
	expect_counts(_metadata, self, &w, 0, 1);
	first_child_dies(_metadata, self, child[0], &w);
	expect_counts(_metadata, self, &w, 0, 1);
	parent_dies(_metadata, self, &v, &w);
}

/* Who looks for descendants looks again as long as there are new ones. */
TEST_F(vigil, a_missed_descendant_is_counted_once_beside_others)
{
	pid_t child[CHILDREN_MAX];
	struct watch w, event;
	struct victim v;

	watch_family(_metadata, self, CHILDREN_MAX, &v, child, &w);
	expect_counts(_metadata, self, &w, 1, 1);
	first_child_dies(_metadata, self, child[0], &w);
	ASSERT_EQ(0, kill(child[1], SIGKILL));
	next_of(_metadata, self, VIGIL_EVENT_TYPE_MEMBER_DEAD, &w, &event);
	EXPECT_EQ(child[1], event.member.pid);
	EXPECT_EQ(1, event.members_missed);
	parent_dies(_metadata, self, &v, &w);
}

TEST_HARNESS_MAIN
