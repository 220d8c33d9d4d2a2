/* SPDX-License-Identifier: GPL-2.0 */
/* Rounds: beats of one deadline lie in one page and are looked at together. */
#ifndef VIGIL_ROUND_H
#define VIGIL_ROUND_H

#include <linux/types.h>

struct vigil_beat;
struct vigil_watch;

struct vigil_beat *vigil_round_place(u32 deadline_ms);
void vigil_round_leave(struct vigil_beat *b);
void vigil_round_begin(struct vigil_beat *b, struct vigil_watch *w);
void vigil_round_stop(struct vigil_beat *b);
void vigil_round_with(struct vigil_beat *b, void (*fn)(struct vigil_beat *b));

int vigil_rounds_init(void);
void vigil_rounds_exit(void);

#endif /* VIGIL_ROUND_H */
