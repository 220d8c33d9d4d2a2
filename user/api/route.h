/* SPDX-License-Identifier: GPL-2.0 */
/* What is served where. */
#ifndef VIGIL_API_ROUTE_H
#define VIGIL_API_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "user/api/bounds.h"

/* What may stand behind the ? of an address. */
enum api_query {
	API_QUERY_MATCH = 1 << 0,	/* ?match=: a job's name, a pattern or a template */
	API_QUERY_AFTER = 1 << 1,	/* ?after=: an event's id */
};

/** struct api_query_args - NULL where it is not given. */
struct api_query_args {
	const char *match;
	const char *after;
};

/**
 * struct api_route - one address, and how its requests are answered.
 *
 * Exactly one of @read, @text, @stream or @cmd alone; or @read and @cmd. The functions run in the API's
 * thread, between published_enter() and published_leave(), and must block on nothing that the loop does.
 */
struct api_route {
	const char *path;	/* {name} stands for one part that is not empty */
	bool post;		/* it changes something: POST, for admins alone; else GET */
	unsigned int query;	/* enum api_query */

	/*
	 * An answer as commands of the loop make it: "ok", and if that is false "errno" and "error". NULL: memory
	 * is out. False: only the loop can answer this, @cmd.
	 */
	bool (*read)(void *arg, const char *name, const struct api_query_args *q, json_t **answer);

	/* An answer of another kind, to be freed by free(). NULL: memory is out. */
	char *(*text)(void *arg, size_t *len);
	const char *type;	/* its media type */

	const char *member;	/* a text that the body of a POST may have; NULL: none */
	bool stream;		/* events */
	const char *cmd;	/* a command of the loop */
	unsigned int status;	/* of success; 0: 200 */
};

/** route_decode - take out the %XX of @text. False: malformed, a NUL byte, or longer than API_NAME_MAX. */
bool route_decode(const char *text, size_t len, char *name);

struct api_routes {
	const struct api_route *list;
	size_t n;
};

/**
 * route_find - who serves a path.
 * @path: not decoded
 * @post: the method is POST; else it is GET or HEAD
 * @name: what stood in the place of {name}, decoded; "" if the route has none. At least API_NAME_MAX + 1 bytes
 * @other: set if the path is served, but to the other method
 *
 * Return: the route, or NULL. A name that is too long, or that has a NUL byte or a malformed escape in it, is served by nobody.
 */
const struct api_route *route_find(const struct api_routes *routes, const char *path, bool post,
				   char *name, bool *other);

#endif /* VIGIL_API_ROUTE_H */
