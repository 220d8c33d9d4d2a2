/* SPDX-License-Identifier: GPL-2.0 */
/* The job files of the node: the newest good version of each, and every error. */
#ifndef VIGIL_AGENT_JOBSET_H
#define VIGIL_AGENT_JOBSET_H

#include <stdbool.h>
#include <stddef.h>

#include "user/agent/jobsrc.h"
#include "user/store/store.h"

struct agent;
struct merge;

struct jobset {
	struct jobsrc **current;	/* by path, sorted */
	size_t n;
	char **deleted;			/* paths that the store is to forget */
	size_t ndeleted;
	struct complaints errors;
	unsigned int loads;		/* so often the files were read */
	bool unsaved;
};

/**
 * jobset_load - read the job files when nothing is loaded yet. In place of a bad file its last good
 * version is taken from the store. No job is started.
 *
 * Return: 0 or -ENOMEM.
 */
int jobset_load(struct agent *a);

/**
 * jobset_reload - have the jobs follow the files: proposal.h. If a file is bad nothing is changed.
 *
 * Return: 0, also for bad files, which are logged; else a negative errno, logged, with nothing changed.
 */
int jobset_reload(struct agent *a);

/* For proposal.c. */

/** jobset_read - all files, merged; give @m to merge_free() either way. 0 or -ENOMEM. */
int jobset_read(struct agent *a, struct merge *m);

/** jobset_replace - what @m has chosen is the set from now on. @current: room for all of it, taken over. */
void jobset_replace(struct jobset *set, struct merge *m, struct jobsrc **current);

/** jobset_take_errors - log those of @m, and keep them for status. */
void jobset_take_errors(struct jobset *set, struct merge *m);

/** jobset_check - print every error of the files in @dir. Returns their number. */
int jobset_check(const char *dir);

/* For the store: what is to be written, inside its transaction. */
bool jobset_is_unsaved(const struct jobset *set);
int jobset_save(struct jobset *set, struct store *store);
void jobset_saved(struct jobset *set);
void jobset_unsaved(struct jobset *set);

void jobset_free(struct jobset *set);

#endif /* VIGIL_AGENT_JOBSET_H */
