/* SPDX-License-Identifier: GPL-2.0 */
/* Why a job is in the state in which it is, from its history. */
#ifndef VIGIL_AGENT_WHY_H
#define VIGIL_AGENT_WHY_H

#include <stddef.h>

#include <jansson.h>

#include "user/store/store_history.h"

struct job;

/** why_answer - to the request "why"; NULL if the store cannot be read or memory is out. */
json_t *why_answer(struct job *job);

/** why_sentence - one event in words. */
void why_sentence(const struct store_event *e, char *buf, size_t size);

#endif /* VIGIL_AGENT_WHY_H */
