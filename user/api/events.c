// SPDX-License-Identifier: GPL-2.0
/* The newest events, for those who follow them. */
#include "user/api/events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void events_init(struct api_events *e, uint64_t epoch)
{
	memset(e->slot, 0, sizeof(e->slot));
	atomic_store(&e->newest, 0);
	e->epoch = epoch;
}

void events_add(struct api_events *e, struct api_event *event, void (*free)(struct published_head *head))
{
	uint64_t number = atomic_load(&e->newest) + 1;
	void **place = &e->slot[number % API_EVENTS_KEPT];
	struct api_event *old = *place;

	event->number = number;
	published_set(place, event);
	atomic_store(&e->newest, number);
	/* It cannot be found any more. */
	if (old)
		published_retire(&old->head, free);
	event->head.free = free;
}

void events_fini(struct api_events *e)
{
	size_t i;

	for (i = 0; i < API_EVENTS_KEPT; i++) {
		struct api_event *event = e->slot[i];

		if (event)
			event->head.free(&event->head);
		e->slot[i] = NULL;
	}
}

const struct api_event *events_next(struct api_events *e, uint64_t *number)
{
	uint64_t newest = atomic_load(&e->newest);
	const struct api_event *event;

	if (*number > newest)
		return NULL;
	if (newest - *number >= API_EVENTS_KEPT)
		*number = newest - API_EVENTS_KEPT + 1;
	/* It may have made room for a newer one since. */
	event = published_get(&e->slot[*number % API_EVENTS_KEPT]);
	if (event)
		*number = event->number;
	return event;
}

void events_id(const struct api_events *e, uint64_t number, char *text)
{
	snprintf(text, EVENTS_ID_MAX, "%" PRIx64 "-%" PRIu64, e->epoch, number);
}

bool events_parse(const struct api_events *e, const char *text, uint64_t *number)
{
	char *end;
	uint64_t epoch;

	errno = 0;
	epoch = strtoull(text, &end, 16);
	if (end == text || *end != '-' || end[1] < '0' || end[1] > '9')
		return false;
	*number = strtoull(end + 1, &end, 10);
	return !*end && !errno && epoch == e->epoch && *number <= atomic_load(&e->newest);
}
