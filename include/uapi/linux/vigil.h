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
 * @VIGIL_WATCH_FLAGS_DYING: an event tells that the process is certain to die,
 *   before its memory is released
 * @VIGIL_WATCH_FLAGS_TREE: all descendants of the process are watched as well
 * @VIGIL_WATCH_FLAGS_VITAL: the node does not go on without the process: its
 *   death is a missed gate of the hardware watchdog. Takes the right to rule
 *   the node
 */
enum vigil_watch_flags {
	VIGIL_WATCH_FLAGS_TRANSIENT = 1,
	VIGIL_WATCH_FLAGS_DYING = 2,
	VIGIL_WATCH_FLAGS_TREE = 4,
	VIGIL_WATCH_FLAGS_VITAL = 8,
};

/**
 * enum vigil_watch_state
 * @VIGIL_WATCH_STATE_ALIVE: at least one thread of the process lives
 * @VIGIL_WATCH_STATE_DEAD: the whole thread group is gone; the attribute
 *   "exit" tells how
 * @VIGIL_WATCH_STATE_DYING: the process is certain to die, and not yet dead;
 *   only told of a watch with the flag "dying"
 */
enum vigil_watch_state {
	VIGIL_WATCH_STATE_ALIVE,
	VIGIL_WATCH_STATE_DEAD,
	VIGIL_WATCH_STATE_DYING,
};

/**
 * enum vigil_cause
 * @VIGIL_CAUSE_UNKNOWN: the process had been reaped by its parent before it
 *   was watched, so nobody can tell its exit status any more
 * @VIGIL_CAUSE_EXITED: it called exit; the attribute "code" is its exit code
 * @VIGIL_CAUSE_SIGNALLED: a signal killed it
 * @VIGIL_CAUSE_CORE_DUMPED: a signal killed it and a core was dumped
 * @VIGIL_CAUSE_OOM_KILLED: the kernel's out-of-memory killer chose it
 * @VIGIL_CAUSE_HUNG: vigil killed it, as it had missed its beat
 * @VIGIL_CAUSE_FENCED: vigil killed it, as the lease that it was bound to had
 *   run out
 */
enum vigil_cause {
	VIGIL_CAUSE_UNKNOWN,
	VIGIL_CAUSE_EXITED,
	VIGIL_CAUSE_SIGNALLED,
	VIGIL_CAUSE_CORE_DUMPED,
	VIGIL_CAUSE_OOM_KILLED,
	VIGIL_CAUSE_HUNG,
	VIGIL_CAUSE_FENCED,
};

/**
 * enum vigil_event_type
 * @VIGIL_EVENT_TYPE_DEAD: the thread group is gone; memory, files, locks and
 *   ports are released and the exit status is final
 * @VIGIL_EVENT_TYPE_GAP: the events from "seq" to "gap-last" are no longer in
 *   the ring; only in replies to a replay
 * @VIGIL_EVENT_TYPE_HUNG: the process has missed the deadline of its beat;
 *   told once, until it beats again. The attribute "hung" tells more
 * @VIGIL_EVENT_TYPE_RECOVERED: a process that was told to be hung has beaten
 *   again
 * @VIGIL_EVENT_TYPE_DYING: the process is certain to die, its memory still in
 *   place; at most once for a watch with the flag "dying", and before its
 *   "dead"
 * @VIGIL_EVENT_TYPE_MEMBER_DEAD: a descendant of the process is gone, with its
 *   memory, files, locks and ports; for a watch with the flag "tree"
 * @VIGIL_EVENT_TYPE_GROUP_EMPTY: the process and all its descendants are gone;
 *   once for a watch with the flag "tree", and after the last of their deaths
 * @VIGIL_EVENT_TYPE_WATCHDOG: the hardware watchdog has come to another stage;
 *   the attribute "watchdog" tells which. Only in the initial network
 *   namespace
 * @VIGIL_EVENT_TYPE_KEEPER: something has become of the keeper; the attribute
 *   "keeper" tells what
 * @VIGIL_EVENT_TYPE_LEASE: a lease has come to the stage that the nested
 *   attribute "stage" tells
 */
