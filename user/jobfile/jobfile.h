/* SPDX-License-Identifier: GPL-2.0 */
/* Job files: YAML text in, validated job definitions or every error of the file out. */
#ifndef VIGIL_JOBFILE_H
#define VIGIL_JOBFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum job_restart {
	JOB_RESTART_ALWAYS,
	JOB_RESTART_ON_FAILURE,
	JOB_RESTART_NEVER,
};

/* Bounds of a job file; each is told in vigil-job(5). */
enum job_bounds {
	JOB_NAME_LEN_MAX = 60,		/* fits a watch's tag */
	JOB_FILE_SIZE_MAX = 4 << 20,
	JOB_FILE_ERRORS_MAX = 100,
	JOBS_PER_FILE_MAX = 10000,
	JOB_ARGS_MAX = 256,
	JOB_ENV_MAX = 256,
};

/**
 * struct job_spec - one validated job, with every default filled in.
 *
 * Strings and arrays belong to the job_file that holds the spec.
 */
struct job_spec {
	const char *name;		/* [A-Za-z0-9][A-Za-z0-9._-]*, unique on the node */
	unsigned int line;		/* of the name in its file, from 1 */
	unsigned int column;		/* from 1 */
	char *const *argv;		/* absolute program first, NULL-terminated */
	char *const *env;		/* NAME=VALUE, NULL-terminated; on top of PATH and the like */
	const char *user;		/* name or number; NULL: vigild's */
	const char *group;		/* NULL: the user's primary group */
	const char *directory;		/* working directory, "/" by default */
	const char *output;		/* file that stdout and stderr are appended to */
	enum job_restart restart;	/* default: always */
	uint64_t backoff_initial_us;	/* default: 100 ms */
	uint64_t backoff_max_us;	/* default: 30 s */
	uint64_t healthy_after_us;	/* a run this long resets the back-off; default: 10 s */
	unsigned int restarts_max;	/* at most this many restarts ... */
	uint64_t restarts_window_us;	/* ... in this time, then `failed`; default: 10 in 60 s; 0 restarts: no limit */
	int stop_signal;		/* default: SIGTERM */
	uint64_t stop_timeout_us;	/* then SIGKILL; default: 10 s */
	bool autostart;			/* default: true */
	uint64_t memory_max;		/* bytes, cgroup memory.max; 0: no limit */
	uint64_t nofile_max;		/* RLIMIT_NOFILE; 0: inherited */
	uint64_t core_max;		/* RLIMIT_CORE, bytes; UINT64_MAX: unlimited */
	bool core_set;			/* false: inherited */
};

struct job_error {
	unsigned int line;		/* from 1; 0: the file as a whole */
	unsigned int column;		/* from 1 */
	char text[200];
};

/** struct job_file - the outcome of one parse: either specs or errors, never both. */
struct job_file {
	struct job_spec *specs;		/* in the order of the file */
	size_t nspecs;
	struct job_error *errors;	/* in the order of the file */
	size_t nerrors;
	void *arena;			/* owns all strings */
};

/**
 * job_file_parse - parse and validate the text of one job file.
 * @text: any bytes
 * @out: filled in either way; give it to job_file_free()
 *
 * Return: 0 if the file is good (nerrors is 0), -EINVAL if it has errors, -ENOMEM.
 */
int job_file_parse(const char *text, size_t len, struct job_file *out);

/**
 * job_file_read - read a whole file of at most JOB_FILE_SIZE_MAX bytes.
 *
 * Return: 0 with *text (free() it) and *len; -EFBIG; -errno of open or read; -EISDIR, -EINVAL if not a regular file.
 */
int job_file_read(const char *path, char **text, size_t *len);

void job_file_free(struct job_file *f);

/** job_error_format - "PATH:LINE:COLUMN: TEXT" into @buf; always terminated. */
void job_error_format(const struct job_error *e, const char *path, char *buf, size_t size);

#endif /* VIGIL_JOBFILE_H */
