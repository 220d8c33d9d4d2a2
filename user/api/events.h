/* SPDX-License-Identifier: GPL-2.0 */
/* The newest events, for those who follow them. */
#ifndef VIGIL_API_EVENTS_H
#define VIGIL_API_EVENTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/api/bounds.h"
#include "user/api/published.h"

/** struct api_event - the head of what the loop tells; it never changes once it has been told. */
struct api_event {
	struct published_head head;
	uint64_t number;		/* from 1, without a gap */
};

/**
 * struct api_events - the last API_EVENTS_KEPT of them.
 *
 * The loop alone adds. A follower has no more than the number of the event that it is to get next: one that is
 * too slow finds another event where that was, and is told of the gap. So a follower costs the loop nothing.
 */
struct api_events {
	void *slot[API_EVENTS_KEPT];	/* published.h */
	_Atomic uint64_t newest;	/* 0: none yet */
	uint64_t epoch;			/* of this vigild: an id of another one tells nothing */
};

/** events_init - @epoch: unlike that of any vigild before. */
void events_init(struct api_events *e, uint64_t epoch);

/** events_add - tell; @event is freed by @free when nobody can be reading it. The loop alone. */
void events_add(struct api_events *e, struct api_event *event, void (*free)(struct published_head *head));

/** events_fini - nobody follows any more. */
void events_fini(struct api_events *e);

/**
 * events_next - the event with this number, or the oldest one after it that is still there.
 * @number: changed to that of the event found
 *
 * Between published_enter() and published_leave(). Return: NULL if there is none yet.
 */
const struct api_event *events_next(struct api_events *e, uint64_t *number);

enum { EVENTS_ID_MAX = 48 };

/** events_id - "EPOCH-NUMBER"; @text holds EVENTS_ID_MAX. */
void events_id(const struct api_events *e, uint64_t number, char *text);

/** events_parse - False: it is no id, or one of another vigild. */
bool events_parse(const struct api_events *e, const char *text, uint64_t *number);

#endif /* VIGIL_API_EVENTS_H */
