// SPDX-License-Identifier: GPL-2.0
/* What a thread of the fuzzer has made itself, for requests that make sense. */
#include <linux/netlink.h>
#include <linux/vigil.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "selftests/fuzz/hand.h"
#include "selftests/kernel/victim.h"

enum { MAY_BE_IN = 3 };	/* one of so many requests */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The first victim is in the cgroup for as long as it lives; who takes its place is not. */
void own_open(struct own *own, pid_t victim)
{
	static atomic_uint number;
	char name[64];

	snprintf(name, sizeof(name), "fuzz-%d-%u", (int)getpid(), atomic_fetch_add(&number, 1));
	own->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	own->grouped = !group_make(&own->group, name);
	if (own->grouped)
		group_add(&own->group, victim);
}

void own_close(struct own *own)
{
	if (own->grouped)
		group_end(&own->group);
	close(own->eventfd);
}

static bool is(const struct spec_op *op, const char *name)
{
	return !strcmp(op->name, name);
}

static const struct nlattr *attr_of(int type, const uint8_t *pos, size_t left)
{
	const struct nlattr *a;

	for (; left >= NLA_HDRLEN; pos += NLA_ALIGN(a->nla_len), left -= NLA_ALIGN(a->nla_len)) {
		a = (const void *)pos;
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		if (a->nla_len < NLA_HDRLEN || (size_t)NLA_ALIGN(a->nla_len) >= left)
			break;
	}
	return NULL;
}

static uint64_t u64_of(const struct nlattr *a)
{
	uint64_t value = 0;

	if (a && a->nla_len == NLA_HDRLEN + sizeof(value))
		memcpy(&value, a + 1, sizeof(value));
	return value;
}

static void name_of(const uint8_t *attrs, size_t len, char *name)
{
	const struct nlattr *a = attr_of(VIGIL_A_LEASE_NAME, attrs, len);

	name[0] = '\0';
	if (a && a->nla_len <= NLA_HDRLEN + OWN_NAME_BYTES)
		snprintf(name, OWN_NAME_BYTES, "%.*s", (int)(a->nla_len - NLA_HDRLEN), (const char *)(a + 1));
}

static void learn_bond(struct own *own, const uint8_t *attrs, size_t len)
{
	unsigned int i = own->bonds++ % OWN_BONDS;

	name_of(attrs, len, own->bond[i].name);
	own->bond[i].watch = u64_of(attr_of(VIGIL_A_LEASE_WATCH_ID, attrs, len));
}

static void learn_watch(struct own *own, const uint8_t *attrs, size_t len)
{
	static const char *const good_for[] = { "lease-bind", "keeper-set", "beat-set", "watch-set" };
	unsigned int i = own->watches++;

	own->watch[i % OWN_WATCHES] = u64_of(attr_of(VIGIL_A_WATCH_ID, attrs, len));
	own->next = good_for[i % COUNT(good_for)];
}

void own_learn(struct own *own, const struct spec_op *op, const uint8_t *attrs, size_t len)
{
	if (is(op, "watch-new")) {
		learn_watch(own, attrs, len);
	} else if (is(op, "lease-new") || is(op, "lease-renew")) {
		name_of(attrs, len, own->lease);
		own->next = "lease-bind";
	} else if (is(op, "lease-bind")) {
		learn_bond(own, attrs, len);
		own->next = "lease-unbind";
	}
}

const struct spec_op *own_next(struct own *own, struct rng *rng)
{
	const char *name = own->next;
	unsigned int i;

	own->next = NULL;
	if (!name || rng_once_in(rng, 2))
		return NULL;
	for (i = 0; i < spec_ops_count; i++)
		if (is(&spec_ops[i], name) && spec_ops[i].by_do.exists && !spec_ops[i].denied)
			return &spec_ops[i];
	return NULL;
}

void own_choose(struct own *own, struct rng *rng)
{
	unsigned int held = own->bonds < OWN_BONDS ? own->bonds : OWN_BONDS;

	own->pick = -1;
	if (held && rng_once_in(rng, 2))
		own->pick = rng_once_in(rng, 2) ? (own->bonds - 1) % OWN_BONDS : rng_below(rng, held);
}

/* The newest is the likeliest to live. */
static bool own_watch(struct hand *h, uint64_t *value)
{
	const struct own *own = &h->own;
	unsigned int held = own->watches < OWN_WATCHES ? own->watches : OWN_WATCHES;

	if (!held)
		return false;
	if (rng_once_in(&h->rng, 2))
		*value = own->watch[(own->watches - 1) % OWN_WATCHES];
	else
		*value = own->watch[rng_below(&h->rng, held)];
	return true;
}

/* The keeper that was told of last. */
static bool own_keeper(struct hand *h, int set, uint64_t *value)
{
	const struct spec_attr *pid = spec_attr_by_type(set, VIGIL_A_KEEPER_PID);
	const struct hand_known *k = &h->known[set][pid - spec_sets[set].attrs];

	if (k->count)
		*value = k->value[(k->count - 1) % HAND_KNOWN];
	return k->count;
}

