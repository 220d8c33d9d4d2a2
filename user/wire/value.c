// SPDX-License-Identifier: GPL-2.0
/* Election values and identities. */
#include "user/wire/wire.h"

static int order_of(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/*
 * Rule 2. The order of election values: established before passive (and passive before ailing, by
 * which rule 9 lowers a monitor's own value); then the higher rank of the node; on one node the lower pid.
 */
int wire_value_cmp(const struct wire_value *a, const struct wire_value *b)
{
	if (!a->pid || !b->pid)
		return !!a->pid - !!b->pid;
	if (a->standing != b->standing)
		return order_of(a->standing, b->standing);
	if (a->rank != b->rank)
		return order_of(a->rank, b->rank);
	return order_of(b->pid, a->pid);
}

bool wire_id_same(const struct wire_id *a, const struct wire_id *b)
{
	return a->rank == b->rank && a->boot == b->boot && a->node == b->node &&
	       a->incarnation == b->incarnation && a->pid == b->pid;
}
