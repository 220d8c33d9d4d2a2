// SPDX-License-Identifier: GPL-2.0
/* The black box by libvigil.so. */
#include "selftests/lib/symbols.h"

static int keep_newest_event(const struct vigil_note *n, void *arg)
{
	if (n->kind == VIGIL_NOTE_KIND_EVENT)
		*(struct vigil_note *)arg = *n;
	return 0;
}

static int count_two(const struct vigil_note *n, void *arg)
{
	(void)n;
	return ++*(int *)arg == 2 ? 77 : 0;
}

TEST_F(lib, vigil_blackbox_read_gives_the_notes)
{
	struct vigil_note n = { .number = 0 };
	char text[64];

	ASSERT_EQ(1, watch_exit(self, 5));
	ASSERT_EQ(0, vigil_blackbox_read(self->v, keep_newest_event, &n));
	snprintf(text, sizeof(text), "dead %llu pid %d exited 5 " OWNER "/a tag",
		 (unsigned long long)self->e.seq, self->c.pid);
	EXPECT_STREQ(text, n.text);
	EXPECT_LE(self->e.watch.exit.boottime_ns, n.boottime_ns);
}

TEST_F(lib, vigil_blackbox_read_ends_when_it_is_told)
{
	int calls = 0;

	ASSERT_EQ(1, watch_exit(self, 5));
	EXPECT_EQ(77, vigil_blackbox_read(self->v, count_two, &calls));
	EXPECT_EQ(2, calls);
	EXPECT_EQ(0, vigil_release(self->v, self->w.id));
}

TEST_HARNESS_MAIN
