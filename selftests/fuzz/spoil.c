// SPDX-License-Identifier: GPL-2.0
/* Requests spoilt as no honest client sends them. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "selftests/fuzz/request.h"

enum {
	HEAD = NLMSG_HDRLEN + GENL_HDRLEN,
	SPOILS_MAX = 3,
	DEPTH_MAX = 24,
	TYPES = 40,
};

static struct nlmsghdr *head(struct probe *r)
{
	return (void *)r->bytes;
}

/* One of the attributes at the top, or NULL. */
static struct nlattr *some_attr(struct hand *h, struct probe *r)
{
	struct nlattr *found = NULL, *a;
	uint32_t pos;
	unsigned int n = 0;

	for (pos = HEAD; pos + NLA_HDRLEN <= r->len; pos += NLA_ALIGN(a->nla_len)) {
		a = (void *)(r->bytes + pos);
		if (a->nla_len < NLA_HDRLEN || pos + a->nla_len > r->len)
			break;
		if (rng_once_in(&h->rng, ++n))
			found = a;
	}
	return found;
}

static void append(struct probe *r, const void *bytes, uint32_t len)
{
	if (r->len + NLA_ALIGN(len) > REQUEST_BYTES)
		return;
	memcpy(r->bytes + r->len, bytes, len);
	r->len += NLA_ALIGN(len);
}

static void length(struct hand *h, struct probe *r)
{
	static const int steps[] = { -8, -4, -3, -2, -1, 1, 2, 4, 8, 64, 4096 };
	struct nlattr *a = some_attr(h, r);

	if (a)
		a->nla_len += steps[rng_below(&h->rng, sizeof(steps) / sizeof(*steps))];
}

static void duplicate(struct hand *h, struct probe *r)
{
	const struct nlattr *a = some_attr(h, r);

	if (a)
		append(r, a, a->nla_len);
}

static void type(struct hand *h, struct probe *r)
{
	struct nlattr *a = some_attr(h, r);

	if (a)
		a->nla_type = rng_once_in(&h->rng, 4) ? rng_next(&h->rng) : rng_below(&h->rng, TYPES);
}

static void kind_bits(struct hand *h, struct probe *r)
{
	struct nlattr *a = some_attr(h, r);

	if (a)
		a->nla_type ^= rng_once_in(&h->rng, 4) ? NLA_F_NET_BYTEORDER : NLA_F_NESTED;
}

static void payload(struct hand *h, struct probe *r)
{
	struct nlattr *a = some_attr(h, r);

	if (a && a->nla_len > NLA_HDRLEN)
		((uint8_t *)a)[NLA_HDRLEN + rng_below(&h->rng, a->nla_len - NLA_HDRLEN)] ^=
			1 << rng_below(&h->rng, 8);
}

/* A nest in a nest in a nest, of any type, cut off now and then. */
static void deep(struct hand *h, struct probe *r)
{
	unsigned int depth = 1 + rng_below(&h->rng, DEPTH_MAX), i;
	struct nlattr nest[DEPTH_MAX + 1];

	for (i = 0; i < depth; i++) {
		nest[i].nla_type = (1 + rng_below(&h->rng, TYPES)) | NLA_F_NESTED;
		nest[i].nla_len = (depth - i) * NLA_HDRLEN;
	}
	append(r, nest, depth * NLA_HDRLEN);
	if (rng_once_in(&h->rng, 3))
		r->len -= rng_below(&h->rng, NLA_HDRLEN);
}

static void cut(struct hand *h, struct probe *r)
{
	r->len = rng_below(&h->rng, r->len + 1);
	r->mute = true;
}

static void garbage(struct hand *h, struct probe *r)
{
	uint64_t bytes[4] = { rng_next(&h->rng), rng_next(&h->rng), rng_next(&h->rng), 0 };

	append(r, bytes, 1 + rng_below(&h->rng, 24));
}

static void flags(struct hand *h, struct probe *r)
{
	if (rng_once_in(&h->rng, 2))
		head(r)->nlmsg_flags ^= NLM_F_DUMP;
	else
		head(r)->nlmsg_flags ^= 1 << rng_below(&h->rng, 16);
	r->mute = true;
}

static void command(struct hand *h, struct probe *r)
{
	struct genlmsghdr *genl = (void *)(r->bytes + NLMSG_HDRLEN);

	if (rng_once_in(&h->rng, 2))
		genl->cmd = rng_below(&h->rng, spec_ops_count + 3);
	else if (rng_once_in(&h->rng, 2))
		genl->version = rng_next(&h->rng);
	else
		genl->reserved = rng_next(&h->rng);
	r->mute = true;
}

static void claim(struct hand *h, struct probe *r)
{
	head(r)->nlmsg_len += rng_once_in(&h->rng, 2) ? 4 * rng_below(&h->rng, 64) :
			      -rng_below(&h->rng, 32);
	r->mute = true;
}

typedef void (*spoil_fn)(struct hand *h, struct probe *r);

static const spoil_fn inside[] = {
	length, duplicate, type, kind_bits, payload, deep, garbage, cut, flags, command,
};

/* The length that is told is made right once more before it is made wrong. */
void request_spoil(struct hand *h, struct probe *r)
{
	unsigned int n = 1 + rng_below(&h->rng, SPOILS_MAX);

	r->spoilt = true;
	while (n--)
		inside[rng_below(&h->rng, sizeof(inside) / sizeof(*inside))](h, r);
	if (r->len < NLMSG_HDRLEN)
		r->len = NLMSG_HDRLEN;
	head(r)->nlmsg_len = r->len;
	if (rng_once_in(&h->rng, 12))
		claim(h, r);
}
