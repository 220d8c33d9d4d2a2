/* SPDX-License-Identifier: GPL-2.0 */
/* libvigil: watches, and how a watched process died. Include <vigil/vigil.h>, which says what holds for all calls. */
#ifndef LIBVIGIL_WATCH_H
#define LIBVIGIL_WATCH_H

#include <stdint.h>
#include <sys/types.h>

#include <linux/vigil.h>

#include <vigil/beat.h>
#include <vigil/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct vigil_exit - how a watched process died.
 * @seq: sequence number of its DEAD event, 0 while that is still on its way
 * @boottime_ns: time of death on CLOCK_BOOTTIME
 * @realtime_ns: time of death on CLOCK_REALTIME
 * @utime_ns: user CPU time of all its threads
 * @stime_ns: system CPU time of all its threads
 * @maxrss_kib: largest resident set
 * @cause: enum vigil_cause; VIGIL_CAUSE_UNKNOWN if it had been reaped before it was watched
 * @code: exit code if @cause is VIGIL_CAUSE_EXITED, else 0
 * @signal: signal number if a signal killed it, else 0
 * @dying_seq: sequence number of its DYING event, 0 if there was none
 */
struct vigil_exit {
	uint64_t seq;
	uint64_t boottime_ns;
	uint64_t realtime_ns;
	uint64_t utime_ns;
	uint64_t stime_ns;
	uint64_t maxrss_kib;
	enum vigil_cause cause;
	int code;
	int signal;
	uint64_t dying_seq;
};

/**
 * struct vigil_watch - one watched process.
 * @id: identity of the watch, never used twice while the module is loaded
 * @pid: process (thread group) ID
 * @start_ticks: start time in clock ticks since boot, as field 22 of /proc/PID/stat
 * @start_ns: start time on CLOCK_BOOTTIME, in ns
 * @flags: enum vigil_watch_flags
 * @state: enum vigil_watch_state
 * @owner: owner name
 * @tag: tag, "" if none
 * @comm: command name; of a dead process, the last one
 * @exit: how it died; valid only if @state is VIGIL_WATCH_STATE_DEAD
 * @deadline: its beat
 * @members: its living descendants; 0 unless @flags has VIGIL_WATCH_FLAGS_TREE
 * @members_missed: descendants that could not be noted, of which and of whose nothing is told
 */
struct vigil_watch {
	uint64_t id;
	pid_t pid;
	uint64_t start_ticks;
	uint64_t start_ns;
	uint32_t flags;
	enum vigil_watch_state state;
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	char tag[VIGIL_TAG_LEN_MAX + 1];
	char comm[16];
	struct vigil_exit exit;
	struct vigil_deadline deadline;
	uint32_t members;
	uint32_t members_missed;
};

/**
 * vigil_watch_pidfd - watch the process a pidfd refers to.
 * @pidfd: stays the caller's; it may be closed as soon as this returns
 * @owner: name under which to find the watch again, 1 to VIGIL_OWNER_LEN_MAX bytes
 * @tag: up to VIGIL_TAG_LEN_MAX bytes, or NULL
 * @flags: any of VIGIL_WATCH_FLAGS_TRANSIENT: the watch goes with this handle; _DYING: an event
 *	tells that the process is certain to die, before its memory is released; _TREE: its
 *	descendants are watched too, those there are and those born later, an event for the death
 *	of each and one when the process and all of them are gone; _VITAL: the node is reset if the
 *	process dies and nobody brings it back, see vigil_watchdog_arm(); this takes what arming takes
 * @out: the watch, or NULL; if its state is already dead, its DEAD event has been or will be sent
 *	all the same
 *
 * Return: 0; -EINVAL for an owner, tag or flags out of bounds; -EBADF if @pidfd is no pidfd;
 * -EPERM also if the caller lacks CAP_NET_ADMIN in the process's user namespace; -EEXIST if the
 * process is already watched under @owner; -ENOSPC if watches_max are held; -EUSERS if too many
 * owners watch the process; -ESRCH if the caller's PID namespace cannot see the process; -EOPNOTSUPP
 * if this kernel cannot do what @flags ask for.
 */
int vigil_watch_pidfd(struct vigil *v, int pidfd, const char *owner,
		      const char *tag, uint32_t flags, struct vigil_watch *out);

/**
 * vigil_watch_pid - watch a process named by its ID.
 * @pid: process ID in the caller's PID namespace
 * @start_ticks: its start time, field 22 of /proc/PID/stat, so that a reused ID cannot be
 *	mistaken for it; 0 to watch whatever process has the ID now
 *
 * The rest is as with vigil_watch_pidfd().
 *
 * Return: as vigil_watch_pidfd(); -ESRCH if there is no such process or it
 * started at another time, or the ID is that of a thread; -EINVAL if @pid is not above 0;
 * -EMFILE, -ENFILE if @start_ticks is 0.
 */
int vigil_watch_pid(struct vigil *v, pid_t pid, uint64_t start_ticks,
		    const char *owner, const char *tag, uint32_t flags,
		    struct vigil_watch *out);

/**
 * vigil_watch_set_eventfd - have an eventfd signalled the moment a process is certain to die.
 * @id: struct vigil_watch.id, of a watch with VIGIL_WATCH_FLAGS_DYING
 * @eventfd: stays the caller's; it may be closed as soon as this returns
 *
 * One is added to its counter right where the process is seen to be dying, ahead of the event; or
 * at its death, if that is all there is to see; or at once, if either has been. The eventfd that
 * the watch had before is not signalled any more.
 *
 * Return: 0; -ENOENT if there is no such watch; -EOPNOTSUPP if it is one without that flag;
 * -EBADF, -EINVAL if @eventfd is no eventfd.
 */
int vigil_watch_set_eventfd(struct vigil *v, uint64_t id, int eventfd);

/**
 * vigil_release - end a watch and drop its exit record.
 * @id: struct vigil_watch.id
 *
 * Return: 0; -ENOENT if there is no such watch.
 */
int vigil_release(struct vigil *v, uint64_t id);

/**
 * vigil_get - read one watch.
 *
 * Return: 0; -ENOENT if there is no such watch.
 */
int vigil_get(struct vigil *v, uint64_t id, struct vigil_watch *out);

/**
 * vigil_list_fn - called once for each watch; a non-zero return ends the list
 * and is returned by vigil_list(). It must not use the handle that lists. @w is valid during the
 * call only.
 */
typedef int (*vigil_list_fn)(const struct vigil_watch *w, void *arg);

/**
 * vigil_list - list the watches that the caller's PID namespace can see.
 * @owner: only this owner's, or NULL for all
 *
 * They come in the order of their ids. A watch made or released meanwhile may or may not be
 * listed; no other is missed or repeated. The module cannot be unloaded while @fn runs.
 *
 * Return: 0, or the first non-zero value @fn returned; -EINVAL for an owner out of bounds. After
 * any other failure @fn may have been called for some of the watches.
 */
int vigil_list(struct vigil *v, const char *owner, vigil_list_fn fn, void *arg);

/**
 * vigil_cause_name - "exited", "signalled", "core-dumped", "oom-killed", "hung", "fenced" or
 * "unknown".
 *
 * Return: a static string, "unknown" for any other value too. Thread safe.
 */
const char *vigil_cause_name(enum vigil_cause cause);

#ifdef __cplusplus
}
#endif

#endif /* LIBVIGIL_WATCH_H */