static uint64_t soon_ms(struct hand *h)
{
	static const unsigned int ms[] = { 5, 100, 1000, 5000, 60000, 60000 };

	return ms[rng_below(&h->rng, COUNT(ms))];
}

bool own_number(struct hand *h, int set, const struct spec_attr *a, uint64_t *value)
{
	bool keeper = !strcmp(spec_sets[set].name, "keeper");

	if (!strcmp(a->name, "watch-id") && h->own.pick >= 0)
		return *value = h->own.bond[h->own.pick].watch, true;
	if (!strcmp(a->name, "id") || !strcmp(a->name, "watch-id"))
		return own_watch(h, value);
	if (!strcmp(a->name, "eventfd"))
		return *value = h->own.eventfd, true;
	if (!strcmp(a->name, "cgroup-kill") && h->own.grouped)
		return *value = h->own.group.kill, true;
	if (!strcmp(a->name, "last-resort"))
		return *value = VIGIL_KEEPER_LAST_RESORT_REPORT, true;
	if (keeper && (!strcmp(a->name, "replace") || !strcmp(a->name, "pid")))
		return own_keeper(h, set, value);
	if (!strcmp(a->name, "deadline"))
		return *value = clock_ns(CLOCK_BOOTTIME) + soon_ms(h) * UINT64_C(1000000), true;
	if (!strcmp(a->name, "duration-ms"))
		return *value = soon_ms(h), true;
	if (!strcmp(a->name, "respawn-max"))
		return *value = 1 + rng_below(&h->rng, 8), true;
	if (!strcmp(a->name, "epoch"))
		return *value = 1 + rng_below(&h->rng, 4), true;
	return false;
}

bool own_text(struct hand *h, const struct spec_attr *a, char *text, size_t room)
{
	static const char *const names[] = { "a", "fuzz", "other" };
	const char *word;

	if (!strcmp(a->name, "name") && h->own.pick >= 0)
		word = h->own.bond[h->own.pick].name;
	else if (!strcmp(a->name, "name") && *h->own.lease && rng_once_in(&h->rng, 2))
		word = h->own.lease;
	else if (!strcmp(a->name, "name") || !strcmp(a->name, "owner") || !strcmp(a->name, "tag"))
		word = names[rng_below(&h->rng, COUNT(names))];
	else if (!strcmp(a->name, "argv"))
		word = "/bin/true";
	else if (!strcmp(a->name, "env"))
		word = "FUZZ=1";
	else
		return false;
	snprintf(text, room, "%s", word);
	return true;
}

/* What each wants, and what it may have beside it; nothing else excludes what is wanted. */
static const struct {
	const char *op;
	const char *wants[4];
	const char *may[5];
} senses[] = {
	{ "watch-new", { "pidfd", "owner" }, { "tag", "flags", "beat" } },
	{ "watch-del", { "id" }, { NULL } },
	{ "beat-set", { "id", "beat" }, { NULL } },
	{ "beat", { "id" }, { NULL } },
	{ "watch-set", { "id", "eventfd" }, { NULL } },
	{ "keeper-resign", { NULL }, { "pid" } },
	{ "keeper-set", { "id", "argv", "replace" },
	  { "env", "respawn-max", "window-ms", "register-ms", "last-resort" } },
	{ "lease-new", { "name", "epoch", "duration-ms" }, { "deadline" } },
	{ "lease-renew", { "name", "epoch", "duration-ms" }, { "deadline" } },
	{ "lease-fence", { "name", "epoch" }, { NULL } },
	{ "lease-del", { "name" }, { NULL } },
	{ "lease-bind", { "name", "watch-id" }, { "cgroup-kill" } },
	{ "lease-unbind", { "name", "watch-id" }, { NULL } },
};

static uint64_t places(int set, const char *const *names, size_t count, struct rng *rng)
{
	uint64_t mask = 0;
	unsigned int i;
	size_t n;

	for (n = 0; n < count && names[n]; n++)
		for (i = 0; i < spec_sets[set].count; i++)
			if (!strcmp(spec_sets[set].attrs[i].name, names[n]) && (!rng || rng_once_in(rng, MAY_BE_IN)))
				mask |= UINT64_C(1) << i;
	return mask;
}

bool own_mask(struct rng *rng, const struct spec_op *op, uint64_t all, uint64_t *mask)
{
	size_t i;

	for (i = 0; i < COUNT(senses); i++) {
		if (!is(op, senses[i].op))
			continue;
		*mask = all & (places(op->set, senses[i].wants, COUNT(senses[i].wants), NULL) |
			       places(op->set, senses[i].may, COUNT(senses[i].may), rng));
		return true;
	}
	return false;
}

uint64_t own_beat_mask(struct rng *rng, int set, uint64_t *action)
{
	static const char *const wanted[] = { "deadline-ms", "action" }, *const more[] = { "address" };
	static const char *const with_signal[] = { "signal" };
	uint64_t mask = places(set, wanted, COUNT(wanted), NULL) | places(set, more, COUNT(more), rng);

	*action = rng_below(rng, VIGIL_BEAT_ACTION_KILL + 1);
	if (*action == VIGIL_BEAT_ACTION_SIGNAL)
		mask |= places(set, with_signal, COUNT(with_signal), NULL);
	return mask;
}
