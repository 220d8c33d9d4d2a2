/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of an element. */
#ifndef VIGIL_CORE_ELEMENT_IMPL_H
#define VIGIL_CORE_ELEMENT_IMPL_H

#include "user/core/element.h"

/* To whom this element is promised; element_promise.c. */
struct promise {
	struct wire_id holder;
	uint64_t epoch;			/* of the holder */
	uint64_t until_ns;		/* 0: to nobody */
	uint64_t epoch_max;		/* durable; never falls */
	uint64_t wait_until_ns;		/* has no memory: promises nothing before */
	uint32_t members;		/* durable; never falls */
};

/* The best election value heard; element_best.c. */
struct best {
	struct wire_value value;
	uint64_t heard_ns;
};

/* Whether anybody looks after this element; element_cover.c. */
struct cover {
	uint64_t polled_ns;		/* or began to be silent anew */
	uint64_t look_ns;		/* the end of the back-off; 0: not in one */
	uint32_t vain;			/* starts that have led to no poll */
	uint32_t first;			/* the candidate that the row of them began with */
};

/* Orders and the lease that they come with; element_order.c. */
struct orders {
	uint64_t done;			/* serial of the last one, in the promise's epoch */
	uint64_t lease_until_ns;
	uint64_t lease_token;
};

/* The jobs here; element_report.c. */
struct report {
	uint32_t version;
	uint32_t n;
	struct wire_job jobs[CORE_NODE_JOBS_MAX];
};

struct element {
	struct element_config config;
	struct promise promise;
	struct best best;
	struct cover cover;
	struct orders orders;
	struct report report;
	struct wire_load load;
	uint64_t stamp_ns;		/* of the last answer */
	uint64_t seq;
	uint8_t standing;
	bool votes;
	bool covers;
	bool ready;
	bool draining;
	struct wire_msg msg;		/* what is being sent */
};

/* element_promise.c */
bool element_promise(struct element *e, const struct wire_msg *poll, uint64_t now_ns,
		     const struct core_out *out);
void element_give_back(struct element *e, const struct wire_msg *resign, const struct core_out *out);
void element_forget_promise(struct element *e, uint64_t now_ns);

/* element_best.c */
void element_hear(struct element *e, const struct wire_id *from, uint8_t standing, uint64_t now_ns);
void element_forget(struct element *e, uint64_t now_ns, const struct core_out *out);
void element_unhear(struct element *e, const struct wire_id *from);

/* element_cover.c */
void element_covered(struct element *e, uint64_t now_ns, const struct core_out *out);
void element_announced(struct element *e, uint64_t now_ns, const struct core_out *out);
void element_watch(struct element *e, const struct core_event *event, const struct core_out *out);
uint64_t element_cover_due(const struct element *e);

/* element_order.c */
void element_obey(struct element *e, const struct wire_head *head, const struct wire_bidding *bid, bool grant,
		  uint64_t now_ns, const struct core_out *out);

/* element_report.c */
struct wire_job *element_job(struct element *e, uint64_t id);
bool element_set_job(struct element *e, uint64_t id, uint8_t state);
void element_fill_report(const struct element *e, const struct wire_poll *poll, struct wire_answer *answer);

/* element_answer.c */
void element_answer(struct element *e, const struct wire_msg *poll, bool promised, uint64_t now_ns,
		    const struct core_out *out);
struct wire_msg *element_message(struct element *e, enum wire_type type);
void element_send(struct element *e, uint32_t node, const struct core_out *out);

#endif /* VIGIL_CORE_ELEMENT_IMPL_H */
