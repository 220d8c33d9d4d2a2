/* SPDX-License-Identifier: GPL-2.0 */
/* What a job uses, as the kernel tells. */
#ifndef VIGIL_AGENT_GAUGE_H
#define VIGIL_AGENT_GAUGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct job;

/** struct gauge - the files that are kept open for it; -1 where none is. */
struct gauge {
	int current_fd;		/* memory.current */
	int stat_fd;		/* memory.stat */
	int procs_fd;		/* cgroup.procs */
	int table_fd;		/* /proc/PID/fd ... */
	pid_t table_pid;	/* ... of this one */
};

void gauge_init(struct gauge *g);

/** gauge_close - its instance is another one, or none. */
void gauge_close(struct gauge *g);

/**
 * gauge_memory - what the job uses of memory, without file cache that could be reclaimed.
 * @enough: a value below it need not be exact: it is then not above the true one plus the cache
 *
 * Of its cgroup; where there is no memory controller, the private memory of its processes.
 * Return: 0 or a negative errno.
 */
int gauge_memory(struct gauge *g, const struct job *job, uint64_t enough, uint64_t *bytes);

/** struct gauge_files - of the process that is nearest to its limit. */
struct gauge_files {
	pid_t pid;
	uint64_t open;
	uint64_t limit;		/* soft RLIMIT_NOFILE */
};

/** gauge_files - of the job's processes, a bounded number of them. 0 or a negative errno. */
int gauge_files(struct gauge *g, const struct job *job, struct gauge_files *out);

struct gauge_disk {
	uint64_t free;		/* bytes that those without privileges can have */
	uint64_t total;		/* ... of so many */
};

/** gauge_disk - of the file system that holds @path. 0 or a negative errno. */
int gauge_disk(const char *path, struct gauge_disk *out);

/** gauge_stall - avg10 of a pressure file, in hundredths of a percent. 0 or a negative errno. */
int gauge_stall(int pressure_fd, bool full, unsigned int *share);

#endif /* VIGIL_AGENT_GAUGE_H */
