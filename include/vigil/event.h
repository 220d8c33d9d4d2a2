/* SPDX-License-Identifier: GPL-2.0 */
/* libvigil: the event stream. Include <vigil/vigil.h>, which says what holds for all calls. */
#ifndef LIBVIGIL_EVENT_H
#define LIBVIGIL_EVENT_H

#include <stdint.h>
#include <sys/types.h>

#include <linux/vigil.h>

#include <vigil/beat.h>
#include <vigil/keeper.h>
#include <vigil/lease.h>
#include <vigil/watch.h>
#include <vigil/watchdog.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct vigil_events - a reader of the event stream. */
struct vigil_events;

/**
 * struct vigil_member - a dead descendant of a watched process.
 * @pid: process (thread group) ID
 * @start_ticks: start time in clock ticks since boot
 * @start_ns: start time on CLOCK_BOOTTIME, in ns
 * @comm: last command name
 * @exit: how it died
 */
struct vigil_member {
	pid_t pid;
	uint64_t start_ticks;
	uint64_t start_ns;
	char comm[16];
	struct vigil_exit exit;
};

/**
 * struct vigil_event - one event of the stream.
 * @type: of what kind it is; VIGIL_EVENT_TYPE_GAP for events that are truly gone. A newer library may give
 *	others: pass over what you do not know
 * @seq: its sequence number; of a gap, the first lost one
 * @gap_last: the last lost sequence number; 0 unless @type is a gap
 * @watch: the process; zeroes if the event is about none. Its state is dead only if @type says so
 * @boottime_ns: when, on CLOCK_BOOTTIME; 0 of a gap
 * @realtime_ns: when, on CLOCK_REALTIME; 0 of a gap
 * @keeper: valid only if @type is VIGIL_EVENT_TYPE_KEEPER
 * @hang: valid only if @type is VIGIL_EVENT_TYPE_HUNG
 * @member: the dead descendant; valid only if @type is VIGIL_EVENT_TYPE_MEMBER_DEAD
 * @watchdog: valid only if @type is VIGIL_EVENT_TYPE_WATCHDOG
 * @lease: the lease; valid only if @type is VIGIL_EVENT_TYPE_LEASE
 */
struct vigil_event {
	enum vigil_event_type type;
	uint64_t seq;
	uint64_t gap_last;
	struct vigil_watch watch;
	uint64_t boottime_ns;
	uint64_t realtime_ns;
	struct vigil_keeper_news keeper;
	struct vigil_hang hang;
	struct vigil_member member;
	struct vigil_watchdog watchdog;
	struct vigil_lease_event lease;
};

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

#ifdef __cplusplus
}
#endif

#endif /* LIBVIGIL_EVENT_H */