enum vigil_event_type {
	VIGIL_EVENT_TYPE_DEAD = 1,
	VIGIL_EVENT_TYPE_GAP,
	VIGIL_EVENT_TYPE_HUNG,
	VIGIL_EVENT_TYPE_RECOVERED,
	VIGIL_EVENT_TYPE_DYING,
	VIGIL_EVENT_TYPE_MEMBER_DEAD,
	VIGIL_EVENT_TYPE_GROUP_EMPTY,
	VIGIL_EVENT_TYPE_WATCHDOG,
	VIGIL_EVENT_TYPE_KEEPER,
	VIGIL_EVENT_TYPE_LEASE,
};

/**
 * enum vigil_beat_action
 * @VIGIL_BEAT_ACTION_NONE: the missed deadline is told, and no more
 * @VIGIL_BEAT_ACTION_SIGNAL: the process is sent a signal
 * @VIGIL_BEAT_ACTION_KILL: the process is killed, and the cause of its death
 *   is "hung"
 */
enum vigil_beat_action {
	VIGIL_BEAT_ACTION_NONE,
	VIGIL_BEAT_ACTION_SIGNAL,
	VIGIL_BEAT_ACTION_KILL,
};

/**
 * enum vigil_beat_state
 * @VIGIL_BEAT_STATE_BEATING: no deadline has been missed since the last beat
 * @VIGIL_BEAT_STATE_HUNG: the deadline has been missed
 */
enum vigil_beat_state {
	VIGIL_BEAT_STATE_BEATING,
	VIGIL_BEAT_STATE_HUNG,
};

/**
 * enum vigil_hang_state
 * @VIGIL_HANG_STATE_RUNNING: it uses the processor
 * @VIGIL_HANG_STATE_SLEEPING: all its threads sleep
 * @VIGIL_HANG_STATE_STOPPED: a thread is stopped, traced or frozen
 * @VIGIL_HANG_STATE_UNINTERRUPTIBLE: a thread waits in the kernel where no
 *   signal wakes it
 */
enum vigil_hang_state {
	VIGIL_HANG_STATE_RUNNING,
	VIGIL_HANG_STATE_SLEEPING,
	VIGIL_HANG_STATE_STOPPED,
	VIGIL_HANG_STATE_UNINTERRUPTIBLE,
};

#define VIGIL_NOTE_LEN_MAX	159

/**
 * enum vigil_note_kind
 * @VIGIL_NOTE_KIND_EVENT: an event of any network namespace that got its
 *   number
 * @VIGIL_NOTE_KIND_DECISION: something that the module decided or did
 */
enum vigil_note_kind {
	VIGIL_NOTE_KIND_EVENT,
	VIGIL_NOTE_KIND_DECISION,
};

#define VIGIL_DEVICE_LEN_MAX	64

/**
 * enum vigil_watchdog_stage
 * @VIGIL_WATCHDOG_STAGE_DISARMED: no hardware watchdog is petted
 * @VIGIL_WATCHDOG_STAGE_ARMED: it is petted as long as the gates are met
 * @VIGIL_WATCHDOG_STAGE_WARNING: a gate is missed; petting goes on until the
 *   grace is over
 * @VIGIL_WATCHDOG_STAGE_RECOVERED: all gates are met again before the grace
 *   was over; only in events, the stage is "armed" again
 * @VIGIL_WATCHDOG_STAGE_BITE: petting has ended and the device resets the
 *   node; nothing but a disarm calls that off
 */
enum vigil_watchdog_stage {
	VIGIL_WATCHDOG_STAGE_DISARMED,
	VIGIL_WATCHDOG_STAGE_ARMED,
	VIGIL_WATCHDOG_STAGE_WARNING,
	VIGIL_WATCHDOG_STAGE_RECOVERED,
	VIGIL_WATCHDOG_STAGE_BITE,
};

