/* SPDX-License-Identifier: GPL-2.0 */
/* A watch as others see it: a copy that holds no reference. */
#ifndef VIGIL_RECORD_H
#define VIGIL_RECORD_H

#include <linux/sched.h>
#include <linux/types.h>
#include <linux/vigil.h>

/* Parts of a wait status. */
#define WAIT_STATUS_SIGNAL	0x7f
#define WAIT_STATUS_CORE	0x80
#define WAIT_STATUS_CODE(status) (((status) >> 8) & 0xff)

/**
 * struct vigil_exit - how a watched process died
 * @seq: number of its DEAD event; 0 until it has been numbered
 * @boottime_ns: time of death, CLOCK_BOOTTIME
 * @realtime_ns: time of death, CLOCK_REALTIME
 * @utime_ns: user CPU time of the thread group
 * @stime_ns: system CPU time of the thread group
 * @maxrss_kib: largest resident set
 * @status: wait status, as wait(2) gives it
 * @cause: enum vigil_cause
 * @comm: last command name
 */
struct vigil_exit {
	u64 seq;
	u64 boottime_ns;
	u64 realtime_ns;
	u64 utime_ns;
	u64 stime_ns;
	u64 maxrss_kib;
	u32 status;
	u32 cause;
	char comm[TASK_COMM_LEN];
};

/**
 * struct vigil_record - copy of a watch, and the form in which the ring keeps events
 * @id: identity of the watch
 * @start_ns: start of the process, CLOCK_BOOTTIME
 * @exit: valid if @state is VIGIL_WATCH_STATE_DEAD, but for @exit.comm, always valid
 * @tgid: thread group ID; in whose PID namespace depends on who made the copy
 * @flags: enum vigil_watch_flags
 * @state: enum vigil_watch_state
 * @owner_len: bytes of @owner
 * @tag_len: bytes of @tag
 * @owner: owner name, terminated
 * @tag: tag, terminated
 */
struct vigil_record {
	u64 id;
	u64 start_ns;
	struct vigil_exit exit;
	pid_t tgid;
	u8 flags;
	u8 state;
	u8 owner_len;
	u8 tag_len;
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	char tag[VIGIL_TAG_LEN_MAX + 1];
};

#endif /* VIGIL_RECORD_H */
