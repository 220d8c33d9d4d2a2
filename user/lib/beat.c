// SPDX-License-Identifier: GPL-2.0
/* The beat of a watch: requests about it. */
#include "user/lib/handle.h"

static void put_deadline(union vnl_request *rq, const struct vigil_deadline *d,
			 const struct vigil_beat *b)
{
	struct nlattr *nest = mnl_attr_nest_start(&rq->nlh, VIGIL_A_WATCH_BEAT);

	mnl_attr_put_u32(&rq->nlh, VIGIL_A_BEAT_DEADLINE_MS, d->ms);
	if (d->action != VIGIL_BEAT_ACTION_NONE)
		mnl_attr_put_u32(&rq->nlh, VIGIL_A_BEAT_ACTION, d->action);
	if (d->signal)
		mnl_attr_put_u32(&rq->nlh, VIGIL_A_BEAT_SIGNAL, (uint32_t)d->signal);
	if (b)
		mnl_attr_put_u64(&rq->nlh, VIGIL_A_BEAT_ADDRESS, (uintptr_t)&b->count);
	mnl_attr_nest_end(&rq->nlh, nest);
}

int vigil_beat_set(struct vigil *v, uint64_t id, const struct vigil_deadline *deadline,
		   const struct vigil_beat *b)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_BEAT_SET, VIGIL_FAMILY_VERSION);
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_WATCH_ID, id);
	put_deadline(&rq, deadline, b);
	return vnl_handle_do(v, &rq, NULL, NULL);
}

int vigil_beat_send(struct vigil *v, uint64_t id)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_BEAT, VIGIL_FAMILY_VERSION);
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_WATCH_ID, id);
	return vnl_handle_do(v, &rq, NULL, NULL);
}
