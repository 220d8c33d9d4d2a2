/* SPDX-License-Identifier: GPL-2.0 */
/* libvigil: beats, and what is told of those that are missed. Include <vigil/vigil.h>, which says what holds for all calls. */
#ifndef LIBVIGIL_BEAT_H
#define LIBVIGIL_BEAT_H

#include <stddef.h>
#include <stdint.h>

#include <linux/vigil.h>

#include <vigil/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct vigil_deadline - the beat that a watch demands, and how it is met.
 * @ms: longest time between two beats; 0 if the watch has no beat
 * @action: what is done when it is missed
 * @signal: the signal of VIGIL_BEAT_ACTION_SIGNAL, else 0
 * @state: whether the last deadline was met. Not read by vigil_beat_set()
 * @missed: how often one was missed, up to 65535. Not read by vigil_beat_set()
 */
struct vigil_deadline {
	uint32_t ms;
	enum vigil_beat_action action;
	int signal;
	enum vigil_beat_state state;
	uint32_t missed;
};

/**
 * struct vigil_hang - a missed deadline.
 * @state: what the process was doing
 * @last_beat_ns: the last beat came before that, on CLOCK_BOOTTIME
 * @deadline_ms: the deadline
 * @action: what is done about it
 * @signal: the signal of VIGIL_BEAT_ACTION_SIGNAL, else 0
 * @cpu_ns: CPU time that the process used in the last @cpu_window_ns before the miss
 * @cpu_window_ns: length of that time
 */
struct vigil_hang {
	enum vigil_hang_state state;
	uint64_t last_beat_ns;
	uint32_t deadline_ms;
	enum vigil_beat_action action;
	int signal;
	uint64_t cpu_ns;
	uint64_t cpu_window_ns;
};

/**
 * struct vigil_beat - a slot: a counter in memory that a process shares with vigil.ko.
 *
 * A supervisor makes a memfd of slots (vigil_beat_memfd()), maps the slot of a job
 * (vigil_beat_map()) and gives it to the job's watch (vigil_beat_set()). The job inherits the
 * descriptor and finds its slot by the environment variable VIGIL_BEAT_FD, whose value is the
 * number of the descriptor, a colon, and the offset of the slot in bytes: "7:64". That is the
 * contract between any supervisor and any job; a job without this library maps that page with
 * MAP_SHARED, and counts up the aligned 64-bit number at the offset. Slots are sizeof(struct
 * vigil_beat) apart.
 */
struct vigil_beat {
	uint64_t count;
};

/**
 * vigil_beat - beat: one store to memory; no system call, no privilege, and no failure.
 *
 * By one thread at a time, or a beat may go unseen. Beat where the work is done, at least twice in
 * each deadline; not in a thread of its own, which would live on when all else hangs.
 */
static inline void vigil_beat(struct vigil_beat *b)
{
	__atomic_store_n(&b->count, b->count + 1, __ATOMIC_RELAXED);
}

/**
 * vigil_beat_memfd - make room for slots, as a supervisor.
 * @slots: how many, from 1
 *
 * It can be neither cut nor grown. It is closed on exec: a child that is to inherit it must clear
 * FD_CLOEXEC first. Who has the descriptor can beat for all its jobs; give jobs that do not trust
 * each other memory of their own.
 *
 * Return: the descriptor; -EINVAL if @slots is out of bounds; -EMFILE, -ENFILE, -ENOMEM.
 */
int vigil_beat_memfd(size_t slots);

/**
 * vigil_beat_map - map one slot of a descriptor of vigil_beat_memfd().
 * @slot: its number, from 0
 * @out: the slot; stays after the descriptor is closed. NULL after a failure
 *
 * Return: 0; -EINVAL if @memfd is not such a descriptor or has no such slot; -EBADF, -ENOMEM.
 */
int vigil_beat_map(int memfd, size_t slot, struct vigil_beat **out);

/**
 * vigil_beat_open - map the slot that the supervisor has handed over, as a job.
 * @out: the slot. NULL after a failure
 *
 * Reads VIGIL_BEAT_FD and sets FD_CLOEXEC on the descriptor, which may be closed afterwards: what the job
 * starts itself is not to beat for it.
 *
 * Return: 0; -ENOENT if there is no VIGIL_BEAT_FD: the job runs without; -EINVAL if it is malformed or
 * names no such descriptor; -EBADF, -ENOMEM.
 */
int vigil_beat_open(struct vigil_beat **out);

/**
 * vigil_beat_unmap - undo vigil_beat_map() or vigil_beat_open(). NULL is ignored.
 *
 * A watch that was given the slot goes on to see it.
 */
void vigil_beat_unmap(struct vigil_beat *b);

/**
 * vigil_beat_set - give a watch a beat, in place of one that it has, or take it away.
 * @id: struct vigil_watch.id
 * @deadline: from 100 ms to an hour; ms 0 takes the beat away
 * @b: the slot, in memory of this process; NULL if it beats by vigil_beat_send() only
 *
 * The kernel holds the page of the slot until the watch or its beat goes; that counts for
 * RLIMIT_MEMLOCK unless the caller has CAP_IPC_LOCK. A process that hangs is not told
 * to be hung again because its beat was replaced. Time in which the node is suspended does not count.
 *
 * Return: 0; -ENOENT if there is no such watch; -ERANGE if the deadline is out of bounds; -EINVAL
 * for an unknown action or signal; -EPERM also if the action is not none and the caller lacks CAP_KILL
 * in the user namespace of the process, or that is init; -EFAULT if @b is in memory that cannot be held; -EDQUOT if
 * RLIMIT_MEMLOCK allows no more.
 */
int vigil_beat_set(struct vigil *v, uint64_t id, const struct vigil_deadline *deadline,
		   const struct vigil_beat *b);

/**
 * vigil_beat_send - beat for the process of a watch, by a request to the kernel.
 * @id: struct vigil_watch.id
 *
 * Return: 0; -ENOENT if there is no such watch; -ENODATA if it has no beat.
 */
int vigil_beat_send(struct vigil *v, uint64_t id);

/**
 * vigil_hang_name - "running", "sleeping", "stopped" or "uninterruptible".
 *
 * Return: a static string, "unknown" for any other value. Thread safe.
 */
const char *vigil_hang_name(enum vigil_hang_state state);

#ifdef __cplusplus
}
#endif

#endif /* LIBVIGIL_BEAT_H */