/**
 * enum vigil_watchdog_gate
 * @VIGIL_WATCHDOG_GATE_NONE: all gates are met
 * @VIGIL_WATCHDOG_GATE_CPUS: every CPU runs its real-time thread; "detail" is
 *   one that does not
 * @VIGIL_WATCHDOG_GATE_VITAL: no vital watch is dead; "detail" is the id of
 *   one that is
 * @VIGIL_WATCHDOG_GATE_DEVICE: the device takes the pets
 * @VIGIL_WATCHDOG_GATE_KEEPER: the keeper is not gone for good, where its last
 *   resort is to let the watchdog bite
 */
enum vigil_watchdog_gate {
	VIGIL_WATCHDOG_GATE_NONE,
	VIGIL_WATCHDOG_GATE_CPUS,
	VIGIL_WATCHDOG_GATE_VITAL,
	VIGIL_WATCHDOG_GATE_DEVICE,
	VIGIL_WATCHDOG_GATE_KEEPER,
};

#define VIGIL_KEEPER_WORD_LEN_MAX	1023
#define VIGIL_KEEPER_WORDS_MAX		32
#define VIGIL_KEEPER_BYTES_MAX		2048

/**
 * enum vigil_keeper_state
 * @VIGIL_KEEPER_STATE_NONE: no process is the keeper
 * @VIGIL_KEEPER_STATE_KEPT: the keeper lives
 * @VIGIL_KEEPER_STATE_LOST: the keeper is gone, or what is left of it is being
 *   killed, or a respawn failed and the next one is soon
 * @VIGIL_KEEPER_STATE_RESPAWNING: it was respawned and is to register in time
 * @VIGIL_KEEPER_STATE_EXHAUSTED: it is not brought back any more, as it was
 *   respawned too often or what is left of it does not die; the last resort
 *   was taken. A process that registers is kept again.
 */
enum vigil_keeper_state {
	VIGIL_KEEPER_STATE_NONE,
	VIGIL_KEEPER_STATE_KEPT,
	VIGIL_KEEPER_STATE_LOST,
	VIGIL_KEEPER_STATE_RESPAWNING,
	VIGIL_KEEPER_STATE_EXHAUSTED,
};

/**
 * enum vigil_keeper_last_resort
 * @VIGIL_KEEPER_LAST_RESORT_REPORT: tell of it and do nothing more
 * @VIGIL_KEEPER_LAST_RESORT_BITE: let the watchdog reset the node, if it is
 *   armed
 * @VIGIL_KEEPER_LAST_RESORT_PANIC: panic
 * @VIGIL_KEEPER_LAST_RESORT_REBOOT: ask init for a reboot in good order, and
 *   reset the node if that takes too long
 */
enum vigil_keeper_last_resort {
	VIGIL_KEEPER_LAST_RESORT_REPORT,
	VIGIL_KEEPER_LAST_RESORT_BITE,
	VIGIL_KEEPER_LAST_RESORT_PANIC,
	VIGIL_KEEPER_LAST_RESORT_REBOOT,
};

/**
 * enum vigil_keeper_stage
 * @VIGIL_KEEPER_STAGE_REGISTERED: a process is the keeper from now on, or has
 *   changed how it is kept
 * @VIGIL_KEEPER_STAGE_RESIGNED: nobody is the keeper from now on
 * @VIGIL_KEEPER_STAGE_LOST: the keeper is dead or hung
 * @VIGIL_KEEPER_STAGE_RESPAWNED: the respawned process runs, and is to
 *   register in time
 * @VIGIL_KEEPER_STAGE_RESPAWN_FAILED: it could not be run, died before it
 *   registered, or did not register in time
 * @VIGIL_KEEPER_STAGE_EXHAUSTED: it is not brought back any more; the last
 *   resort is taken
 */
enum vigil_keeper_stage {
	VIGIL_KEEPER_STAGE_REGISTERED,
	VIGIL_KEEPER_STAGE_RESIGNED,
	VIGIL_KEEPER_STAGE_LOST,
	VIGIL_KEEPER_STAGE_RESPAWNED,
	VIGIL_KEEPER_STAGE_RESPAWN_FAILED,
	VIGIL_KEEPER_STAGE_EXHAUSTED,
};

