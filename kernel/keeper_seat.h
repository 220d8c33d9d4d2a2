/* SPDX-License-Identifier: GPL-2.0 */
/* The keeper's seat: the aspect of a watch by which the machine knows of a hang and of the release. */
#ifndef VIGIL_KEEPER_SEAT_H
#define VIGIL_KEEPER_SEAT_H

#include <linux/types.h>

#include "aspect.h"

struct vigil_watch;

/**
 * struct vigil_seat - the keeper's aspect of a watch
 * @aspect: what the watch knows of it
 * @hung: its process has missed its beat
 */
struct vigil_seat {
	struct vigil_aspect aspect;
	bool hung;
};

struct vigil_seat *vigil_seat_take(struct vigil_watch *w);

#endif /* VIGIL_KEEPER_SEAT_H */
