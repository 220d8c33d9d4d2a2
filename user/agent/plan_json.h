/* SPDX-License-Identifier: GPL-2.0 */
/* A plan as JSON: Documentation/api.md. */
#ifndef VIGIL_AGENT_PLAN_JSON_H
#define VIGIL_AGENT_PLAN_JSON_H

#include <jansson.h>

#include "user/agent/plan.h"

enum { PLAN_KEYS_MAX = 320 };

/** plan_json - NULL: out of memory. */
json_t *plan_json(const struct plan *p);

/** plan_keys_write - "exec, env" of bits of compare_specs(), cut if longer than @size. */
void plan_keys_write(uint64_t keys, char *buf, size_t size);

#endif /* VIGIL_AGENT_PLAN_JSON_H */