/**
 * enum vigil_keeper_why
 * @VIGIL_KEEPER_WHY_NONE: the stage needs no reason
 * @VIGIL_KEEPER_WHY_RELEASED: the watch of the living keeper was released
 * @VIGIL_KEEPER_WHY_DEAD: the process is dead
 * @VIGIL_KEEPER_WHY_HUNG: it missed its beat and was killed
 * @VIGIL_KEEPER_WHY_EXEC: it could not be run; the attribute "error" tells why
 * @VIGIL_KEEPER_WHY_LATE: it did not register in time and was killed
 * @VIGIL_KEEPER_WHY_LIMIT: it was respawned as often as it may be in the
 *   window
 * @VIGIL_KEEPER_WHY_STUCK: what is left of it does not die
 */
enum vigil_keeper_why {
	VIGIL_KEEPER_WHY_NONE,
	VIGIL_KEEPER_WHY_RELEASED,
	VIGIL_KEEPER_WHY_DEAD,
	VIGIL_KEEPER_WHY_HUNG,
	VIGIL_KEEPER_WHY_EXEC,
	VIGIL_KEEPER_WHY_LATE,
	VIGIL_KEEPER_WHY_LIMIT,
	VIGIL_KEEPER_WHY_STUCK,
};

#define VIGIL_LEASE_NAME_LEN_MAX	64

/**
 * enum vigil_lease_state
 * @VIGIL_LEASE_STATE_HELD: the deadline lies ahead, or has passed this very
 *   moment
 * @VIGIL_LEASE_STATE_FENCING: it has run out or was fenced by request; what is
 *   bound to it was sent SIGKILL and is not all gone yet
 * @VIGIL_LEASE_STATE_FENCED: nothing that was bound to it lives; a renewal
 *   with a newer epoch makes it held again
 */
enum vigil_lease_state {
	VIGIL_LEASE_STATE_HELD,
	VIGIL_LEASE_STATE_FENCING,
	VIGIL_LEASE_STATE_FENCED,
};

/**
 * enum vigil_lease_stage
 * @VIGIL_LEASE_STAGE_EXPIRED: the deadline has passed, and SIGKILL was sent to
 *   all that is bound. DEAD events of those may come before this one
 * @VIGIL_LEASE_STAGE_RECALLED: as "expired", but by a request and not by the
 *   deadline
 * @VIGIL_LEASE_STAGE_FENCED: every bound process is gone, and every cgroup
 *   that was handed over with one is empty. All their DEAD events come before
 *   this one
 */
enum vigil_lease_stage {
	VIGIL_LEASE_STAGE_EXPIRED,
	VIGIL_LEASE_STAGE_RECALLED,
	VIGIL_LEASE_STAGE_FENCED,
};

/**
 * enum vigil_bond_reach
 * @VIGIL_BOND_REACH_PROCESS: only the watched process is killed, not what it
 *   has started
 * @VIGIL_BOND_REACH_CGROUP: everything in the cgroup is killed, however it got
 *   there
 */
enum vigil_bond_reach {
	VIGIL_BOND_REACH_PROCESS,
	VIGIL_BOND_REACH_CGROUP,
};

/**
 * enum vigil_bond_state
 * @VIGIL_BOND_STATE_ALIVE: the process lives
 * @VIGIL_BOND_STATE_KILLED: the process was sent SIGKILL and is not gone yet
 * @VIGIL_BOND_STATE_DEAD: the process is gone
 */
enum vigil_bond_state {
	VIGIL_BOND_STATE_ALIVE,
	VIGIL_BOND_STATE_KILLED,
	VIGIL_BOND_STATE_DEAD,
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
	VIGIL_A_EXIT_DYING_SEQ,

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
	VIGIL_A_WATCH_BOOTTIME,
	VIGIL_A_WATCH_REALTIME,
	VIGIL_A_WATCH_BEAT,
	VIGIL_A_WATCH_HUNG,
	VIGIL_A_WATCH_EVENTFD,
	VIGIL_A_WATCH_MEMBERS,
	VIGIL_A_WATCH_MEMBERS_MISSED,
	VIGIL_A_WATCH_MEMBER,
	VIGIL_A_WATCH_WATCHDOG,
	VIGIL_A_WATCH_KEEPER,
	VIGIL_A_WATCH_LEASE,

