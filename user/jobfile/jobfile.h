/* SPDX-License-Identifier: GPL-2.0 */
/* Job files: YAML text in, validated job definitions or every error of the file out. */
#ifndef VIGIL_JOBFILE_H
#define VIGIL_JOBFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "user/jobfile/process.h"
#include "user/jobfile/socket.h"

enum job_restart {
	JOB_RESTART_ALWAYS,
	JOB_RESTART_ON_FAILURE,
	JOB_RESTART_ON_ABNORMAL,
	JOB_RESTART_NEVER,
};

/* What makes a job that runs a job that is ready. */
enum job_ready_how {
	JOB_READY_EXEC,			/* its program runs */
	JOB_READY_NOTIFY,		/* it says READY=1 */
	JOB_READY_PROBE,		/* its probe succeeds */
	JOB_READY_FORKS,		/* it has gone into the background */
};

/* Whose messages count. */
enum job_access {
	JOB_ACCESS_MAIN,		/* those of the main process */
	JOB_ACCESS_ALL,			/* those of all its processes */
};

enum job_on_hang {
	JOB_HANG_CORE,			/* SIGABRT */
	JOB_HANG_KILL,			/* SIGKILL */
	JOB_HANG_RESTART,		/* the stop signal */
};

enum job_beat {
	JOB_BEAT_NOTIFY,		/* WATCHDOG=1 */
	JOB_BEAT_MODULE,		/* vigil_beat(), seen by vigil.ko */
};

/** struct job_ready - readiness, and what shows that the job hangs. */
struct job_ready {
	enum job_ready_how how;		/* default: exec */
	const char *pid_file;		/* with forks: names the main process; else NULL */
	uint64_t start_timeout_us;	/* default: 90 s; not with exec */
	enum job_access access;		/* default: main */
	uint64_t watchdog_us;		/* longest time between two beats; 0: none is wanted */
	enum job_beat beat;		/* default: notify */
	enum job_on_hang on_hang;	/* default: core */
	int reload_signal;		/* 0: none */
	char *const *reload_argv;	/* instead of a signal; NULL: none */
	uint64_t fd_store_max;		/* descriptors kept for it; 0: none */
};

/** struct job_http - a request, and the answer that is good. */
struct job_http {
	const char *url;		/* NULL: unset */
	unsigned int status;		/* 0: any from 200 to 399 */
	char *const *headers;		/* "Name: value"; NULL: none */
};

/** struct job_probe - how to look whether the job does its work; one of the first four is set. */
struct job_probe {
	bool given;
	char *const *argv;		/* a command that exits with 0 */
	struct sockaddr_storage tcp;	/* takes a connection; ss_family is 0 if unset */
	struct job_http http;
	const char *unix_path;		/* takes a connection */
	uint64_t interval_us;		/* between two probes; default: 5 s */
	uint64_t timeout_us;		/* of one; default: 1 s */
	unsigned int failures;		/* in a row: it hangs; default: 3 */
	unsigned int successes;		/* in a row: it is ready; default: 1 */
	uint64_t delay_us;		/* before the first; default: 0 */
	bool liveness;			/* also when it is ready */
};

/* What foretells a failure. The names of these are in the store: condition_name(). */
enum job_condition_kind {
	JOB_MEMORY,			/* near its limit */
	JOB_DESCRIPTORS,		/* near RLIMIT_NOFILE */
	JOB_PRESSURE_MEMORY,		/* stalled, as the kernel's PSI has it */
	JOB_PRESSURE_IO,
	JOB_PRESSURE_CPU,
	JOB_DISK,			/* little is free */
	JOB_GROWTH,			/* memory grows towards its limit */
	JOB_CONDITIONS,
};

enum job_foretell_action {
	JOB_FORETELL_RESTART,
	JOB_FORETELL_FLAG,
};

