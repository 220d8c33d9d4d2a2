/* SPDX-License-Identifier: GPL-2.0 */
/* What clients ask for, and the answers. */
#ifndef VIGIL_AGENT_REQUEST_H
#define VIGIL_AGENT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct client;

/** request_handle - one line; it is answered, or the client is made to wait. */
void request_handle(struct client *c, const char *line, size_t len);

/** request_wait_over - look at a waiting client. True: it has been answered. */
bool request_wait_over(struct client *c);

/** request_timed_out - the answer for a client that has waited too long. */
json_t *request_timed_out(const struct client *c);

/** request_refuse - an answer that says why not; @name is that of an errno. */
json_t *request_refuse(const char *name, const char *sentence);

#endif /* VIGIL_AGENT_REQUEST_H */
