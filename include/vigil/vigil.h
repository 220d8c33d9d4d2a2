/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libvigil: watch processes through vigil.ko and learn of every death exactly once.
 *
 * Handles are opaque and share nothing: any number of threads may use the
 * library at the same time, each with handles of its own. One handle must not
 * be used by two threads at once. Nothing here changes signal handlers, process-wide state
 * or locale. A handle belongs to the network namespace of the thread that opened it.
 *
 * Unless stated otherwise a function returns 0 or a positive count on success
 * and a negative errno on failure. After a failure vigil_error() or vigil_events_error() gives a
 * sentence that explains it. Errors that any call may return:
 *
 *	-EPERM	    the caller lacks CAP_NET_ADMIN in its network namespace's user namespace
 *	-ENOENT	    the module is not loaded (any more)
 *	-ENOMEM	    out of memory, here or in the kernel
 *	-EPROTO	    the kernel's answer did not follow the family's specification, or the module is
 *		    older than this library
 *	-ETIMEDOUT  the kernel did not answer within seconds
 *
 * If the module is unloaded and loaded again, a struct vigil finds it again at the next call; the
 * watches are gone. A struct vigil_events ends with -ENOENT, as the events are numbered anew.
 */
#ifndef VIGIL_VIGIL_H
#define VIGIL_VIGIL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/vigil.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct vigil - a control connection to vigil.ko. */
struct vigil;

/** struct vigil_events - a reader of the event stream. */
struct vigil_events;

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
};

/**
 * struct vigil_event - one event of the stream.
 * @type: VIGIL_EVENT_TYPE_DEAD, or VIGIL_EVENT_TYPE_GAP for events that are truly gone
 * @seq: its sequence number; of a gap, the first lost one
 * @gap_last: the last lost sequence number; 0 unless @type is a gap
 * @watch: the dead process; valid only if @type is VIGIL_EVENT_TYPE_DEAD
 */
struct vigil_event {
	enum vigil_event_type type;
	uint64_t seq;
	uint64_t gap_last;
	struct vigil_watch watch;
};

/**
 * struct vigil_stats - counters of the caller's network namespace.
 * @watches: watches held, dead or alive
 * @dead: held watches whose process is dead
 * @watches_max: the most that may be held
 * @seq: newest sequence number, 0 before the first event
 * @oldest_seq: oldest sequence number a replay can still give, 0 if none
 * @ring_size: events the ring holds
 * @send_failures: multicast messages that could not be allocated; none is lost by it
 */
struct vigil_stats {
	uint64_t watches;
	uint64_t dead;
	uint64_t watches_max;
	uint64_t seq;
	uint64_t oldest_seq;
	uint64_t ring_size;
	uint64_t send_failures;
};

/**
 * vigil_open - connect to vigil.ko.
 * @out: the new handle
 *
 * It may be opened without CAP_NET_ADMIN, but then every call is refused.
 *
 * Return: 0; -ENOENT if the module is not loaded; -EMFILE, -ENFILE. *@out is NULL after a failure.
 */
int vigil_open(struct vigil **out);

/**
 * vigil_close - close a handle and release its transient watches. NULL is ignored.
 */
void vigil_close(struct vigil *v);

/**
 * vigil_error - the sentence for the last failed call on this handle.
 *
 * It is the kernel's own if the kernel refused; what this library refuses or finds wrong by itself
 * it explains too. "" where there is none: errors of system calls (-EMFILE, -ENOMEM), and on
 * Linux 6.1 the kernel's refusal of a list, for which that release has no sentences.
 *
 * Return: a string in English without a full stop, "" if the last call succeeded or there is none;
 * valid until the next call on the handle.
 */
const char *vigil_error(const struct vigil *v);

/**
 * vigil_watch_pidfd - watch the process a pidfd refers to.
 * @pidfd: stays the caller's; it may be closed as soon as this returns
 * @owner: name under which to find the watch again, 1 to VIGIL_OWNER_LEN_MAX bytes
 * @tag: up to VIGIL_TAG_LEN_MAX bytes, or NULL
 * @flags: 0 or VIGIL_WATCH_FLAGS_TRANSIENT: the watch goes with this handle
 * @out: the watch, or NULL; if its state is already dead, its DEAD event has been or will be sent
 *	all the same
 *
 * Return: 0; -EINVAL for an owner, tag or flags out of bounds; -EBADF if @pidfd is no pidfd;
 * -EPERM also if the caller lacks CAP_NET_ADMIN in the process's user namespace; -EEXIST if the
 * process is already watched under @owner; -ENOSPC if watches_max are held; -EUSERS if too many
 * owners watch the process; -ESRCH if the caller's PID namespace cannot see the process.
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
 * vigil_stats_get - read the counters of the caller's network namespace.
 */
int vigil_stats_get(struct vigil *v, struct vigil_stats *out);

/**
 * vigil_events_open - subscribe to the event stream.
 * @since: first sequence number wanted, e.g. the last one handled plus 1; older events come from
 *	the kernel's ring. 0 for events from now on only.
 * @out: the new reader
 *
 * Call vigil_events_next() before the first poll: older events are not announced by the descriptor.
 *
 * Return: 0; -ENOENT if the module is not loaded; -ERANGE if @since is beyond the next event, so
 * that it stems from an earlier life of the module: list the watches, and open with 1; -EPERM,
 * -EMFILE, -ENFILE. *@out is NULL after a failure.
 */
int vigil_events_open(uint64_t since, struct vigil_events **out);

/**
 * vigil_events_close - end a subscription. NULL is ignored.
 */
void vigil_events_close(struct vigil_events *ev);

/**
 * vigil_events_fd - a descriptor that polls readable when vigil_events_next()
 * may have an event. Poll only; it belongs to the reader. POLLERR means to call
 * vigil_events_next(), too: the kernel sets it when datagrams were lost. Wait for events only after
 * vigil_events_next() has returned 0.
 */
int vigil_events_fd(const struct vigil_events *ev);

/**
 * vigil_events_next - take the next event, in order of sequence, none twice.
 * @out: the event; undefined unless 1 is returned
 *
 * Never waits for an event. Lost datagrams are noticed (by the sequence or by
 * ENOBUFS) and repaired by a replay from the kernel's ring; only what the ring no longer
 * holds is reported, as one VIGIL_EVENT_TYPE_GAP in its place: list the watches then. Call it until
 * it returns 0, then poll vigil_events_fd() again. It allocates nothing. Events of a type that this
 * library does not know are passed over.
 *
 * Return: 1 with an event, 0 if there is none now; -ENOENT if the module was unloaded, for ever:
 * close the reader. After any other error nothing is lost, and the call may be made again.
 */
int vigil_events_next(struct vigil_events *ev, struct vigil_event *out);

/**
 * vigil_events_seq - the number of the last event given out or passed over; 0 before the first.
 */
uint64_t vigil_events_seq(const struct vigil_events *ev);

/**
 * vigil_events_error - as vigil_error(), for a reader.
 */
const char *vigil_events_error(const struct vigil_events *ev);

/**
 * vigil_cause_name - "exited", "signalled", "core-dumped", "oom-killed" or "unknown".
 *
 * Return: a static string, "unknown" for any other value too. Thread safe.
 */
const char *vigil_cause_name(enum vigil_cause cause);

#ifdef __cplusplus
}
#endif

#endif /* VIGIL_VIGIL_H */
