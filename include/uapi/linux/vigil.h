/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vigil.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_VIGIL_H
#define _UAPI_LINUX_VIGIL_H

#define VIGIL_FAMILY_NAME	"vigil"
#define VIGIL_FAMILY_VERSION	1

#define VIGIL_OWNER_LEN_MAX	32
#define VIGIL_TAG_LEN_MAX	64

/**
 * enum vigil_watch_flags
 * @VIGIL_WATCH_FLAGS_TRANSIENT: the watch goes when the socket that made it is
 *   closed
 */
enum vigil_watch_flags {
	VIGIL_WATCH_FLAGS_TRANSIENT = 1,
};

/**
 * enum vigil_watch_state
 * @VIGIL_WATCH_STATE_ALIVE: at least one thread of the process lives
 * @VIGIL_WATCH_STATE_DEAD: the whole thread group is gone; the attribute
 *   "exit" tells how
 */
enum vigil_watch_state {
	VIGIL_WATCH_STATE_ALIVE,
	VIGIL_WATCH_STATE_DEAD,
};

/**
 * enum vigil_cause
 * @VIGIL_CAUSE_UNKNOWN: the process had been reaped by its parent before it
 *   was watched, so nobody can tell its exit status any more
 * @VIGIL_CAUSE_EXITED: it called exit; the attribute "code" is its exit code
 * @VIGIL_CAUSE_SIGNALLED: a signal killed it
 * @VIGIL_CAUSE_CORE_DUMPED: a signal killed it and a core was dumped
 * @VIGIL_CAUSE_OOM_KILLED: the kernel's out-of-memory killer chose it
 */
enum vigil_cause {
	VIGIL_CAUSE_UNKNOWN,
	VIGIL_CAUSE_EXITED,
	VIGIL_CAUSE_SIGNALLED,
	VIGIL_CAUSE_CORE_DUMPED,
	VIGIL_CAUSE_OOM_KILLED,
};

/**
 * enum vigil_event_type
 * @VIGIL_EVENT_TYPE_DEAD: the thread group is gone; memory, files, locks and
 *   ports are released and the exit status is final
 * @VIGIL_EVENT_TYPE_GAP: the events from "seq" to "gap-last" are no longer in
 *   the ring; only in replies to a replay
 */
enum vigil_event_type {
	VIGIL_EVENT_TYPE_DEAD = 1,
	VIGIL_EVENT_TYPE_GAP,
};

enum {
	VIGIL_A_EXIT_PAD = 1,
	VIGIL_A_EXIT_SEQ,
	VIGIL_A_EXIT_BOOTTIME,
	VIGIL_A_EXIT_REALTIME,
	VIGIL_A_EXIT_CAUSE,
	VIGIL_A_EXIT_CODE,
	VIGIL_A_EXIT_SIGNAL,
	VIGIL_A_EXIT_UTIME,
	VIGIL_A_EXIT_STIME,
	VIGIL_A_EXIT_MAXRSS,

	__VIGIL_A_EXIT_MAX,
	VIGIL_A_EXIT_MAX = (__VIGIL_A_EXIT_MAX - 1)
};

enum {
	VIGIL_A_WATCH_PAD = 1,
	VIGIL_A_WATCH_ID,
	VIGIL_A_WATCH_PIDFD,
	VIGIL_A_WATCH_PID,
	VIGIL_A_WATCH_TGID,
	VIGIL_A_WATCH_START_TICKS,
	VIGIL_A_WATCH_START_TIME,
	VIGIL_A_WATCH_OWNER,
	VIGIL_A_WATCH_TAG,
	VIGIL_A_WATCH_FLAGS,
	VIGIL_A_WATCH_STATE,
	VIGIL_A_WATCH_COMM,
	VIGIL_A_WATCH_EXIT,
	VIGIL_A_WATCH_EVENT_TYPE,
	VIGIL_A_WATCH_SEQ,
	VIGIL_A_WATCH_GAP_LAST,

	__VIGIL_A_WATCH_MAX,
	VIGIL_A_WATCH_MAX = (__VIGIL_A_WATCH_MAX - 1)
};

enum {
	VIGIL_A_STATS_PAD = 1,
	VIGIL_A_STATS_WATCHES,
	VIGIL_A_STATS_DEAD,
	VIGIL_A_STATS_WATCHES_MAX,
	VIGIL_A_STATS_SEQ,
	VIGIL_A_STATS_OLDEST_SEQ,
	VIGIL_A_STATS_RING_SIZE,
	VIGIL_A_STATS_SEND_FAILURES,

	__VIGIL_A_STATS_MAX,
	VIGIL_A_STATS_MAX = (__VIGIL_A_STATS_MAX - 1)
};

enum {
	VIGIL_CMD_WATCH_NEW = 1,
	VIGIL_CMD_WATCH_DEL,
	VIGIL_CMD_WATCH_GET,
	VIGIL_CMD_EVENT_GET,
	VIGIL_CMD_EVENT_NTF,
	VIGIL_CMD_STATS_GET,

	__VIGIL_CMD_MAX,
	VIGIL_CMD_MAX = (__VIGIL_CMD_MAX - 1)
};

#define VIGIL_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_VIGIL_H */
