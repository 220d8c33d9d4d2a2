// SPDX-License-Identifier: GPL-2.0
/* Requests made from the spec. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/vigil.h>
#include <string.h>

#include "selftests/fuzz/request.h"

static void put(struct hand *h, struct probe *r, unsigned int place)
{
	const struct spec_attr *spec = &spec_sets[r->op->set].attrs[place];
	struct nlattr *a = (void *)(r->bytes + r->len);
	size_t room = REQUEST_BYTES - r->len;

	if (room < 256)
		return;
	a->nla_type = spec->type | (spec->kind == SPEC_NEST ? NLA_F_NESTED : 0);
	a->nla_len = NLA_HDRLEN + value_make(h, r->op->set, place, r->bytes + r->len + NLA_HDRLEN,
					     room - NLA_HDRLEN - NLA_ALIGNTO);
	r->len += NLA_ALIGN(a->nla_len);
	r->mask |= UINT64_C(1) << place;
}

static void begin(struct probe *r, uint16_t family)
{
	struct nlmsghdr *hdr = (void *)r->bytes;
	struct genlmsghdr *genl = (void *)(r->bytes + NLMSG_HDRLEN);

	memset(r->bytes, 0, sizeof(r->bytes));
	hdr->nlmsg_type = family;
	hdr->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (r->dump ? NLM_F_DUMP : 0);
	genl->cmd = r->op->cmd;
	genl->version = VIGIL_FAMILY_VERSION;
	r->len = NLMSG_HDRLEN + GENL_HDRLEN;
}

void request_make_op(struct hand *h, uint16_t family, const struct spec_op *op, bool dump,
		     uint64_t mask, struct probe *r)
{
	unsigned int i;

	r->op = op;
	r->dump = dump;
	r->spoilt = false;
	r->mute = false;
	r->mask = 0;
	h->subject = rng_below(&h->rng, HAND_VICTIMS);
	own_choose(&h->own, &h->rng);
	begin(r, family);
	for (i = 0; op->set >= 0 && i < spec_sets[op->set].count; i++)
		if (mask >> i & 1)
			put(h, r, i);
	((struct nlmsghdr *)r->bytes)->nlmsg_len = r->len;
}

uint64_t request_mask(const struct spec_form *form)
{
	uint64_t mask = 0;
	unsigned int i;

	for (i = 0; i < form->count; i++)
		mask |= UINT64_C(1) << form->attrs[i];
	return mask;
}

/* What makes sense, what was accepted before, or any choice of what the form has: few, many, or every other. */
static uint64_t some_mask(struct hand *h, const struct spec_op *op, bool dump)
{
	const struct hand_recipes *known = &h->recipes[op - spec_ops][dump];
	unsigned int held = known->count < HAND_RECIPES ? known->count : HAND_RECIPES;
	uint64_t all = request_mask(dump ? &op->by_dump : &op->by_do);

	uint64_t sense;

	if (!dump && rng_once_in(&h->rng, 2) && own_mask(&h->rng, op, all, &sense))
		return sense;
	if (held && !rng_once_in(&h->rng, 3))
		return known->mask[rng_below(&h->rng, held)];
	switch (rng_below(&h->rng, 3)) {
	case 0:
		return all & rng_next(&h->rng) & rng_next(&h->rng);
	case 1:
		return all & (rng_next(&h->rng) | rng_next(&h->rng));
	default:
		return all & rng_next(&h->rng);
	}
}

void request_make(struct hand *h, uint16_t family, struct probe *r)
{
	const struct spec_op *next = own_next(&h->own, &h->rng), *op = next;
	bool dump;

	while (!op || op->denied || op->notify)
		op = &spec_ops[rng_below(&h->rng, spec_ops_count)];
	dump = !next && op->by_dump.exists && (!op->by_do.exists || rng_once_in(&h->rng, 2));
	request_make_op(h, family, op, dump, some_mask(h, op, dump), r);
}
