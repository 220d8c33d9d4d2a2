/* SPDX-License-Identifier: GPL-2.0 */
/* Job files and what is to come of each. */
#ifndef SELFTESTS_JOBFILE_CASES_H
#define SELFTESTS_JOBFILE_CASES_H

#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct jobfile_case {
	const char *name;
	const char *text;
	size_t len;		/* 0: strlen(text) */
	bool good;
	const char *want;	/* a line for each job, or for each error */
};

/* What one file holds. */
struct jobfile_cases {
	const struct jobfile_case *list;
	size_t n;
};

extern const struct jobfile_cases cases_accepted;
extern const struct jobfile_cases cases_keys;
extern const struct jobfile_cases cases_words;
extern const struct jobfile_cases cases_numbers;
extern const struct jobfile_cases cases_text;
extern const struct jobfile_cases cases_depend;
extern const struct jobfile_cases cases_foretell;
extern const struct jobfile_cases cases_ready;
extern const struct jobfile_cases cases_process;
extern const struct jobfile_cases cases_replicas;
extern const struct jobfile_cases cases_sockets;
extern const struct jobfile_cases cases_standby;

struct job_spec;

/* Into @buf, terminated. */
void print_process(char *buf, size_t size, const struct job_spec *s);

#endif /* SELFTESTS_JOBFILE_CASES_H */