/** struct job_condition - one of them. */
struct job_condition {
	bool given;
	bool full;			/* of pressure: the stall of all processes, not of some */
	unsigned int percent;		/* the mark; of growth: how good the fit must be */
	uint64_t bytes;			/* of disk: the mark instead of @percent; 0: unset */
	const char *path;		/* of disk */
	uint64_t for_us;		/* it must hold so long */
	enum job_foretell_action action;
	uint64_t window_us;		/* of growth: the past that is looked at */
	uint64_t horizon_us;		/* ... and the future in which the limit is reached */
};

/** struct job_foretell - what is looked at, how often, and how few are restarted for it. */
struct job_foretell {
	uint64_t interval_us;		/* default: 5 s */
	uint64_t spacing_us;		/* between two such restarts of the job; default: 10 min */
	unsigned int at_once;		/* of its replicas and group, down at once; default: 1 */
	struct job_condition conditions[JOB_CONDITIONS];
};

/* What follows when restart-limit is passed. */
enum job_limit {
	JOB_LIMIT_FAIL,
	JOB_LIMIT_RESTART_GROUP,
	JOB_LIMIT_NODE_UNFIT,
	JOB_LIMIT_HAND_OVER,
};

/* What a reload does to a job that runs by another definition. */
enum job_on_change {
	JOB_CHANGE_RESTART,
	JOB_CHANGE_KEEP,		/* what runs stays */
};

/* Bounds of a job file; each is told in vigil-job(5). */
enum job_bounds {
	JOB_NAME_LEN_MAX = 60,		/* fits a watch's tag */
	JOB_FILE_SIZE_MAX = 4 << 20,
	JOB_FILE_ERRORS_MAX = 100,
	JOBS_PER_FILE_MAX = 10000,	/* replicas counted */
	JOB_INSTANCES_MAX = 1000,	/* named in one list */
	JOB_ARGS_MAX = 256,
	JOB_ENV_MAX = 256,
	JOB_FD_STORE_MAX = 128,
	JOB_HEADERS_MAX = 32,
	JOB_CODE_MAX = 255,		/* exit codes */
	JOB_REFS_MAX = 64,		/* names in one list */
	JOB_TEAMS_MAX = 1000,		/* groups for supervision in one file */
	JOB_TREND_SAMPLES_MIN = 10,	/* fewer show no trend */
	JOB_COMMANDS_MAX = 16,		/* in pre-start, in post-stop */
	JOB_STANDBY_MAX = 8,
};

/* What a job does when one that it needs has died. */
enum job_on_dependency {
	JOB_DEPENDENCY_DEFAULT,		/* requires: ignore a restart; binds-to: restart */
	JOB_DEPENDENCY_RESTART,
	JOB_DEPENDENCY_STOP,
	JOB_DEPENDENCY_SIGNAL,
	JOB_DEPENDENCY_IGNORE,
};

/** struct job_ref - the name of another job, and where it is written. */
struct job_ref {
	const char *name;
	unsigned int line;
	unsigned int column;
};

struct job_refs {
	const struct job_ref *list;
	size_t n;
};

enum job_strategy {
	JOB_ONE_FOR_ONE,
	JOB_REST_FOR_ONE,
	JOB_ONE_FOR_ALL,
};

/** struct job_group - jobs of one file that are restarted together. */
struct job_group {
	const char *name;		/* unique in its file */
	unsigned int line;
	unsigned int column;
	enum job_strategy strategy;
	struct job_refs jobs;		/* in the order of their start */
	unsigned int restarts_max;	/* of all its jobs together, 0: no limit ... */
	uint64_t restarts_window_us;	/* ... in this time, then all have failed */
};

/** struct job_command - one that runs before or after the job's program. */
struct job_command {
	char *const *argv;
	bool ignore_failure;
};

struct job_commands {
	const struct job_command *list;
	size_t n;
};

/** struct job_ends - a set of exit codes and signals, a bit for each. */
struct job_ends {
	uint64_t codes[(JOB_CODE_MAX + 1) / 64];
	uint64_t signals;		/* bit 0: signal 1 */
};

