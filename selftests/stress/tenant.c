// SPDX-License-Identifier: GPL-2.0
/* A coordinator's hand: leases that are renewed, run out, are recalled and held again, and who is bound to them. */
/*
 * A lease that was granted for a short time may run out before anything can be bound to it, on a slow
 * node: what is refused for that is not bound, and lives on.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "selftests/fuzz/random.h"
#include "selftests/kernel/client.h"
#include "selftests/kernel/group.h"
#include "selftests/kernel/lease_client.h"
#include "selftests/kernel/pace.h"
#include "selftests/kernel/victim.h"
#include "selftests/stress/board.h"

enum {
	BOUND = 3,
	SHORT_MS = 300,
	LONG_MS = 3600 * 1000,
	RENEWALS = 3,
	TIMES = 4,		/* how many times longer than it took last a lease to be renewed is held */
	NS_PER_MS = 1000000,
};

struct tenant {
	struct board *b;
	struct rng rng;
	char name[VIGIL_OWNER_LEN_MAX + 1];	/* of owner, lease and cgroup */
	uint64_t epoch;
	uint32_t took_ms;		/* to bind all, last time */
	struct victim v[BOUND];
	struct watch w[BOUND];
	bool bound[BOUND];
	struct client c;
};

static void complain(struct tenant *t, const char *what, int ret)
{
	tally_complain(&t->b->tally, "%s: %s: %d %s", t->name, what, ret, t->c.refusal.sentence);
}

static void expect(struct tenant *t, uint32_t stage)
{
	board_expect_news(t->b, NEWS_LEASE + stage, 1);
}

static void must(struct tenant *t, const char *what, int ret)
{
	if (ret)
		complain(t, what, ret);
}

