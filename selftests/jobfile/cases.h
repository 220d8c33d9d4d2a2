/* SPDX-License-Identifier: GPL-2.0 */
/* Job files and what is to come of each. */
#ifndef SELFTESTS_JOBFILE_CASES_H
#define SELFTESTS_JOBFILE_CASES_H

#include <stdbool.h>
#include <stddef.h>

struct jobfile_case {
	const char *name;
	const char *text;
	size_t len;		/* 0: strlen(text) */
	bool good;
	const char *want;	/* a line for each job, or for each error */
};

extern const struct jobfile_case jobfile_cases[];
extern const size_t jobfile_ncases;

#endif /* SELFTESTS_JOBFILE_CASES_H */
