/* SPDX-License-Identifier: GPL-2.0 */
/* The list of a job file's errors, each with its place. */
#ifndef JOBFILE_ERRORS_H
#define JOBFILE_ERRORS_H

#include <stdbool.h>
#include <stddef.h>

#include "user/jobfile/jobfile.h"

struct errors {
	struct job_error *list;
	size_t n;
	bool more;	/* JOB_FILE_ERRORS_MAX were not enough */
	bool nomem;
};

/* Adds "@line:@column: text"; both count from 1, 0:0 is the file as a whole. */
void errors_add(struct errors *e, size_t line, size_t column, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

bool errors_full(const struct errors *e);

/* Puts them in the order of the file and says so if there were more. */
void errors_finish(struct errors *e);

/* What the file's author wrote, fit for a message: shortened and without control characters. */
struct shown {
	char text[48];
};

struct shown show(const char *text, size_t len);

#endif /* JOBFILE_ERRORS_H */
