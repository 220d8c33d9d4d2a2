// SPDX-License-Identifier: GPL-2.0
/*
 * The best election value that an element has heard.
 *
 * Rule 2, its second half. An element keeps the best value heard, and tells it in each answer, so that
 * duplicates find each other; one not heard for D it forgets, so that the dead do not win elections.
 */
#include <string.h>

#include "user/core/element_impl.h"

static bool is_from(const struct wire_value *v, const struct wire_id *from)
{
	return v->pid == from->pid && v->rank == from->rank;
}

/* What the best one says of itself now counts, be it less than before. */
void element_hear(struct element *e, const struct wire_id *from, uint8_t standing, uint64_t now_ns)
{
	const struct wire_value v = { .rank = from->rank, .pid = from->pid, .standing = standing };

	if (!is_from(&e->best.value, from) && wire_value_cmp(&v, &e->best.value) <= 0)
		return;
	e->best.value = v;
	e->best.heard_ns = now_ns;
}

void element_unhear(struct element *e, const struct wire_id *from)
{
	if (is_from(&e->best.value, from))
		memset(&e->best, 0, sizeof(e->best));
}

void element_forget(struct element *e, uint64_t now_ns, const struct core_out *out)
{
	if (!e->best.value.pid || now_ns - e->best.heard_ns < e->config.timing.silence_ns)
		return;
	memset(&e->best, 0, sizeof(e->best));
	core_tell(out, CORE_T_FORGOT, e->config.number, 0);
}
