// SPDX-License-Identifier: GPL-2.0
/* What a network namespace tells of itself, by a client that shares no line with the fuzzer's. */
#include <stdlib.h>
#include <string.h>

#include "selftests/fuzz/tally.h"
#include "selftests/fuzz/worker.h"
#include "selftests/kernel/client.h"

struct census {
	uint64_t watches;
	uint64_t dead;
};

static int count(const struct watch *w, void *arg)
{
	struct census *c = arg;

	c->watches++;
	c->dead += w->state == VIGIL_WATCH_STATE_DEAD;
	return 0;
}

static int wrong(struct tally *t, const char *what, long long got, long long want)
{
	atomic_fetch_add(&t->unreleased, 1);
	tally_complain(t, "%s: %lld, not %lld", what, got, want);
	return 1;
}

static int check(struct client *c, struct tally *t)
{
	struct census seen = { 0 };
	struct stats s;
	int ret;

	ret = client_dump(c, NULL, count, &seen);
	if (ret || client_stats(c, &s))
		return wrong(t, "dumping all watches", ret, 0);
	if (seen.watches != s.watches)
		return wrong(t, "watches in the counters", s.watches, seen.watches);
	if (seen.dead != s.dead)
		return wrong(t, "dead in the counters", s.dead, seen.dead);
	ret = client_release_owner(c, NULL);
	if (ret != (int)seen.watches)
		return wrong(t, "watches released", ret, seen.watches);
	if (client_stats(c, &s) || s.watches || s.dead)
		return wrong(t, "watches left", s.watches, 0);
	return 0;
}

int ward_check(struct tally *t)
{
	struct client *c = malloc(sizeof(*c));
	int ret = c ? client_open(c) : -1;

	if (ret)
		ret = wrong(t, "opening a client", ret, 0);
	else
		ret = check(c, t);
	if (c && c->sk)
		client_close(c);
	free(c);
	return ret;
}
