/* SPDX-License-Identifier: GPL-2.0 */
/* A coordinator: the monitor of its scope, and an element of the one above. */
#ifndef VIGIL_CORE_COORDINATOR_H
#define VIGIL_CORE_COORDINATOR_H

#include "user/core/element.h"
#include "user/core/monitor.h"

/** struct coordinator - @element is NULL at the top of the tree. */
struct coordinator {
	struct monitor *monitor;
	struct element *element;
	uint8_t standing;
	bool votes;
	bool covers;
};

/** coordinator_init - of a monitor and an element that were just made, with one identity. */
void coordinator_init(struct coordinator *c, struct monitor *monitor, struct element *element,
		      uint64_t now_ns, const struct core_out *out);

/** coordinator_step - messages go to the half that they are for. */
void coordinator_step(struct coordinator *c, const struct core_event *event, const struct core_out *out);

uint64_t coordinator_due(const struct coordinator *c);

#endif /* VIGIL_CORE_COORDINATOR_H */
