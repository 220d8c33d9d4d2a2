/* SPDX-License-Identifier: GPL-2.0 */
/* Why a job is in the state in which it is, from its history. */
#ifndef VIGIL_AGENT_WHY_H
#define VIGIL_AGENT_WHY_H

#include <stddef.h>

#include <jansson.h>

#include "user/store/store_history.h"

struct job;
struct job_view;

/**
 * why_answer - to the request "why".
 * @store: NULL: none can be read
 * @job: whose history may have what is not stored yet; NULL: not looked at. The loop alone may give it
 * @err: filled: -EUCLEAN or -EIO of the store, else 0
 *
 * Return: NULL if the store cannot be read or memory is out.
 */
json_t *why_answer(const struct job_view *v, struct store *store, const struct job *job,
		   int *err);

/** why_event - one event; a new reference, or NULL if memory is out. */
json_t *why_event(const struct store_event *e);

/** why_sentence - one event in words. */
void why_sentence(const struct store_event *e, char *buf, size_t size);

#endif /* VIGIL_AGENT_WHY_H */
