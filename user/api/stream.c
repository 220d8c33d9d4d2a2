// SPDX-License-Identifier: GPL-2.0
/*
 * Server-sent events.
 *
 * A follower is suspended while there is nothing for it. One event at a time is made for it, when the last has
 * gone to its socket: what it has not taken is in the ring of all, or gone. One that takes nothing at all
 * is cut off by the library's time limit.
 */
#include "user/api/server_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say(struct follower *f, char *text)
{
	free(f->out);
	f->out = text;
	f->at = 0;
	f->len = text ? strlen(text) : 0;
}

/* Without a type and data it is no event, but the client notes the id. */
static char *first_words(struct follower *f)
{
	char id[EVENTS_ID_MAX], *text;

	events_id(f->server->config.events, f->next - 1, id);
	return asprintf(&text, "retry: 1000\nid: %s\n\n", id) < 0 ? NULL : text;
}

/* How many is not known of an earlier vigild's. */
static char *gap(struct follower *f, uint64_t from, uint64_t to, bool known)
{
	char id[EVENTS_ID_MAX], missed[24] = "null", *text;

	if (known)
		snprintf(missed, sizeof(missed), "%llu", (unsigned long long)(to - from));
	events_id(f->server->config.events, to - 1, id);
	return asprintf(&text, "id: %s\nevent: gap\ndata: {\"missed\":%s}\n\n", id, missed) < 0 ? NULL :
	       text;
}

static char *event_text(struct follower *f, const struct api_event *event)
{
	struct api_config *config = &f->server->config;
	char id[EVENTS_ID_MAX], *json, *text;
	const char *type;
	int n;

	json = config->format(config->arg, event, f->match, &type);
	if (!json)
		return NULL;
	events_id(config->events, event->number, id);
	n = asprintf(&text, "id: %s\nevent: %s\ndata: %s\n\n", id, type, json);
	free(json);
	return n < 0 ? NULL : text;
}

/* The next event that is for it; NULL if there is none yet. */
static char *next_text(struct follower *f)
{
	const struct api_event *event;
	char *text = NULL;
	uint64_t from;

	while (!text) {
		from = f->next;
		event = events_next(f->server->config.events, &f->next);
		if (!event)
			return NULL;
		if (f->next != from)
			return gap(f, from, f->next, true);
		text = event_text(f, event);
		f->next++;
	}
	return text;
}

static void fill(struct follower *f)
{
	char *text = NULL;

	if (f->fresh) {
		text = f->lost ? gap(f, 0, f->next, false) : first_words(f);
	} else {
		published_enter();
		text = next_text(f);
		published_leave();
		if (!text && f->beat)
			text = strdup(":\n\n");
	}
	f->fresh = false;
	f->beat = false;
	say(f, text);
}

static ssize_t read_events(void *arg, uint64_t pos, char *buf, size_t max)
{
	struct follower *f = arg;
	size_t n;

	(void)pos;
	if (f->at == f->len)
		fill(f);
	n = f->len - f->at;
	if (n) {
		n = n < max ? n : max;
		memcpy(buf, f->out + f->at, n);
		f->at += n;
		return (ssize_t)n;
	}
	if (atomic_load(&f->server->ending))
		return MHD_CONTENT_READER_END_OF_STREAM;
	f->suspended = true;
	MHD_suspend_connection(f->mhd);
	return 0;
}

static void forget(void *arg)
{
	struct follower *f = arg;
	struct api_server *s = f->server;

	TAILQ_REMOVE(&s->followers, f, link);
	atomic_store(&s->followed, !TAILQ_EMPTY(&s->followers));
	free(f->out);
	free(f->match);
	free(f);
}

/* The header is what a client sends by itself when it comes back. */
static void set_start(struct follower *f, const struct api_query_args *q)
{
	struct api_events *events = f->server->config.events;
	const char *after = MHD_lookup_connection_value(f->mhd, MHD_HEADER_KIND, "Last-Event-ID");
	uint64_t number;

	if (!after || !*after)
		after = q->after;
	f->fresh = true;
	if (after && *after && events_parse(events, after, &number)) {
		f->next = number + 1;
		return;
	}
	f->lost = after && *after;
	f->next = atomic_load(&events->newest) + 1;
}

struct MHD_Response *stream_response(struct api_server *s, struct MHD_Connection *mhd,
				     const struct api_query_args *q)
{
	struct follower *f = calloc(1, sizeof(*f));
	struct MHD_Response *response;

	if (!f)
		return NULL;
	f->server = s;
	f->mhd = mhd;
	f->match = q->match ? strdup(q->match) : NULL;
	response = q->match && !f->match ? NULL :
		   MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_events, f, forget);
	if (!response) {
		free(f->match);
		free(f);
		return NULL;
	}
	/*
	 * The loop looks at @followed after it has added an event, and this thread at the events after it has set
	 * @followed, both in the one order of all such operations: one of them sees the other.
	 */
	TAILQ_INSERT_TAIL(&s->followers, f, link);
	atomic_store(&s->followed, true);
	set_start(f, q);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	return response;
}

void stream_resume_all(struct api_server *s, bool beat)
{
	struct follower *f;

	TAILQ_FOREACH(f, &s->followers, link) {
		f->beat |= beat;
		if (!f->suspended)
			continue;
		f->suspended = false;
		MHD_resume_connection(f->mhd);
	}
}
