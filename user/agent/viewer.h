/* SPDX-License-Identifier: GPL-2.0 */
/* What the API's thread answers by itself. */
#ifndef VIGIL_AGENT_VIEWER_H
#define VIGIL_AGENT_VIEWER_H

#include "user/agent/view.h"
#include "user/api/route.h"

struct agent;
struct store;

/**
 * struct viewer - the API's thread's own.
 *
 * Of the agent it knows what never changes while the thread runs, and what is published. The history it
 * reads from the store over a connection of its own.
 */
struct viewer {
	void **jobs;			/* published.h */
	void **agent;
	const char *state_dir, *logs_dir;
	uint64_t started_us;
	const char *incarnation;
	int logger_dir_fd;
	int look_fd;			/* the logger's state, or -1 */
	struct store *store;
	unsigned int store_opened;	/* it is of this opening of the loop's own */
};

/** viewer_open - before the thread starts. */
void viewer_open(struct viewer *r, struct agent *a);

/** viewer_close - after it has ended. */
void viewer_close(struct viewer *r);

/* What is published, between published_enter() and published_leave(). */
const struct job_views *viewer_jobs(const struct viewer *r);
const struct agent_view *viewer_agent(const struct viewer *r);

/** viewer_look - what the logger has counted, or -1. */
int viewer_look(struct viewer *r);

/** viewer_store - a connection to the store that the loop has open, or NULL. */
struct store *viewer_store(struct viewer *r);

/* Answers: see struct api_route. */
bool viewer_tell_agent(void *arg, const char *name, const struct api_query_args *q, json_t **answer);
bool viewer_tell_jobs(void *arg, const char *name, const struct api_query_args *q, json_t **answer);
bool viewer_tell_job(void *arg, const char *name, const struct api_query_args *q, json_t **answer);
bool viewer_tell_why(void *arg, const char *name, const struct api_query_args *q, json_t **answer);
bool viewer_tell_stats(void *arg, const char *name, const struct api_query_args *q, json_t **answer);
char *viewer_tell_openapi(void *arg, size_t *len);

#endif /* VIGIL_AGENT_VIEWER_H */