	__VIGIL_A_WATCH_MAX,
	VIGIL_A_WATCH_MAX = (__VIGIL_A_WATCH_MAX - 1)
};

enum {
	VIGIL_A_BEAT_PAD = 1,
	VIGIL_A_BEAT_DEADLINE_MS,
	VIGIL_A_BEAT_ACTION,
	VIGIL_A_BEAT_SIGNAL,
	VIGIL_A_BEAT_ADDRESS,
	VIGIL_A_BEAT_STATE,
	VIGIL_A_BEAT_MISSED,

	__VIGIL_A_BEAT_MAX,
	VIGIL_A_BEAT_MAX = (__VIGIL_A_BEAT_MAX - 1)
};

enum {
	VIGIL_A_HUNG_PAD = 1,
	VIGIL_A_HUNG_STATE,
	VIGIL_A_HUNG_LAST_BEAT,
	VIGIL_A_HUNG_DEADLINE_MS,
	VIGIL_A_HUNG_ACTION,
	VIGIL_A_HUNG_SIGNAL,
	VIGIL_A_HUNG_CPU_TIME,
	VIGIL_A_HUNG_CPU_WINDOW,

	__VIGIL_A_HUNG_MAX,
	VIGIL_A_HUNG_MAX = (__VIGIL_A_HUNG_MAX - 1)
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
	VIGIL_A_MEMBER_PAD = 1,
	VIGIL_A_MEMBER_PID,
	VIGIL_A_MEMBER_START_TICKS,
	VIGIL_A_MEMBER_START_TIME,
	VIGIL_A_MEMBER_COMM,
	VIGIL_A_MEMBER_EXIT,

	__VIGIL_A_MEMBER_MAX,
	VIGIL_A_MEMBER_MAX = (__VIGIL_A_MEMBER_MAX - 1)
};

enum {
	VIGIL_A_NOTE_PAD = 1,
	VIGIL_A_NOTE_KIND,
	VIGIL_A_NOTE_NUMBER,
	VIGIL_A_NOTE_BOOTTIME,
	VIGIL_A_NOTE_TEXT,

	__VIGIL_A_NOTE_MAX,
	VIGIL_A_NOTE_MAX = (__VIGIL_A_NOTE_MAX - 1)
};

enum {
	VIGIL_A_WATCHDOG_STATE_PAD = 1,
	VIGIL_A_WATCHDOG_STATE_STAGE,
	VIGIL_A_WATCHDOG_STATE_GATE,
	VIGIL_A_WATCHDOG_STATE_DETAIL,
	VIGIL_A_WATCHDOG_STATE_DEVICE,
	VIGIL_A_WATCHDOG_STATE_TIMEOUT_S,
	VIGIL_A_WATCHDOG_STATE_RESET_IN_MS,

	__VIGIL_A_WATCHDOG_STATE_MAX,
	VIGIL_A_WATCHDOG_STATE_MAX = (__VIGIL_A_WATCHDOG_STATE_MAX - 1)
};

enum {
	VIGIL_A_WATCHDOG_PAD = 1,
	VIGIL_A_WATCHDOG_FD,
	VIGIL_A_WATCHDOG_DEVICE,
	VIGIL_A_WATCHDOG_TIMEOUT_S,
	VIGIL_A_WATCHDOG_GRACE_MS,
	VIGIL_A_WATCHDOG_STATE,
	VIGIL_A_WATCHDOG_INTERVAL_MS,
	VIGIL_A_WATCHDOG_PETS,
	VIGIL_A_WATCHDOG_WARNINGS,
	VIGIL_A_WATCHDOG_RECOVERIES,

	__VIGIL_A_WATCHDOG_MAX,
	VIGIL_A_WATCHDOG_MAX = (__VIGIL_A_WATCHDOG_MAX - 1)
};

enum {
	VIGIL_A_KEEPER_PAD = 1,
	VIGIL_A_KEEPER_ID,
	VIGIL_A_KEEPER_ARGV,
	VIGIL_A_KEEPER_ENV,
	VIGIL_A_KEEPER_RESPAWN_MAX,
	VIGIL_A_KEEPER_WINDOW_MS,
	VIGIL_A_KEEPER_REGISTER_MS,
	VIGIL_A_KEEPER_LAST_RESORT,
	VIGIL_A_KEEPER_REPLACE,
	VIGIL_A_KEEPER_PID,
	VIGIL_A_KEEPER_STATE,
	VIGIL_A_KEEPER_RESPAWNS,

