/* SPDX-License-Identifier: GPL-2.0 */
/* Jobs that beat through vigil.ko: their slots, and the deadline of their watches. */
#ifndef VIGIL_AGENT_BEAT_H
#define VIGIL_AGENT_BEAT_H

#include <stdbool.h>

struct agent;
struct job;
struct passed_fds;

/** beat_wanted - is the job to beat by vigil_beat()? */
bool beat_wanted(const struct job *job);

/** beat_pass - make a slot for the job's next instance, which finds it by VIGIL_BEAT_FD. 0 or a negative errno. */
int beat_pass(struct job *job, struct passed_fds *passed);

/** beat_demand - the instance is ready, or another process is its main one: from now on vigil.ko waits for its beats. */
void beat_demand(struct job *job);

/** beat_adopt - of an instance of an earlier vigild: have its slot back. */
void beat_adopt(struct job *job);

/** beat_close - the instance is dead, and the job down. */
void beat_close(struct job *job);

#endif /* VIGIL_AGENT_BEAT_H */
