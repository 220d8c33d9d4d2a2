/* SPDX-License-Identifier: GPL-2.0 */
/* What the thread of the API asks of the loop. */
#ifndef VIGIL_API_CALL_H
#define VIGIL_API_CALL_H

#include <jansson.h>

#include "user/api/bounds.h"
#include "user/api/peer.h"

/**
 * struct api_call - one command, and its answer.
 *
 * It belongs to the API's thread until it is in the ring of calls, then to the loop until it is in the ring
 * of answers, then to the API's thread again: no two ever touch it at once, and the rings order what
 * each of them did. What the loop has not answered when the API ends it must not touch any more.
 */
struct api_call {
	const char *cmd;		/* of the route */
	const char *name;		/* what the address names, or NULL */
	const json_t *body;		/* the request's object, or NULL; read it only */
	struct api_peer peer;
	json_t *answer;			/* by the loop; NULL: memory is out */
};

#endif /* VIGIL_API_CALL_H */
