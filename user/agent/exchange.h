/* SPDX-License-Identifier: GPL-2.0 */
/* Two jobs with the same definition change places. */
#ifndef VIGIL_AGENT_EXCHANGE_H
#define VIGIL_AGENT_EXCHANGE_H

struct job;

/**
 * exchange_jobs - each is the other from now on: its name, history, counts, ties and sockets.
 *
 * What belongs to an instance stays where it is: the process, its watch, its cgroup, its timers, how ready it is,
 * what it has stored.
 */
void exchange_jobs(struct job *a, struct job *b);

#endif /* VIGIL_AGENT_EXCHANGE_H */
