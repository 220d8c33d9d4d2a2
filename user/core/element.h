/* SPDX-License-Identifier: GPL-2.0 */
/* The element: what a monitor watches. A host agent, or the coordinator one level below. */
#ifndef VIGIL_CORE_ELEMENT_H
#define VIGIL_CORE_ELEMENT_H

#include "user/core/core.h"

struct element;

/**
 * struct element_config - what an element is.
 * @candidates: nodes that a monitor of @scope may run on; stays where it is
 */
struct element_config {
	struct wire_id self;
	uint64_t scope;
	uint32_t number;		/* in the scope */
	uint8_t level;			/* of the monitor above: 2..4 */
	struct core_timing timing;
	const struct core_rules *rules;
	const uint32_t *candidates;
	uint32_t ncandidates;
};

/**
 * struct element_memory - what outlives an element.
 * @epoch, @holder, @members: from the store, CORE_PERSIST; 0 where it is lost
 * @known: the promise's end, @until_ns, was read back from the module of the same boot
 * @lease_token, @lease_until_ns: of the module's lease; 0 where there is none
 */
struct element_memory {
	uint64_t epoch;
	struct wire_id holder;
	uint32_t members;
	bool known;
	uint64_t until_ns;
	uint64_t lease_token;
	uint64_t lease_until_ns;
};

/** element_size - bytes that an element needs. */
size_t element_size(void);

/**
 * element_init - an element in memory of element_size() bytes, aligned as malloc() aligns.
 *
 * The jobs that run already are told as CORE_JOB events before any message.
 */
struct element *element_init(void *memory, const struct element_config *config,
			     const struct element_memory *past, uint64_t now_ns);

void element_step(struct element *e, const struct core_event *event, const struct core_out *out);

/** element_due - when it wants a CORE_TICK. */
uint64_t element_due(const struct element *e);

/** element_epoch_max - the newest epoch that it has promised in. */
uint64_t element_epoch_max(const struct element *e);

/** element_promised - to whom it is promised at that time? False: to nobody. */
bool element_promised(const struct element *e, uint64_t now_ns, struct wire_id *holder, uint64_t *epoch);

#endif /* VIGIL_CORE_ELEMENT_H */
