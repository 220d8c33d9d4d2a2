/* SPDX-License-Identifier: GPL-2.0 */
/* A disk under SQLite that fails, or loses its power, at any step wanted. */
#ifndef AGENTTEST_DISK_H
#define AGENTTEST_DISK_H

#include <stdbool.h>

enum disk_mode {
	DISK_PASS,	/* a disk as any */
	DISK_RECORD,	/* ... and every step is remembered for disk_rebuild() */
	DISK_KILL,	/* the process is killed at the step */
	DISK_KILL_TORN,	/* ... with half of what it writes there written */
	DISK_FAIL,	/* the step fails, those after it work again */
	DISK_FAIL_ON,	/* the step and all after it fail, until disk_set() */
};

/** disk_register - have SQLite use it for every store opened from now on. */
void disk_register(void);

/**
 * disk_set - begin to count steps: a write, truncation, sync, deletion, a new file, a new page of
 * the log's index.
 * @step: the one to fail or be killed at, from 0
 * @error: an SQLite result code, for DISK_FAIL*
 */
void disk_set(enum disk_mode mode, long step, int error);

/** disk_steps - steps since disk_set(). */
long disk_steps(void);

/**
 * disk_rebuild - what may lie on the disk when the power is cut after so many recorded steps.
 * @dir: an empty directory
 * @choice: 0: all that was not synced is lost; 1: all of it is there; else some of it, drawn from
 *	this number, by sectors
 *
 * A file that was made, cut or deleted since its last sync is so, or is not. False: it could not be
 * written.
 */
bool disk_rebuild(const char *dir, long steps, unsigned int choice);

#endif /* AGENTTEST_DISK_H */
