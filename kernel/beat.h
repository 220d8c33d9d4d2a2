/* SPDX-License-Identifier: GPL-2.0 */
/* A beat: the deadline of a watch, which its process must meet again and again. */
#ifndef VIGIL_BEAT_H
#define VIGIL_BEAT_H

#include <linux/build_bug.h>
#include <linux/types.h>

#include "aspect.h"
#include "slot.h"

struct vigil_watch;

/**
 * struct vigil_beat_params - what a beat is made from
 * @address: address of the counter in the caller's memory, 0 for none
 * @deadline_ms: longest time between two beats
 * @action: enum vigil_beat_action
 * @signal: for VIGIL_BEAT_ACTION_SIGNAL
 */
struct vigil_beat_params {
	u64 address;
	u32 deadline_ms;
	u8 action;
	u8 signal;
};

/**
 * struct vigil_look - the moment at which a round looks at its beats
 * @last_beat_ns: the look since which there was no beat, if one is missed now; CLOCK_BOOTTIME
 * @cpu_window_ns: how long ago CPU time was measured, if one is missed now
 * @pardon: nobody could beat lately: the deadlines begin anew
 */
struct vigil_look {
	u64 last_beat_ns;
	u64 cpu_window_ns;
	bool pardon;
};

/**
 * struct vigil_beat - the deadline of a watch
 * @aspect: it is one of the watch
 * @w: the watch; NULL while nobody may look
 * @slot: the counter that its process writes
 * @deadline_ms: longest time between two beats
 * @action: enum vigil_beat_action
 * @signal: for VIGIL_BEAT_ACTION_SIGNAL
 * @seen: the counter at the last look, its low bits
 * @cpu_ms: CPU time of the process at one of the looks that found no beat
 * @missed: missed deadlines; the most that fits means that or more
 * @quiet: looks in a row that found no beat
 * @state: enum vigil_beat_bits
 *
 * @w and what follows @signal change under the lock of the round that the beat is a place of.
 */
struct vigil_beat {
	struct vigil_aspect aspect;
	struct vigil_watch *w;
	struct vigil_slot slot;
	u32 deadline_ms:22;
	u32 action:2;
	u32 signal:7;
	u32 seen;
	u32 cpu_ms;
	u16 missed;
	u8 quiet;
	u8 state;
};

struct vigil_beat *vigil_beat_new(const struct vigil_beat_params *p);
void vigil_beat_free(struct vigil_beat *b);
void vigil_beat_attach(struct vigil_watch *w, struct vigil_beat *b);
void vigil_beat_remove(struct vigil_watch *w);
int vigil_beat_now(struct vigil_watch *w);
bool vigil_beat_look(struct vigil_beat *b, const struct vigil_look *look);

#endif /* VIGIL_BEAT_H */
