/* SPDX-License-Identifier: GPL-2.0 */
/* The statistics of a job as JSON: Documentation/api.md. */
#ifndef VIGIL_AGENT_STATS_H
#define VIGIL_AGENT_STATS_H

#include <jansson.h>

#include <stdint.h>

struct job;
struct job_view;
struct store;

/**
 * stats_answer - to the request "stats".
 * @store: NULL: none can be read
 * @job: of which what is not stored yet counts, too; NULL: not looked at. The loop alone may give it
 * @now_us: on the ledger's clock
 * @err: filled: -EUCLEAN or -EIO of the store, else 0
 *
 * Return: NULL if the store cannot be read or memory is out.
 */
json_t *stats_answer(const struct job_view *v, struct store *store, const struct job *job,
		     uint64_t now_us, int *err);

#endif /* VIGIL_AGENT_STATS_H */
