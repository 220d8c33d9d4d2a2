/* SPDX-License-Identifier: GPL-2.0 */
/* Watches and events as others see them: copies that hold no reference. */
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
 * struct vigil_beat_record - copy of a beat
 * @deadline_ms: longest time between two beats; 0 if there is no beat
 * @missed: missed deadlines
 * @action: enum vigil_beat_action
 * @signal: for VIGIL_BEAT_ACTION_SIGNAL
 * @hung: there was no beat since the last missed deadline
 */
struct vigil_beat_record {
	u32 deadline_ms;
	u16 missed;
	u8 action;
	u8 signal;
	bool hung;
};

/**
 * struct vigil_hang - a missed deadline
 * @last_beat_ns: the last beat came before that, CLOCK_BOOTTIME
 * @cpu_ns: CPU time that the process used
 * @cpu_window_ns: in so much time before the miss
 * @deadline_ms: the deadline
 * @state: enum vigil_hang_state
 * @action: enum vigil_beat_action
 * @signal: for VIGIL_BEAT_ACTION_SIGNAL
 */
struct vigil_hang {
	u64 last_beat_ns;
	u64 cpu_ns;
	u64 cpu_window_ns;
	u32 deadline_ms;
	u8 state;
	u8 action;
	u8 signal;
};

/**
 * struct vigil_record - copy of a watch
 * @id: identity of the watch
 * @start_ns: start of the process, CLOCK_BOOTTIME
 * @exit: valid if @state is VIGIL_WATCH_STATE_DEAD, but for @exit.comm, always valid
 * @dying_seq: number of its DYING event, 0 if there was none
 * @members: living descendants, if it watches a tree
 * @members_missed: descendants that could not be noted
 * @tgid: thread group ID; in whose PID namespace depends on who made the copy
 * @flags: enum vigil_watch_flags
 * @state: enum vigil_watch_state
 * @owner_len: bytes of @owner
 * @tag_len: bytes of @tag
 * @owner: owner name, terminated
 * @tag: tag, terminated
 * @beat: its beat
 */
struct vigil_record {
	u64 id;
	u64 start_ns;
	struct vigil_exit exit;
	u64 dying_seq;
	u32 members;
	u32 members_missed;
	pid_t tgid;
	u8 flags;
	u8 state;
	u8 owner_len;
	u8 tag_len;
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	char tag[VIGIL_TAG_LEN_MAX + 1];
	struct vigil_beat_record beat;
};

/**
 * struct vigil_member_record - a descendant that died
 * @start_ns: its start, CLOCK_BOOTTIME
 * @exit: how it died
 * @tgid: thread group ID in the PID namespace of the watch's maker
 */
struct vigil_member_record {
	u64 start_ns;
	struct vigil_exit exit;
	pid_t tgid;
};

#define VIGIL_WATCHDOG_NAME_MAX	32

/**
 * struct vigil_watchdog_record - copy of what the hardware watchdog has come to
 * @stage: enum vigil_watchdog_stage
 * @gate: enum vigil_watchdog_gate, the one that is missed
 * @detail: which CPU or watch
 * @timeout_s: of the device
 * @reset_in_ms: the node is reset by then if nothing changes; 0 if it is not
 * @device: its name, terminated; empty if none
 */
struct vigil_watchdog_record {
	u32 stage;
	u32 gate;
	u64 detail;
	u32 timeout_s;
	u32 reset_in_ms;
	char device[VIGIL_WATCHDOG_NAME_MAX];
};

/**
 * struct vigil_keeper_news - what has become of the keeper
 * @stage: enum vigil_keeper_stage
 * @why: enum vigil_keeper_why
 * @pid: the keeper, or the respawned process, in the initial PID namespace; 0 if there is none
 * @error: errno if @why is VIGIL_KEEPER_WHY_EXEC, else 0
 * @respawns: in the window that ends with this event
 * @last_resort: enum vigil_keeper_last_resort
 */
struct vigil_keeper_news {
	u32 stage;
	u32 why;
	pid_t pid;
	u32 error;
	u32 respawns;
	u32 last_resort;
};

/**
 * struct vigil_lease_told - what an event tells of a lease
 * @epoch: under which it was held
 * @timer_late_ns: from when the fencing was due until it was begun
 * @kill_late_ns: from when it was due until the last SIGKILL was sent
 * @stage: enum vigil_lease_stage
 * @name: name of the lease, terminated
 */
struct vigil_lease_told {
	u64 epoch;
	u64 timer_late_ns;
	u64 kill_late_ns;
	u32 stage;
	char name[VIGIL_LEASE_NAME_LEN_MAX + 1];
};

/**
 * struct vigil_event - the form in which the ring keeps events
 * @seq: its number
 * @boottime_ns: when it happened, CLOCK_BOOTTIME
 * @realtime_ns: when it happened, CLOCK_REALTIME
 * @type: enum vigil_event_type
 * @watch: the watch that it is about, if any
 * @hang: of VIGIL_EVENT_TYPE_HUNG
 * @member: of VIGIL_EVENT_TYPE_MEMBER_DEAD
 * @watchdog: of VIGIL_EVENT_TYPE_WATCHDOG
 * @keeper: of VIGIL_EVENT_TYPE_KEEPER
 * @lease: of VIGIL_EVENT_TYPE_LEASE
 */
struct vigil_event {
	u64 seq;
	u64 boottime_ns;
	u64 realtime_ns;
	u32 type;
	struct vigil_record watch;
	union {
		struct vigil_hang hang;
		struct vigil_member_record member;
		struct vigil_watchdog_record watchdog;
		struct vigil_keeper_news keeper;
		struct vigil_lease_told lease;
	};
};

#endif /* VIGIL_RECORD_H */
