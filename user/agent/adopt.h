/* SPDX-License-Identifier: GPL-2.0 */
/* At start: take over what earlier vigilds left running, and their knowledge. */
#ifndef VIGIL_AGENT_ADOPT_H
#define VIGIL_AGENT_ADOPT_H

struct agent;

/**
 * adopt_all - after the job files are loaded and the watcher is open: give each job its running
 * instance, or the death it died, or its state; start those that are to run. Return: 0 or -ENOMEM.
 */
int adopt_all(struct agent *a);

#endif /* VIGIL_AGENT_ADOPT_H */
