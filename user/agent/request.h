/* SPDX-License-Identifier: GPL-2.0 */
/* What clients ask for, and the answers. */
#ifndef VIGIL_AGENT_REQUEST_H
#define VIGIL_AGENT_REQUEST_H

#include <stdbool.h>

#include <jansson.h>

struct client;

/**
 * request_run - a command, about @name if that is not NULL; it is answered, or the client is made to wait.
 *
 * The commands are the table in request.c; what HTTP makes of them is the table in control.c.
 */
void request_run(struct client *c, const char *cmd, const char *name);

/** request_wait_over - look at a waiting client. True: it has been answered. */
bool request_wait_over(struct client *c);

/** request_timed_out - the answer for a client that has waited too long. */
json_t *request_timed_out(const struct client *c);

#endif /* VIGIL_AGENT_REQUEST_H */
