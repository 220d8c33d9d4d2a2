/* SPDX-License-Identifier: GPL-2.0 */
/* What vigil.ko's black box has left in the kernel logs of earlier lives of the node. Pure. */
#ifndef CTL_BOX_H
#define CTL_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum box_bounds {
	BOX_SECTIONS_MAX = 1000,	/* beyond that, older records are left out */
	BOX_NOTES_MAX = 1000,		/* of one section */
	BOX_TEXT_MAX = 255,
};

/** struct box_note - one line. */
struct box_note {
	char kind;			/* 'e' an event, 'd' a decision */
	uint64_t number;
	uint64_t uptime_us;
	char text[BOX_TEXT_MAX + 1];
};

/**
 * struct box_section - one writing of the box.
 * @life: which loading of the module wrote it
 * @number: its number in that life, from 1
 * @marked: a first or last line was found, so that the following four are known
 * @uptime_us: when it was written, since the boot
 * @realtime_us: the same, since the epoch
 * @decisions: how many the module had noted by then
 * @events: likewise
 * @why: why it was written
 * @seen_us: since the epoch, when the record was made that it was found in; 0 if unknown
 * @source: name of that record
 */
struct box_section {
	uint32_t life;
	uint32_t number;
	bool marked;
	uint64_t uptime_us;
	uint64_t realtime_us;
	uint64_t decisions;
	uint64_t events;
	char why[BOX_TEXT_MAX + 1];
	uint64_t seen_us;
	char *source;
	struct box_note *notes;
	size_t n;
};

/** struct box - all writings found. */
struct box {
	struct box_section *sections;
	size_t n;
};

/**
 * box_read - take the sections out of a record of the kernel's log.
 * @text: any bytes
 * @source: its name, copied
 * @seen_us: when it was made, since the epoch
 *
 * A section may be spread over records, and a record may hold some that another holds as well: they
 * are put together. Lines that are not the box's are passed over.
 *
 * Return: 0 or -ENOMEM.
 */
int box_read(struct box *b, const char *text, size_t len, const char *source, uint64_t seen_us);

/** box_sort - newest section first, and in each the oldest note first. */
void box_sort(struct box *b);

void box_free(struct box *b);

/** enum box_end - how a life of the node came to its end, as far as the box can tell. */
enum box_end {
	BOX_PANIC,		/* the kernel panicked */
	BOX_WARNED,		/* the watchdog warned, and then reset it */
	BOX_SILENT,		/* the watchdog was armed, and no warning came */
	BOX_DISARMED,		/* the watchdog had been disarmed */
	BOX_UNTOLD,		/* none of these */
};

/** struct box_verdict - what the last life that is over tells of its end. */
struct box_verdict {
	enum box_end end;
	const struct box_section *last;	/* that told it */
};

/**
 * box_judge - find out how the newest life ended that is over.
 * @boot_us: since the epoch, when the running kernel was booted; 0 if there is none to speak of
 * @life: the one of the running module; 0 if it is not known
 *
 * To be called after box_sort().
 *
 * Return: false if no section is left of a life that is over.
 */
bool box_judge(const struct box *b, uint64_t boot_us, uint32_t life, struct box_verdict *out);

/** box_is_running - whether a section is of the running kernel; the rest as box_judge(). */
bool box_is_running(const struct box_section *s, uint64_t boot_us, uint32_t life);

/** box_end_name - "panic", "warned", "silent", "disarmed" or "untold". */
const char *box_end_name(enum box_end end);

/** box_end_text - the same as a sentence. */
const char *box_end_text(enum box_end end);

#endif /* CTL_BOX_H */
