/* SPDX-License-Identifier: GPL-2.0 */
/* What watches do beyond telling of a death. */
#ifndef VIGIL_ASPECT_H
#define VIGIL_ASPECT_H

#include <linux/types.h>

struct vigil_aspect;
struct vigil_record;
struct vigil_watch;

/**
 * struct vigil_aspect_ops - what a watch does beyond telling of a death
 * @dead: the watch has just become DEAD. Under the wait queue's lock, interrupts off.
 * @hung: the process has missed its beat; its HUNG event has been noted and the action taken. In a
 *	soft interrupt, under a lock of the beat's: no request about beats may be made in it.
 * @copy: add to a copy of the watch. Under the wait queue's lock, interrupts off.
 * @stop: comes before the @end of any aspect; after it this one calls no other. May sleep.
 * @end: the watch is released, nobody finds it any more; free the aspect. May sleep. @w is NULL
 *	if there never was a watch.
 * @begun: the watch has just begun to watch. Under vn->lock, may sleep. An error undoes the watch.
 * @dying: the process is certain to die; may come again and again. Under the wait queue's lock,
 *	interrupts off.
 */
struct vigil_aspect_ops {
	void (*dead)(struct vigil_aspect *a, struct vigil_watch *w);
	void (*hung)(struct vigil_aspect *a, struct vigil_watch *w);
	void (*copy)(struct vigil_aspect *a, struct vigil_record *rec);
	void (*end)(struct vigil_aspect *a, struct vigil_watch *w);
	void (*stop)(struct vigil_aspect *a, struct vigil_watch *w);
	int (*begun)(struct vigil_aspect *a, struct vigil_watch *w);
	void (*dying)(struct vigil_aspect *a, struct vigil_watch *w);
};

/**
 * struct vigil_aspect - something that a watch does beyond telling of a death
 * @next: the next aspect of the watch
 * @ops: of what kind it is
 */
struct vigil_aspect {
	struct vigil_aspect *next;
	const struct vigil_aspect_ops *ops;
};

void vigil_aspects_dead(struct vigil_watch *w);
void vigil_aspects_dying(struct vigil_watch *w);
void vigil_aspects_copy(struct vigil_watch *w, struct vigil_record *rec);
void vigil_aspects_stop(struct vigil_aspect *a, struct vigil_watch *w);
void vigil_aspects_end(struct vigil_aspect *a, struct vigil_watch *w);
int vigil_watch_aspects_begun(struct vigil_watch *w);
bool vigil_watch_attach(struct vigil_watch *w, struct vigil_aspect *a);
void vigil_watch_detach(struct vigil_watch *w, struct vigil_aspect *a);
struct vigil_aspect *vigil_watch_aspect(struct vigil_watch *w,
					const struct vigil_aspect_ops *ops);
void vigil_watch_hung(struct vigil_watch *w);

#endif /* VIGIL_ASPECT_H */
