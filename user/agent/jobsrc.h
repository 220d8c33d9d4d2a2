/* SPDX-License-Identifier: GPL-2.0 */
/* One good version of one job file. */
#ifndef VIGIL_AGENT_JOBSRC_H
#define VIGIL_AGENT_JOBSRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/jobfile/jobfile.h"

/** struct jobsrc - lives as long as the set or a job uses it. */
struct jobsrc {
	unsigned int refs;
	char *path;
	char *text;
	size_t len;
	uint64_t id;		/* digest of path and text; never one of STORE_VERSIONS_RESERVED */
	struct job_file file;
	bool saved;		/* the store has this text */
};

/** struct complaints - errors of job files: sentences, at most AGENT_ERRORS_MAX. */
struct complaints {
	char **list;
	size_t n;
};

void complaints_add(struct complaints *errs, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void complaints_free(struct complaints *errs);

/* Each gives a source with one reference, or NULL with the reasons added to @errs. */
struct jobsrc *jobsrc_read(const char *path, struct complaints *errs);
struct jobsrc *jobsrc_parse(const char *path, char *text, size_t len, struct complaints *errs);

/** jobsrc_read_again - as jobsrc_read(), but give @known, unless it is NULL, if that is what the file has. */
struct jobsrc *jobsrc_read_again(const char *path, struct jobsrc *known, struct complaints *errs);

/** jobsrc_copy - from the store's copy of a text; NULL if it does not parse any more. */
struct jobsrc *jobsrc_copy(const char *path, const char *text, size_t len);

void jobsrc_get(struct jobsrc *src);
void jobsrc_put(struct jobsrc *src);	/* NULL is ignored */

#endif /* VIGIL_AGENT_JOBSRC_H */
