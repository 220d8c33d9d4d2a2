// SPDX-License-Identifier: GPL-2.0
/* A reader that follows every event: what it misses it has replayed, and nothing else. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/pace.h"
#include "selftests/stress/board.h"

enum {
	ROOMY = 16 << 20,
	NARROW = 4096,
	SLOTH_EVENTS = 20,	/* read at a stretch by a slow one, */
	SLOTH_DEATHS = 80,	/* which then sleeps until so many have died: more than its buffer holds */
	LOOK_MS = 50,
};

struct follower {
	struct board *b;
	unsigned int number;
	uint64_t next;
	uint64_t rested;	/* when it slept last */
	struct client c;
	struct listener l;
};

static void heard(struct follower *f, const struct watch *event)
{
	if (event->seq != f->next) {
		tally_complain(&f->b->tally, "follower %u: event %llu, not %llu", f->number,
			       (unsigned long long)event->seq, (unsigned long long)f->next);
		return;
	}
	f->next++;
	board_hear(f->b, f->number, event);
}

static int replayed(const struct watch *event, void *arg)
{
	heard(arg, event);
	return 0;
}

static void replay(struct follower *f)
{
	int ret = client_replay(&f->c, f->next, replayed, f);

	atomic_fetch_add(&f->b->replays, 1);
	if (ret)
		tally_complain(&f->b->tally, "follower %u: replay: %d %s", f->number, ret,
			       f->c.refusal.sentence);
}

/* What was replayed is heard once more from the socket; what is ahead shows that some was lost. */
static void follow(struct follower *f)
{
	struct watch event;
	int ret = listener_next(&f->l, &event, LOOK_MS);

	if (ret == -ENOBUFS) {
		atomic_fetch_add(&f->b->overruns, 1);
		replay(f);
	} else if (ret < 0) {
		tally_complain(&f->b->tally, "follower %u: %d", f->number, ret);
	} else if (ret && event.seq > f->next) {
		replay(f);
	} else if (ret && event.seq == f->next) {
		heard(f, &event);
	}
}

static bool at_the_end(struct follower *f)
{
	uint64_t last = atomic_load(&f->b->last);

	if (last && f->next <= last)
		replay(f);
	return last && f->next > last;
}

static void be_slow(struct follower *f)
{
	unsigned int begin = atomic_load(&f->b->deaths);
	struct pace p;

	if (f->next < f->rested + SLOTH_EVENTS)
		return;
	pace_begin(&p, PACE_US, 0);
	while (!atomic_load(&f->b->stop) && atomic_load(&f->b->deaths) < begin + SLOTH_DEATHS && pace_next(&p))
		;
	pace_end(&p);
	f->rested = f->next;
}

static int live(struct follower *f)
{
	if (client_open(&f->c) || listener_open(&f->l, f->number ? NARROW : ROOMY))
		return 1;
	f->next = 1;
	atomic_fetch_add(&f->b->ready, 1);
	while (!at_the_end(f)) {
		follow(f);
		if (f->number)
			be_slow(f);
	}
	return 0;
}

int follower_live(struct board *b, uint64_t seed, unsigned int number)
{
	struct follower *f = calloc(1, sizeof(*f));

	(void)seed;
	if (!f)
		return 1;
	f->b = b;
	f->number = number;
	return live(f);
}
