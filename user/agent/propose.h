/* SPDX-License-Identifier: GPL-2.0 */
/* The answers to the requests "plan" and "reload": Documentation/api.md. */
#ifndef VIGIL_AGENT_PROPOSE_H
#define VIGIL_AGENT_PROPOSE_H

#include <jansson.h>

struct agent;

/** propose_plan - what a reload would do now. NULL: out of memory. */
json_t *propose_plan(struct agent *a);

/** propose_reload - do it, if @id is empty or names the plan; tell what the plan was. NULL: out of memory. */
json_t *propose_reload(struct agent *a, const char *id);

#endif /* VIGIL_AGENT_PROPOSE_H */
