/* SPDX-License-Identifier: GPL-2.0 */
/* A job's progress, to the store and back. */
#ifndef VIGIL_AGENT_PROGRESS_H
#define VIGIL_AGENT_PROGRESS_H

#include "user/store/store.h"

struct job;

/** progress_put - within a transaction. 0 or -EIO. */
int progress_put(struct store *s, struct job *job);

/** progress_take - what an earlier vigild of this boot has stored. */
void progress_take(struct job *job, const struct store_progress *p);

#endif /* VIGIL_AGENT_PROGRESS_H */
