/* SPDX-License-Identifier: GPL-2.0 */
/* One vigild per run directory. */
#ifndef VIGIL_AGENT_LOCK_H
#define VIGIL_AGENT_LOCK_H

/**
 * lock_take - hold RUN/vigild.lock until the process ends.
 *
 * Return: 0; -EBUSY with a sentence logged if another vigild holds it; another negative errno,
 * logged too.
 */
int lock_take(const char *run_dir);

#endif /* VIGIL_AGENT_LOCK_H */
