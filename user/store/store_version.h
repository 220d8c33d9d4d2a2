/* SPDX-License-Identifier: GPL-2.0 */
/* Texts of job files that some job runs by or may go back to, and which job has which. */
#ifndef VIGIL_STORE_STORE_VERSION_H
#define VIGIL_STORE_STORE_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/**
 * struct store_job_version - of a job for which not all is as its file says; the numbers are those of texts.
 *
 * STORE_VERSION_NONE: there is none; STORE_VERSION_FILED: the text that the table of files has.
 */
struct store_job_version {
	const char *name;
	uint64_t running;	/* what its instance was started by */
	uint64_t good;		/* what it was last ready with */
	uint64_t before;	/* what it was ready with before that, while others are not ready yet */
	uint64_t rejected;	/* what it was rolled back from */
	bool rolling;		/* it is to be restarted for its new definition */
	const char *why;	/* of @rejected; may be NULL */
};

enum { STORE_VERSION_NONE, STORE_VERSION_FILED, STORE_VERSIONS_RESERVED };

typedef void (*store_version_fn)(void *arg, uint64_t id, const char *path, const char *text,
				 size_t len);
typedef void (*store_job_version_fn)(void *arg, const struct store_job_version *row);

/* As the calls of store.h: 0, -EUCLEAN or -EIO; writing needs an open transaction. */

/** store_put_version - keep a text; nothing is done if there is one with this number. */
int store_put_version(struct store *s, uint64_t id, const char *path, const char *text, size_t len);

/** store_prune_versions - forget the texts that no job has. */
int store_prune_versions(struct store *s);

int store_each_version(struct store *s, store_version_fn fn, void *arg);

int store_put_job_version(struct store *s, const struct store_job_version *row);
int store_del_job_version(struct store *s, const char *name);
int store_each_job_version(struct store *s, store_job_version_fn fn, void *arg);

#endif /* VIGIL_STORE_STORE_VERSION_H */
