/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc tells of a process and of this boot. */
#ifndef VIGIL_AGENT_PROC_H
#define VIGIL_AGENT_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** proc_start_ticks - field 22 of /proc/PID/stat. Returns 0, -ESRCH, or another negative errno. */
int proc_start_ticks(pid_t pid, uint64_t *ticks);

/** proc_is_child - whether this process is the parent of @pid, a zombie included. */
bool proc_is_child(pid_t pid);

/** proc_ticks_to_us - the same time on CLOCK_BOOTTIME. */
uint64_t proc_ticks_to_us(uint64_t ticks);

/** proc_boot_id - into @buf, of STORE_BOOT_ID_LEN + 1 bytes at least. 0 or a negative errno. */
int proc_boot_id(char *buf, size_t size);

/** proc_parent - the parent's process ID; 0 if the process is gone. */
pid_t proc_parent(pid_t pid);

/** proc_cgroup - path in the cgroup2 hierarchy, as the process' own namespace shows it. 0 or a negative errno. */
int proc_cgroup(pid_t pid, char *buf, size_t size);

/** proc_has_name - whether the process is there, a zombie included, and /proc/PID/comm is @name. */
bool proc_has_name(pid_t pid, const char *name);

int proc_pidfd_open(pid_t pid);
int proc_pidfd_kill(int pidfd, int sig);

#endif /* VIGIL_AGENT_PROC_H */
