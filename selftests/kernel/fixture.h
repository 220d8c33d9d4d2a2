/* SPDX-License-Identifier: GPL-2.0 */
/* What the suite's programs share: a client, a listener, and one death seen from every side. */
#ifndef SELFTESTS_KERNEL_FIXTURE_H
#define SELFTESTS_KERNEL_FIXTURE_H

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/pace.h"
#include "selftests/kernel/module.h"
#include "selftests/kernel/victim.h"
#include "selftests/lib/harness.h"

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 120

#define OWNER "selftest"

enum {
	DEADLINE_MS = 30000,
	TAINT_DIE_OR_WARN = (1 << 7) | (1 << 9),
};

static inline unsigned long taint(void)
{
	FILE *f = fopen("/proc/sys/kernel/tainted", "re");
	unsigned long bits = 0;

	if (!f || fscanf(f, "%lu", &bits) != 1)
		bits = TAINT_DIE_OR_WARN;
	if (f)
		fclose(f);
	return bits;
}

FIXTURE(vigil) {
	struct client c;
	struct listener l;
	uint64_t seq;		/* the newest event that the test has accounted for */
};

FIXTURE_SETUP(vigil)
{
	struct stats s;

	ASSERT_EQ(0, client_open(&self->c)) {
		TH_LOG("the family is not there: is %s loaded?", module_path());
	}
	ASSERT_LE(0, client_release_owner(&self->c, NULL));
	ASSERT_EQ(0, listener_open(&self->l, 0));
	ASSERT_EQ(0, client_stats(&self->c, &s));
	ASSERT_EQ(0, s.watches);
	self->seq = s.seq;
}

/* Whatever a test did, there is no event that it has not seen, and no splat. */
FIXTURE_TEARDOWN(vigil)
{
	struct watch w;
	struct stats s;

	EXPECT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(self->seq, s.seq);
	EXPECT_EQ(0, listener_next(&self->l, &w, 0));
	EXPECT_LE(0, client_release_owner(&self->c, NULL));
	EXPECT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(0, s.watches);
	EXPECT_EQ(0, s.dead);
	EXPECT_EQ(0, taint() & TAINT_DIE_OR_WARN);
	listener_close(&self->l);
	client_close(&self->c);
}

typedef FIXTURE_DATA(vigil) vigil_t;

static inline void start(struct __test_metadata *_metadata, struct victim *v, life_fn life,
			 void *arg)
{
	ASSERT_EQ(0, victim_start(v, life, arg));
}

static inline void watch_pidfd(struct __test_metadata *_metadata, vigil_t *self, int pidfd,
			       struct watch *w)
{
	ASSERT_EQ(0, client_watch_pidfd(&self->c, pidfd, OWNER, w)) {
		TH_LOG("refused: %s", self->c.refusal.sentence);
	}
}

static inline void watch_alive(struct __test_metadata *_metadata, vigil_t *self,
			       const struct victim *v, struct watch *w)
{
	watch_pidfd(_metadata, self, v->pidfd, w);
	ASSERT_EQ(VIGIL_WATCH_STATE_ALIVE, w->state);
	EXPECT_EQ(v->pid, w->pid);
	EXPECT_EQ(v->start_ticks, w->start_ticks);
}

static inline void start_watched(struct __test_metadata *_metadata, vigil_t *self,
				 struct victim *v, life_fn life, void *arg, struct watch *w)
{
	start(_metadata, v, life, arg);
	watch_alive(_metadata, self, v, w);
}

/* For a life that tells 0 when it is as the test wants it. */
static inline void start_ready(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			       life_fn life, void *arg, struct watch *w)
{
	start(_metadata, v, life, arg);
	ASSERT_EQ(0, victim_told(v));
	watch_alive(_metadata, self, v, w);
}

/* The next event is the death of this watch, and comes once the sequence allows no other. */
static inline void next_death(struct __test_metadata *_metadata, vigil_t *self,
			      const struct watch *w, struct watch *event)
{
	ASSERT_EQ(1, listener_next(&self->l, event, DEADLINE_MS));
	ASSERT_EQ(VIGIL_EVENT_TYPE_DEAD, event->type);
	EXPECT_EQ(++self->seq, event->seq);
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, event->state);
	EXPECT_EQ(w->id, event->id);
	EXPECT_EQ(w->pid, event->pid);
	EXPECT_EQ(w->tgid, event->tgid);
	EXPECT_EQ(w->start_ticks, event->start_ticks);
	EXPECT_EQ(w->start_ns, event->start_ns);
	EXPECT_STREQ(w->owner, event->owner);
	EXPECT_STREQ(w->tag, event->tag);
	EXPECT_EQ(event->seq, event->exit.seq);
}

/* What the watch keeps is what the event told. */
static inline void expect_kept(struct __test_metadata *_metadata, vigil_t *self,
			       const struct watch *event)
{
	struct watch w;

	ASSERT_EQ(0, client_get(&self->c, event->id, &w));
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, w.state);
	EXPECT_EQ(0, memcmp(&w.exit, &event->exit, sizeof(w.exit)));
	EXPECT_STREQ(event->comm, w.comm);
}

static inline void expect_alive(struct __test_metadata *_metadata, vigil_t *self,
				const struct watch *watched)
{
	struct watch w;

	ASSERT_EQ(0, client_get(&self->c, watched->id, &w));
	EXPECT_EQ(VIGIL_WATCH_STATE_ALIVE, w.state);
	EXPECT_EQ(0, listener_next(&self->l, &w, 0));
}

/* The death is told before anyone reaps, and as wait4() tells it then. */
static inline int expect_death(struct __test_metadata *_metadata, vigil_t *self,
			       struct victim *v, const struct watch *w, struct watch *event)
{
	struct rusage usage;
	const char *differs;
	int status;

	next_death(_metadata, self, w, event);
	status = victim_reap(v, &usage);
	ASSERT_LE(0, status);
	differs = record_differs(&event->exit, status, &usage);
	EXPECT_EQ(NULL, differs) {
		TH_LOG("not as wait4 tells (status %#x): %s; user %ju us, system %ju us, not %ju and %ju",
		       status, differs, (uintmax_t)event->exit.utime_ns / 1000,
		       (uintmax_t)event->exit.stime_ns / 1000,
		       (uintmax_t)usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec,
		       (uintmax_t)usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec);
	}
	expect_kept(_metadata, self, event);
	victim_end(v);
	return status;
}

static inline void let_die(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			   const struct watch *w, struct watch *event)
{
	victim_go(v);
	expect_death(_metadata, self, v, w, event);
}

static inline void kill_by(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			   int sig, const struct watch *w, struct watch *event)
{
	ASSERT_EQ(0, kill(v->pid, sig));
	expect_death(_metadata, self, v, w, event);
	EXPECT_EQ(sig, event->exit.signal);
}

/* The death of a victim that was watched from its start and goes when it is let. */
static inline void live_and_die(struct __test_metadata *_metadata, vigil_t *self, life_fn life,
				void *arg, struct watch *event)
{
	struct victim v;
	struct watch w;

	start_watched(_metadata, self, &v, life, arg, &w);
	let_die(_metadata, self, &v, &w, event);
}

#endif /* SELFTESTS_KERNEL_FIXTURE_H */
