/* SPDX-License-Identifier: GPL-2.0 */
/* The job files of the node: the newest good version of each, and every error. */
#ifndef VIGIL_AGENT_JOBSET_H
#define VIGIL_AGENT_JOBSET_H

#include <stdbool.h>
#include <stddef.h>

#include "user/agent/jobsrc.h"
#include "user/store/store.h"

struct agent;

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
 * jobset_load - read the job files, and have the jobs follow: new ones are added, changed ones
 * get their new definition, those no longer named are removed. A bad file changes nothing: its
 * jobs keep their last good definitions.
 * @first: nothing is loaded yet; last good versions come from the store, and no job is started
 *
 * Return: 0 or -ENOMEM, with nothing changed.
 */
int jobset_load(struct agent *a, bool first);

/** jobset_check - print every error of the files in @dir. Returns their number. */
int jobset_check(const char *dir);

/* For the store: what is to be written, inside its transaction. */
bool jobset_is_unsaved(const struct jobset *set);
int jobset_save(struct jobset *set, struct store *store);
void jobset_saved(struct jobset *set);
void jobset_unsaved(struct jobset *set);

void jobset_free(struct jobset *set);

#endif /* VIGIL_AGENT_JOBSET_H */
