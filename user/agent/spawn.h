/* SPDX-License-Identifier: GPL-2.0 */
/* vigild's side of a start: clone, gate, what the child reports. */
#ifndef VIGIL_AGENT_SPAWN_H
#define VIGIL_AGENT_SPAWN_H

#include <stddef.h>
#include <stdint.h>

struct agent;
struct job;
struct child_report;

/**
 * spawn_clone - make the job's next process; it waits at the gate.
 * @why: filled with a sentence on failure
 *
 * Return: 0 with job->inst filled but for its watch, or a negative errno.
 */
int spawn_clone(struct job *job, char *why, size_t size);

/** spawn_abandon - of a child still at its gate: have it go, and reap it. */
void spawn_abandon(struct job *job);

/** spawn_open_gate - let the child through. */
void spawn_open_gate(struct job *job);

/** spawn_gate_ready - loop callback: the child has a report, or has become the job. */
void spawn_gate_ready(void *arg, uint32_t events);

/** spawn_drain_gate - of a dead child: take its last report and close the gate. */
void spawn_drain_gate(struct job *job);

/** spawn_explain - a sentence for a report. */
void spawn_explain(const struct job *job, const struct child_report *r, char *buf, size_t size);

/** spawn_reap_later - take over the pidfd of a dead child. */
void spawn_reap_later(struct agent *a, int pidfd);
void spawn_reap(struct agent *a);

#endif /* VIGIL_AGENT_SPAWN_H */
