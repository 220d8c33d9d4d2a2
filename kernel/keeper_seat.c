// SPDX-License-Identifier: GPL-2.0
/* The keeper's seat: the aspect of a watch by which the machine knows of a hang and of the release. */
#include <linux/mutex.h>
#include <linux/slab.h>

#include "keeper_seat.h"
#include "keeper_state.h"
#include "watch.h"

static struct vigil_keeper *const k = &vigil_keeper;

static struct vigil_seat *seat_of(struct vigil_aspect *a)
{
	return container_of(a, struct vigil_seat, aspect);
}

/* In a soft interrupt. The kill waits for no work, so that it happens however busy the node is. */
static void seat_hung(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vigil_seat *seat = seat_of(a);

	if (READ_ONCE(k->seat) != seat)
		return;
	WRITE_ONCE(seat->hung, true);
	vigil_watch_kill(w, VIGIL_CAUSE_HUNG);
	vigil_keeper_wake();
}

/*
 * The owner releases the watch. Of a living keeper that says that nobody cares for its death any more; one
 * that is lost is brought back all the same. Nobody finds the aspect by now, so the seat can go.
 */
static void seat_end(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vigil_seat *seat = seat_of(a);

	mutex_lock(&k->lock);
	if (k->seat == seat) {
		vigil_keeper_step();
		if (k->state == VIGIL_KEEPER_STATE_KEPT)
			vigil_keeper_quit(VIGIL_KEEPER_WHY_RELEASED);
		WRITE_ONCE(k->seat, NULL);
		k->id = 0;
	}
	mutex_unlock(&k->lock);
	kfree(seat);
}

static const struct vigil_aspect_ops seat_ops = {
	.hung = seat_hung,
	.end = seat_end,
};

/**
 * vigil_seat_take - the seat of a watch, made if it has none
 * @w: the watch
 *
 * A seat that is taken stays with its watch, whoever is the keeper.
 *
 * Context: under vn->lock, may sleep.
 * Return: the seat, or NULL without memory.
 */
struct vigil_seat *vigil_seat_take(struct vigil_watch *w)
{
	struct vigil_aspect *a = vigil_watch_aspect(w, &seat_ops);
	struct vigil_seat *seat;

	if (a)
		return seat_of(a);
	seat = kzalloc(sizeof(*seat), GFP_KERNEL_ACCOUNT);
	if (!seat)
		return NULL;
	seat->aspect.ops = &seat_ops;
	vigil_watch_attach(w, &seat->aspect);
	return seat;
}
