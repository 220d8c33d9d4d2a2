/* SPDX-License-Identifier: GPL-2.0 */
/* What jobs notify while no vigild runs. */
#ifndef VIGIL_AGENT_HOLDER_SPOOL_H
#define VIGIL_AGENT_HOLDER_SPOOL_H

#include <stddef.h>

#include "user/base/fdpass.h"

/**
 * spool_read - take what waits in a socket of notifications, so that no sender has to wait.
 *
 * Beats and words about the state are dropped: they are stale when they are heard. The rest is kept, up to
 * HOLDER_MESSAGES_MAX; what comes then is dropped.
 */
void spool_read(int sock);

/** spool_each - oldest first; @packet is ready to be sent. @fn returns 0 to go on. */
void spool_each(int (*fn)(const char *packet, size_t len, const struct fdpass *with));

/** spool_forget - they have been heard. */
void spool_forget(void);
size_t spool_size(void);

#endif /* VIGIL_AGENT_HOLDER_SPOOL_H */
