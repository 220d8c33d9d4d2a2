/* SPDX-License-Identifier: GPL-2.0 */
/* Events of the stream, in words and as JSON. */
#ifndef CTL_EVENT_H
#define CTL_EVENT_H

#include <jansson.h>
#include <vigil/vigil.h>

#include "user/ctl/death.h"

struct event_text {
	char text[256];
};

/* What happened: a cause of death, "dying", "hung, sleeping", "lease db, epoch 3: fenced". Not for gaps. */
struct event_text event_text(const struct vigil_event *ev);

/* What vigil.ko does about a hang: "it is killed", "it is sent SIGABRT", "nothing is done". */
struct cause action_text(const struct vigil_hang *h);

json_t *event_json(const struct vigil_event *ev);

/* Whether it is about a watch, and not about the node. Not for gaps. */
bool event_is_of_watch(const struct vigil_event *ev);

#endif /* CTL_EVENT_H */
