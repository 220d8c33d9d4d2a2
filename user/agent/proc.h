/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc tells of a process and of this boot. */
#ifndef VIGIL_AGENT_PROC_H
#define VIGIL_AGENT_PROC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** proc_start_ticks - field 22 of /proc/PID/stat. Returns 0, -ESRCH, or another negative errno. */
int proc_start_ticks(pid_t pid, uint64_t *ticks);

/** proc_ticks_to_us - the same time on CLOCK_BOOTTIME. */
uint64_t proc_ticks_to_us(uint64_t ticks);

/** proc_boot_id - into @buf, of STORE_BOOT_ID_LEN + 1 bytes at least. 0 or a negative errno. */
int proc_boot_id(char *buf, size_t size);

int proc_pidfd_open(pid_t pid);
int proc_pidfd_kill(int pidfd, int sig);

#endif /* VIGIL_AGENT_PROC_H */
