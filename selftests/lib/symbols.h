/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the library's functions share: a handle, a reader, a child, and what was told of it. */
#ifndef SELFTESTS_LIB_SYMBOLS_H
#define SELFTESTS_LIB_SYMBOLS_H

#include "selftests/lib/guest.h"
#include "selftests/lib/harness.h"

/* For guests that are emulated, and that others keep waiting. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 120

#define OWNER "libtest"

FIXTURE(lib) {
	struct vigil *v;
	struct vigil_events *ev;
	struct child c;
	struct vigil_watch w;
	struct vigil_event e;
};

FIXTURE_SETUP(lib)
{
	ASSERT_EQ(0, vigil_open(&self->v));
	ASSERT_EQ(0, release_all(self->v, OWNER));
	ASSERT_EQ(0, vigil_events_open(0, &self->ev));
	ASSERT_EQ(0, child_start(&self->c));
}

FIXTURE_TEARDOWN(lib)
{
	child_end(&self->c);
	EXPECT_EQ(0, release_all(self->v, OWNER));
	vigil_events_close(self->ev);
	vigil_close(self->v);
}

typedef FIXTURE_DATA(lib) lib_t;

static inline int watch(lib_t *self)
{
	return vigil_watch_pidfd(self->v, self->c.pidfd, OWNER, "a tag", 0, &self->w);
}

/* The child is watched and exits: 1 once that is told. */
static inline int watch_exit(lib_t *self, unsigned char code)
{
	int r = watch(self);

	if (r)
		return r;
	child_exit(&self->c, code);
	return await_event(self->ev, &self->e);
}

#endif /* SELFTESTS_LIB_SYMBOLS_H */
