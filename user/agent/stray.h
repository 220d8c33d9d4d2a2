/* SPDX-License-Identifier: GPL-2.0 */
/* Children that are no job: what ran before vigild became this program, and is nobody's now. */
#ifndef VIGIL_AGENT_STRAY_H
#define VIGIL_AGENT_STRAY_H

#include <sys/queue.h>

struct agent;
struct stray;

LIST_HEAD(strays, stray);

/** stray_reap_all - after adoption: reap each child that is no job's instance, now or when it ends. */
void stray_reap_all(struct agent *a);

/** stray_forget_all - at the end: those that live on are another's to reap. */
void stray_forget_all(struct agent *a);

#endif /* VIGIL_AGENT_STRAY_H */