static bool is_dead(const struct victim *v)
{
	struct pollfd p = { .fd = v->pidfd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* A lease, and processes bound to it if it has not run out before. */
static void begin(struct tenant *t, uint32_t ms, int cgroup_kill)
{
	uint64_t begin_ns = clock_ns(CLOCK_BOOTTIME);
	int i, ret;

	must(t, "lease-new", lease_new(&t->c, t->name, ++t->epoch, ms));
	for (i = 0; i < BOUND; i++) {
		must(t, "a victim", victim_start(&t->v[i], life_pause, NULL));
		victim_told(&t->v[i]);
		must(t, "watch", client_watch_pidfd(&t->c, t->v[i].pidfd, t->name, &t->w[i]));
		ret = lease_bind(&t->c, t->name, t->w[i].id, i ? 0 : cgroup_kill, NULL);
		t->bound[i] = !ret;
		if (ret && (ret != -ETIME || ms == LONG_MS))
			complain(t, "lease-bind", ret);
	}
	t->took_ms = (clock_ns(CLOCK_BOOTTIME) - begin_ns) / NS_PER_MS;
}

static bool fenced(struct tenant *t)
{
	struct lease l;
	int ret = lease_get(&t->c, t->name, &l);

	if (ret)
		complain(t, "lease-get", ret);
	return ret || l.state == VIGIL_LEASE_STATE_FENCED;
}

/* A lease may have been granted for longer than anything else takes. */
static bool becomes_fenced(struct tenant *t, uint32_t ms)
{
	struct pace p;
	bool is;

	pace_begin(&p, PACE_US, PACE_DEADLINE_MS + ms);
	while (!(is = fenced(t)) && pace_next(&p))
		;
	pace_end(&p);
	return is;
}

/* Who is bound to a lease that is fenced is dead by then, and nobody else. */
static void await_fenced(struct tenant *t, uint32_t stage, uint32_t ms)
{
	int i;

	expect(t, stage);
	expect(t, VIGIL_LEASE_STAGE_FENCED);
	if (!becomes_fenced(t, ms))
		complain(t, "it is not fenced", ms);
	for (i = 0; i < BOUND; i++)
		if (is_dead(&t->v[i]) != t->bound[i])
			complain(t, t->bound[i] ? "it lives, and its lease is fenced" : "it is dead, and was not bound", i);
}

static void end(struct tenant *t)
{
	int i;

	for (i = 0; i < BOUND; i++) {
		board_want(t->b, t->w[i].id, (struct board_want){
			.fate = FATE_DEATH,
			.cause = t->bound[i] ? VIGIL_CAUSE_FENCED : VIGIL_CAUSE_SIGNALLED,
		});
		victim_end(&t->v[i]);
		atomic_fetch_add(&t->b->deaths, 1);
	}
	must(t, "release of all", client_release_owner(&t->c, t->name) == BOUND ? 0 : -EINVAL);
	must(t, "lease-del", lease_del(&t->c, t->name));
}

static void expires(struct tenant *t)
{
	begin(t, SHORT_MS, 0);
	await_fenced(t, VIGIL_LEASE_STAGE_EXPIRED, SHORT_MS);
	end(t);
	board_did(t->b, DEED_LEASE_EXPIRED);
}

/* What a renewal was granted for is kept: nobody dies before that. */
static void check_promise(struct tenant *t, uint64_t deadline_ns)
{
	bool dead = false;
	int i;

	for (i = 0; i < BOUND; i++)
		dead |= t->bound[i] && is_dead(&t->v[i]);
	if (dead && clock_ns(CLOCK_BOOTTIME) < deadline_ns)
		complain(t, "it was killed before the deadline", 0);
}

static void renewed(struct tenant *t)
{
	uint32_t ms = SHORT_MS + TIMES * t->took_ms;
	struct lease l;
	int i, ret = 0;

	begin(t, ms, 0);
	for (i = 0; i < RENEWALS && !ret; i++) {
		ret = lease_renew(&t->c, t->name, t->epoch, ms, &l);
		if (!ret)
			check_promise(t, l.deadline_ns);
		else if (ret != -EBUSY && ret != -ETIME)
			complain(t, "lease-renew", ret);
	}
	if (!ret)
		board_did(t->b, DEED_LEASE_RENEWED);
	await_fenced(t, VIGIL_LEASE_STAGE_EXPIRED, ms);
	end(t);
}

static void recall(struct tenant *t)
{
	must(t, "lease-fence", lease_fence(&t->c, t->name, t->epoch));
	await_fenced(t, VIGIL_LEASE_STAGE_RECALLED, 0);
}

static void recalled(struct tenant *t)
{
	begin(t, LONG_MS, 0);
	recall(t);
	end(t);
	board_did(t->b, DEED_LEASE_RECALLED);
}

static void regained(struct tenant *t)
{
	begin(t, LONG_MS, 0);
	recall(t);
	if (lease_renew(&t->c, t->name, t->epoch, LONG_MS, NULL) != -ETIME)
		complain(t, "it is held again under the epoch that was fenced", 0);
	must(t, "lease-renew", lease_renew(&t->c, t->name, ++t->epoch, LONG_MS, NULL));
	if (lease_renew(&t->c, t->name, t->epoch - 1, LONG_MS, NULL) != -ESTALE)
		complain(t, "an older epoch is not refused", 0);
	must(t, "lease-fence", lease_fence(&t->c, t->name, t->epoch));
	await_fenced(t, VIGIL_LEASE_STAGE_RECALLED, 0);
	end(t);
	board_did(t->b, DEED_LEASE_REGAINED);
}

static void unbound(struct tenant *t)
{
	int i = rng_below(&t->rng, BOUND);

	begin(t, LONG_MS, 0);
	must(t, "lease-unbind", lease_unbind(&t->c, t->name, t->w[i].id));
	t->bound[i] = false;
	recall(t);
	end(t);
	board_did(t->b, DEED_LEASE_UNBOUND);
}

/* In the cgroup there is one that nobody watches. It leaves the cgroup a little before it is dead. */
static void with_cgroup(struct tenant *t)
{
	struct victim stranger;
	struct group g;

	if (group_make(&g, t->name)) {
		complain(t, "cgroup", -errno);
		return;
	}
	must(t, "a stranger", victim_start(&stranger, life_pause, NULL));
	must(t, "cgroup.procs", group_add(&g, stranger.pid));
	begin(t, LONG_MS, g.kill);
	must(t, "cgroup.procs", group_add(&g, t->v[0].pid));
	recall(t);
	if (group_populated(&g))
		complain(t, "something lives in the cgroup, and its lease is fenced", 0);
	if (!AWAIT(is_dead(&stranger)))
		complain(t, "who left the cgroup does not die", 0);
	victim_end(&stranger);
	end(t);
	group_end(&g);
	board_did(t->b, DEED_LEASE_CGROUP);
}

typedef void (*course_fn)(struct tenant *t);

static const course_fn courses[] = { expires, renewed, recalled, regained, unbound, with_cgroup };

int tenant_live(struct board *b, uint64_t seed, unsigned int number)
{
	struct tenant *t = calloc(1, sizeof(*t));
	unsigned int turn = number;

	if (!t || client_open(&t->c))
		return 1;
	t->b = b;
	t->rng = rng_split(seed, number);
	snprintf(t->name, sizeof(t->name), "tenant-%u", number);
	while (!atomic_load(&b->stop))
		courses[turn++ % (sizeof(courses) / sizeof(*courses))](t);
	client_close(&t->c);
	return 0;
}
