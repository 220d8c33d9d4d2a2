/* SPDX-License-Identifier: GPL-2.0 */
/* libvigil: the module's black box. Include <vigil/vigil.h>, which says what holds for all calls. */
#ifndef LIBVIGIL_BLACKBOX_H
#define LIBVIGIL_BLACKBOX_H

#include <stdint.h>

#include <linux/vigil.h>

#include <vigil/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct vigil_note - one line of the module's black box.
 * @kind: enum vigil_note_kind
 * @number: counted up by one for each kind, from 1, since the module was loaded
 * @boottime_ns: when it was noted, on CLOCK_BOOTTIME
 * @text: what happened, for people, on one line
 */
struct vigil_note {
	enum vigil_note_kind kind;
	uint64_t number;
	uint64_t boottime_ns;
	char text[VIGIL_NOTE_LEN_MAX + 1];
};

/**
 * vigil_note_fn - called once for each note; a non-zero return ends the reading and is returned by
 * vigil_blackbox_read(). It must not use the handle that reads. @n is valid during the call only.
 */
typedef int (*vigil_note_fn)(const struct vigil_note *n, void *arg);

/**
 * vigil_blackbox_read - read the module's black box: its last decisions, and the last events of all
 * network namespaces.
 *
 * First the events come, then the decisions, each in the order of their numbers. What earlier lives of the
 * node have left in pstore is not told here.
 *
 * Return: 0, or the first non-zero value @fn returned; -EPERM also if the caller lacks
 * CAP_SYS_ADMIN, or the handle is not of the initial network namespace. After any
 * other failure @fn may have been called for some of the notes.
 */
int vigil_blackbox_read(struct vigil *v, vigil_note_fn fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif /* LIBVIGIL_BLACKBOX_H */