	__VIGIL_A_KEEPER_MAX,
	VIGIL_A_KEEPER_MAX = (__VIGIL_A_KEEPER_MAX - 1)
};

enum {
	VIGIL_A_KEEPER_NEWS_STAGE = 1,
	VIGIL_A_KEEPER_NEWS_WHY,
	VIGIL_A_KEEPER_NEWS_PID,
	VIGIL_A_KEEPER_NEWS_ERROR,
	VIGIL_A_KEEPER_NEWS_RESPAWNS,
	VIGIL_A_KEEPER_NEWS_LAST_RESORT,

	__VIGIL_A_KEEPER_NEWS_MAX,
	VIGIL_A_KEEPER_NEWS_MAX = (__VIGIL_A_KEEPER_NEWS_MAX - 1)
};

enum {
	VIGIL_A_LEASE_EVENT_PAD = 1,
	VIGIL_A_LEASE_EVENT_NAME,
	VIGIL_A_LEASE_EVENT_EPOCH,
	VIGIL_A_LEASE_EVENT_STAGE,
	VIGIL_A_LEASE_EVENT_TIMER_LATE,
	VIGIL_A_LEASE_EVENT_KILL_LATE,

	__VIGIL_A_LEASE_EVENT_MAX,
	VIGIL_A_LEASE_EVENT_MAX = (__VIGIL_A_LEASE_EVENT_MAX - 1)
};

enum {
	VIGIL_A_LEASE_PAD = 1,
	VIGIL_A_LEASE_NAME,
	VIGIL_A_LEASE_EPOCH,
	VIGIL_A_LEASE_DURATION_MS,
	VIGIL_A_LEASE_DEADLINE,
	VIGIL_A_LEASE_STATE,
	VIGIL_A_LEASE_LIVING,
	VIGIL_A_LEASE_DEAD,
	VIGIL_A_LEASE_CGROUPS,
	VIGIL_A_LEASE_WATCH_ID,
	VIGIL_A_LEASE_CGROUP_KILL,
	VIGIL_A_LEASE_REACH,
	VIGIL_A_LEASE_PID,
	VIGIL_A_LEASE_BOND_STATE,

	__VIGIL_A_LEASE_MAX,
	VIGIL_A_LEASE_MAX = (__VIGIL_A_LEASE_MAX - 1)
};

enum {
	VIGIL_CMD_WATCH_NEW = 1,
	VIGIL_CMD_WATCH_DEL,
	VIGIL_CMD_WATCH_GET,
	VIGIL_CMD_EVENT_GET,
	VIGIL_CMD_EVENT_NTF,
	VIGIL_CMD_STATS_GET,
	VIGIL_CMD_BEAT_SET,
	VIGIL_CMD_BEAT,
	VIGIL_CMD_WATCH_SET,
	VIGIL_CMD_BLACKBOX_GET,
	VIGIL_CMD_WATCHDOG_ARM,
	VIGIL_CMD_WATCHDOG_DISARM,
	VIGIL_CMD_WATCHDOG_GET,
	VIGIL_CMD_KEEPER_SET,
	VIGIL_CMD_KEEPER_RESIGN,
	VIGIL_CMD_KEEPER_GET,
	VIGIL_CMD_LEASE_NEW,
	VIGIL_CMD_LEASE_RENEW,
	VIGIL_CMD_LEASE_FENCE,
	VIGIL_CMD_LEASE_DEL,
	VIGIL_CMD_LEASE_GET,
	VIGIL_CMD_LEASE_BIND,
	VIGIL_CMD_LEASE_UNBIND,
	VIGIL_CMD_BOND_GET,

	__VIGIL_CMD_MAX,
	VIGIL_CMD_MAX = (__VIGIL_CMD_MAX - 1)
};

#define VIGIL_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_VIGIL_H */
