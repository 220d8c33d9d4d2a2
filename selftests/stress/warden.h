/* SPDX-License-Identifier: GPL-2.0 */
/* One who has others kept, and what it can do with them. */
#ifndef SELFTESTS_STRESS_WARDEN_H
#define SELFTESTS_STRESS_WARDEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/keeper_calls.h"
#include "selftests/kernel/victim.h"
#include "selftests/stress/board.h"

enum { WARDEN_PATH_BYTES = 4096 };

struct warden {
	struct board *b;
	char reborn[WARDEN_PATH_BYTES];
	volatile uint64_t *slot;	/* where wards beat */
	struct client c;
};

/* One who is kept. */
struct ward {
	struct victim v;
	struct watch w;
};

/* What goes wrong in any of them is complained of. */
void warden_complain(struct warden *t, const char *what, int ret);
/* An event of the keeper that must come. */
void warden_expect(struct warden *t, uint32_t stage);

/* A process, watched and not kept yet; and its end, which is what must become of its watch. */
bool ward_begin(struct warden *t, struct ward *k);
void ward_end(struct warden *t, struct ward *k, struct board_want want);

/* @what is a word for the program that is respawned, or NULL for one that cannot be run. */
int ward_set(struct warden *t, const struct ward *k, const char *what, pid_t replace);
void ward_keep(struct warden *t, const struct ward *k, const char *what, pid_t replace);

void warden_resign(struct warden *t);
bool warden_sees(struct warden *t, uint32_t state, pid_t but, struct keeper *k);
/* The keeper dies; the one that is respawned in its place registers, and is ended. */
void warden_await_respawn(struct warden *t, const struct ward *lost, enum deed deed);

#endif /* SELFTESTS_STRESS_WARDEN_H */
