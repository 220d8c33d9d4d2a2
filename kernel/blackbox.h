/* SPDX-License-Identifier: GPL-2.0 */
/* The black box: the last events and decisions, for whoever asks after a reset why it came. */
#ifndef VIGIL_BLACKBOX_H
#define VIGIL_BLACKBOX_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>
#include <linux/vigil.h>

struct vigil_event;
struct vigil_net;

/**
 * struct vigil_note - one line of the box
 * @number: counted up by one for each kind, from 1
 * @boottime_ns: when it was noted, CLOCK_BOOTTIME
 * @text: what happened, on one line, terminated
 */
struct vigil_note {
	u64 number;
	u64 boottime_ns;
	char text[VIGIL_NOTE_LEN_MAX + 1];
};

/**
 * struct vigil_note_range - the notes of one kind that the box holds
 * @oldest: number of the oldest, 0 if none
 * @newest: number of the newest, 0 if none
 */
struct vigil_note_range {
	u64 oldest;
	u64 newest;
};

void vigil_blackbox_note(const char *fmt, ...) __printf(1, 2);
void vigil_blackbox_event(const struct vigil_net *vn, const struct vigil_event *ev);
struct vigil_note_range vigil_blackbox_range(enum vigil_note_kind kind);
bool vigil_blackbox_get(enum vigil_note_kind kind, u64 number, struct vigil_note *note);
void vigil_blackbox_alone(void);

void vigil_blackbox_write(const char *why);
void vigil_blackbox_mark(const char *why);
unsigned int vigil_blackbox_writes(void);
u32 vigil_blackbox_life(void);

int vigil_blackbox_create(void);
void vigil_blackbox_destroy(void);

#endif /* VIGIL_BLACKBOX_H */
