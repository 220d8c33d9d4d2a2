/* SPDX-License-Identifier: GPL-2.0 */
/* HTTP over a Unix socket, in a thread of its own. */
#ifndef VIGIL_API_SERVER_H
#define VIGIL_API_SERVER_H

#include "user/api/call.h"
#include "user/api/events.h"
#include "user/api/route.h"

struct api_server;

struct api_config {
	struct api_routes routes;
	void *arg;			/* of the routes' functions, and of @format */
	struct api_group admins;
	struct api_group readers;
	struct api_events *events;

	/*
	 * An event as a follower gets it. In the API's thread, between published_enter() and published_leave().
	 * @match: what the follower wants, or NULL: all
	 * @type: filled with a word
	 *
	 * Return: JSON in one line, to be freed by free(); NULL: it is not for this follower.
	 */
	char *(*format)(void *arg, const struct api_event *event, const char *match, const char **type);
};

/**
 * api_start - serve what comes from @listen_fd, which is the server's from now on.
 *
 * All its functions are the loop's, which it never holds up. Every signal is blocked in its thread.
 *
 * Return: NULL with errno set; then @listen_fd is the caller's still.
 */
struct api_server *api_start(int listen_fd, const struct api_config *config);

/** api_call_fd - readable when there may be a call. */
int api_call_fd(const struct api_server *s);

/** api_next_call - the next one, or NULL. */
struct api_call *api_next_call(struct api_server *s);

/** api_answer - @call has its answer, and is not the caller's any more. */
void api_answer(struct api_server *s, struct api_call *call);

/** api_wake - tell those who follow that there are events, if there are any who do. */
void api_wake(struct api_server *s);

/**
 * api_end - send what is answered, end the thread.
 *
 * Calls that are not answered are refused. Return: the listening socket, the caller's again.
 */
int api_end(struct api_server *s);

#endif /* VIGIL_API_SERVER_H */
