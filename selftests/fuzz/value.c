// SPDX-License-Identifier: GPL-2.0
/* Values for attributes: what exists, what nearly exists, and the edges of the types. */
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "selftests/fuzz/request.h"

static const uint64_t edges[] = {
	0, 1, 2, 3, 7, 8, 10, 31, 32, 63, 64, 100, 255, 256, 1000, 4095, 4096, 65535, 65536,
	1000000, 1000000000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
	0x8000000000000000, 0xffff800000000000, 0xfffffffffffffffe, 0xffffffffffffffff,
};

static const char *const words[] = {
	"", "a", "fuzz", "other", "owner with blanks", "/bin/true", "/nonexistent", "\n", "%s%n",
	"\xff\xfe", "oooooooooooooooooooooooooooooooo", "ooooooooooooooooooooooooooooooooo",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool named(const struct spec_attr *a, const char *part)
{
	return strstr(a->name, part);
}

static struct hand_victim *some_victim(struct hand *h)
{
	return &h->victim[rng_below(&h->rng, HAND_VICTIMS)];
}

static uint64_t some_fd(struct hand *h, const struct spec_attr *a)
{
	if (named(a, "pidfd") && !rng_once_in(&h->rng, 4))
		return some_victim(h)->pidfd;
	if (rng_once_in(&h->rng, 4))
		return rng_below(&h->rng, 64);
	return h->fd[rng_below(&h->rng, HAND_FDS)];
}

static uint64_t some_address(struct hand *h)
{
	return (uintptr_t)h->page + 8 * rng_below(&h->rng, 512) + rng_once_in(&h->rng, 8);
}

static uint64_t of_enum(struct hand *h, const struct spec_attr *a)
{
	uint64_t value = a->values[rng_below(&h->rng, a->values_count)];

	if (a->flags && rng_once_in(&h->rng, 2))
		value |= a->values[rng_below(&h->rng, a->values_count)];
	return value;
}

static uint64_t at_a_bound(struct hand *h, const struct spec_attr *a)
{
	static const int8_t steps[] = { -1, 0, 1 };

	return (rng_once_in(&h->rng, 2) ? a->min : a->max) + steps[rng_below(&h->rng, COUNT(steps))];
}

static uint64_t wild(struct hand *h, const struct spec_attr *a)
{
	switch (rng_below(&h->rng, 4)) {
	case 0:
		return rng_next(&h->rng);
	case 1:
		return at_a_bound(h, a);
	default:
		return edges[rng_below(&h->rng, COUNT(edges))];
	}
}

/* What was told last is the likeliest to be there still. */
static uint64_t known(struct hand *h, const struct hand_known *k)
{
	unsigned int held = k->count < HAND_KNOWN ? k->count : HAND_KNOWN;

	if (rng_once_in(&h->rng, 2))
		return k->value[(k->count - 1) % HAND_KNOWN];
	return k->value[rng_below(&h->rng, held)] + (rng_once_in(&h->rng, 16) ? 1 : 0);
}

static uint64_t some_duration_ms(struct hand *h)
{
	static const uint64_t ms[] = { 0, 10, 50, 100, 500, 1000, 5000, 60000 };

	return ms[rng_below(&h->rng, COUNT(ms))];
}

static uint64_t number(struct hand *h, int set, unsigned int place)
{
	const struct spec_attr *a = &spec_sets[set].attrs[place];
	const struct hand_known *k = &h->known[set][place];

	uint64_t value;

	if (rng_once_in(&h->rng, 6))
		return wild(h, a);
	if (!rng_once_in(&h->rng, 8) && own_number(h, set, a, &value))
		return value;
	if (named(a, "fd"))
		return some_fd(h, a);
	if (!strcmp(a->name, "pid"))
		return h->victim[h->subject].pid;
	if (!strcmp(a->name, "start-ticks"))
		return h->victim[h->subject].start_ticks;
	if (a->values)
		return of_enum(h, a);
	if (named(a, "-ms"))
		return some_duration_ms(h);
	if (!strcmp(a->name, "signal"))
		return 1 + rng_below(&h->rng, 64);
	if (named(a, "addr") || named(a, "word") || named(a, "page"))
		return some_address(h);
	if (k->count && !rng_once_in(&h->rng, 4))
		return known(h, k);
	return wild(h, a);
}

static size_t text(struct hand *h, const struct spec_attr *a, uint8_t *bytes, size_t room)
{
	const char *word = words[rng_below(&h->rng, COUNT(words))];
	size_t len = strlen(word);

	if (!rng_once_in(&h->rng, 8) && own_text(h, a, (char *)bytes, room))
		return strlen((char *)bytes) + 1;
	if (rng_once_in(&h->rng, 3)) {
		len = rng_below(&h->rng, 2 * (a->len_max + 16));
		len = len < room ? len : room - 1;
		memset(bytes, 'a' + rng_below(&h->rng, 26), len);
	} else {
		memcpy(bytes, word, len);
	}
	if (len && rng_once_in(&h->rng, 16))
		bytes[rng_below(&h->rng, len)] = '\0';
	bytes[len] = '\0';
	return len + !rng_once_in(&h->rng, 16);
}

static size_t noise(struct hand *h, uint8_t *bytes, size_t room)
{
	size_t len = rng_below(&h->rng, room < 64 ? room : 64), i;

	for (i = 0; i < len; i++)
		bytes[i] = rng_next(&h->rng);
	return len;
}

static size_t put(struct hand *h, int set, unsigned int place, uint8_t *bytes, size_t room)
{
	const struct spec_attr *spec = &spec_sets[set].attrs[place];
	struct nlattr *a = (void *)bytes;

	a->nla_type = spec->type | (spec->kind == SPEC_NEST ? NLA_F_NESTED : 0);
	a->nla_len = NLA_HDRLEN + value_make(h, set, place, bytes + NLA_HDRLEN, room - NLA_HDRLEN);
	return NLA_ALIGN(a->nla_len);
}

/* A run of the attributes of a set, a few of them. */
static size_t nested(struct hand *h, int set, uint8_t *bytes, size_t room)
{
	size_t pos = 0;
	unsigned int i;

	for (i = 0; i < spec_sets[set].count && pos + NLA_HDRLEN + 160 < room; i++)
		if (!rng_once_in(&h->rng, 3) && spec_sets[set].attrs[i].kind != SPEC_PAD)
			pos += put(h, set, i, bytes + pos, room - pos);
	return pos;
}

/* A beat that makes sense, if its deadline and address do. */
static size_t beat(struct hand *h, int set, uint8_t *bytes, size_t room)
{
	uint64_t action, mask = own_beat_mask(&h->rng, set, &action);
	size_t pos = 0, begin;
	unsigned int i;

	for (i = 0; i < spec_sets[set].count; i++) {
		if (!(mask >> i & 1))
			continue;
		begin = pos;
		pos += put(h, set, i, bytes + pos, room - pos);
		if (!strcmp(spec_sets[set].attrs[i].name, "action"))
			memcpy(bytes + begin + NLA_HDRLEN, &action, spec_sets[set].attrs[i].size);
	}
	return pos;
}

size_t value_make(struct hand *h, int set, unsigned int place, uint8_t *bytes, size_t room)
{
	const struct spec_attr *a = &spec_sets[set].attrs[place];
	uint64_t value;

	switch (a->kind) {
	case SPEC_NUMBER:
		value = number(h, set, place);
		memcpy(bytes, &value, a->size);
		return a->size;
	case SPEC_STRING:
		return text(h, a, bytes, room);
	case SPEC_NEST:
		if (!strcmp(a->name, "beat") && !rng_once_in(&h->rng, 4))
			return beat(h, a->nest, bytes, room);
		return nested(h, a->nest, bytes, room);
	case SPEC_BINARY:
		return noise(h, bytes, room);
	default:
		return 0;
	}
}
