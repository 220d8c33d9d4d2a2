/* SPDX-License-Identifier: GPL-2.0 */
/* How a job's process is made, beyond its command: identity, priority, limits, capabilities. */
#ifndef VIGIL_JOBFILE_PROCESS_H
#define VIGIL_JOBFILE_PROCESS_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum job_process_bounds {
	JOB_GROUPS_MAX = 64,
	JOB_ENV_FILES_MAX = 16,
	JOB_CPUS_MAX = CPU_SETSIZE,
};

/** struct job_rlimit - one of setrlimit(2); UINT64_MAX: unlimited. */
struct job_rlimit {
	bool set;
	uint64_t soft;
	uint64_t hard;
};

/** struct job_process - zeroed: everything as it is inherited. */
struct job_process {
	char *const *groups;		/* besides the user's own; names or numbers, NULL-terminated */
	char *const *env_files;		/* paths, NULL-terminated; one that begins with - may be missing */
	mode_t umask;			/* default: 022 */
	bool nice_set;
	int nice;
	bool oom_score_set;
	int oom_score;
	const cpu_set_t *cpus;		/* NULL: inherited */
	bool scheduler_set;
	int scheduler;			/* SCHED_* */
	int priority;			/* of a real-time one, 1 to 99 */
	int io_class;			/* enum job_io_class; 0: inherited */
	int io_level;			/* 0, the first, to 7 */
	const struct job_rlimit *rlimits;	/* RLIM_NLIMITS, by RLIMIT_*; NULL: none is set */
	bool capabilities_set;
	uint64_t capabilities;		/* bit n: the capability with the number n */
	bool no_new_privileges;
};

/* As the kernel numbers them, IOPRIO_CLASS_*. */
enum job_io_class {
	JOB_IO_INHERITED,
	JOB_IO_REALTIME,
	JOB_IO_BEST_EFFORT,
	JOB_IO_IDLE,
};

/** struct job_limits - of all processes of a job together, in its cgroup; 0: as without it. */
struct job_limits {
	uint64_t memory_high;		/* bytes */
	bool memory_swap_set;
	uint64_t memory_swap;		/* bytes; UINT64_MAX: unlimited */
	uint64_t tasks;
	uint64_t cpu;			/* in thousandths of one CPU */
	uint64_t cpu_weight;		/* 1 to 10000 */
	uint64_t io_weight;		/* 1 to 10000 */
};

/** rlimit_name - how a job file calls the resource RLIMIT_*, or "?". */
const char *rlimit_name(int resource);

#endif /* VIGIL_JOBFILE_PROCESS_H */