/** struct job_log - how its output is kept; nothing of it holds where job_spec.output names a file. */
struct job_log {
	unsigned int line;		/* where the file says so; 0: it does not */
	unsigned int column;
	uint64_t max_size;		/* bytes of one file; default: 10 MiB */
	uint64_t max_files;		/* the one that is written included; default: 5 */
	uint64_t rate_max;		/* lines within the time that follows; 0: no limit; default: 10000 */
	uint64_t rate_within_us;	/* default: 30 s */
	int out;			/* whether standard output is kept; default: true */
	int err;			/* ... and standard error; default: true */
	int journald;			/* whether it goes to journald, too; default: false */
	int syslog;			/* the facility under which it goes to syslog, too; -1: none */
};

/**
 * struct job_spec - one validated job, with every default filled in.
 *
 * Strings and arrays belong to the job_file that holds the spec.
 */
struct job_spec {
	const char *name;		/* [A-Za-z0-9][A-Za-z0-9._-]*, or two of them with @ between; unique on the node */
	unsigned int line;		/* of the name in its file, from 1 */
	unsigned int column;		/* from 1 */
	char *const *argv;		/* absolute program first, NULL-terminated */
	char *const *env;		/* NAME=VALUE, NULL-terminated; on top of PATH and the like */
	const char *user;		/* name or number; NULL: vigild's */
	const char *group;		/* NULL: the user's primary group */
	const char *directory;		/* working directory, "/" by default */
	const char *output;		/* file that stdout and stderr are appended to; NULL: as @log says */
	struct job_log log;
	enum job_restart restart;	/* default: always */
	uint64_t backoff_initial_us;	/* default: 100 ms */
	uint64_t backoff_max_us;	/* default: 30 s */
	uint64_t healthy_after_us;	/* a run this long resets the back-off; default: 10 s */
	unsigned int restarts_max;	/* at most this many restarts ... */
	uint64_t restarts_window_us;	/* ... in this time, then `failed`; default: 10 in 60 s; 0 restarts: no limit */
	struct job_ends success_exit;	/* clean ends besides code 0 */
	struct job_ends restart_prevent;	/* never restarted after these ... */
	struct job_ends restart_force;	/* ... and always after these */
	enum job_limit on_limit;	/* default: fail */
	struct job_refs after;		/* starts when these run, or will not */
	struct job_refs requires;	/* runs only while these run */
	struct job_refs binds_to;	/* ... and is restarted with them */
	enum job_on_dependency on_dependency;
	int dependency_signal;		/* of JOB_DEPENDENCY_SIGNAL */
	const struct job_group *team;	/* NULL: in none */
	unsigned int team_place;	/* index in its group's list */
	struct job_commands pre_start;	/* run before each start */
	struct job_commands post_stop;	/* ... and after each end */
	uint64_t command_timeout_us;	/* of each of them; default: 90 s */
	int stop_signal;		/* default: SIGTERM */
	uint64_t stop_timeout_us;	/* then SIGKILL; default: 10 s */
	bool autostart;			/* default: true */
	enum job_on_change on_change;	/* default: restart */
	bool rollback;			/* default: true */
	uint64_t memory_max;		/* bytes, cgroup memory.max; 0: no limit */
	uint64_t nofile_max;		/* RLIMIT_NOFILE; 0: inherited */
	uint64_t core_max;		/* RLIMIT_CORE, bytes; UINT64_MAX: unlimited */
	bool core_set;			/* false: inherited */
	struct job_ready ready;
	struct job_probe probe;
	const struct job_foretell *foretell;	/* NULL: nothing is looked at */
	struct job_limits limits;	/* the others of its cgroup */
	struct job_process process;
	const struct job_socket *sockets;
	size_t nsockets;
	bool on_demand;			/* one of them is: the first connection starts the job */
	uint64_t standby;		/* instances that wait to take over; default: 0 */
	bool singleton;			/* never two at work at once; default: false */
	int takeover_signal;		/* to the one that has taken over; 0: none */
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
