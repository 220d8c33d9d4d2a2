/* SPDX-License-Identifier: GPL-2.0 */
/* The state of vigild and its jobs as JSON. */
#ifndef VIGIL_AGENT_STATUS_H
#define VIGIL_AGENT_STATUS_H

#include <stdint.h>

#include <jansson.h>

struct job_view;
struct viewer;

/*
 * Each returns a new reference, or NULL if memory is out. Of what is published (view.h), so for any thread, between
 * published_enter() and published_leave(), or for the loop.
 */
json_t *status_agent(struct viewer *r);

/** status_jobs - of those that @match chooses as in select.h; NULL: all. */
json_t *status_jobs(struct viewer *r, const char *match);

/** status_job - @look_fd: the logger's state, or -1. */
json_t *status_job(const struct job_view *v, const char *logs_dir, int look_fd);

/* Text from files and from the system, which may be no UTF-8; and a 64-bit number as a string. */
json_t *status_text(const char *text);
json_t *status_number(uint64_t value);

#endif /* VIGIL_AGENT_STATUS_H */
