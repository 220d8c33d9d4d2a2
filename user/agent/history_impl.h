/* SPDX-License-Identifier: GPL-2.0 */
/* Between the sources of the history only. */
#ifndef VIGIL_AGENT_HISTORY_IMPL_H
#define VIGIL_AGENT_HISTORY_IMPL_H

#include "user/agent/history.h"

enum { HISTORY_DELTAS_MAX = 8 };

/** struct history_note - an event, what was measured at it, or both; in memory until the store has it. */
struct history_note {
	TAILQ_ENTRY(history_note) link;
	struct history_note *next_free;
	bool is_event;
	bool told;		/* to those who follow */
	bool fell;		/* what was up is down by it */
	enum history_kind kind;
	struct store_event event;
	char text[STORE_EVENT_TEXT_MAX];
	unsigned int ndeltas;
	struct stats_delta deltas[HISTORY_DELTAS_MAX];
};

/** history_new_event - note one; NULL if there is no room, then it is lost, and counted. */
struct history_note *history_new_event(struct job *job, enum history_kind kind, const char *text);

/** history_give_back - a note that is on no list any more. */
void history_give_back(struct history *h, struct history_note *note);

/** history_count - @note may be NULL. */
void history_count(struct history_note *note, enum stats_kind kind, uint64_t at_us,
		   uint64_t value_us);

/** history_switch_phase - at @at_us, which may lie a little back; @note may be NULL. */
void history_switch_phase(struct job *job, struct history_note *note, enum stats_kind phase,
			  uint64_t at_us);

#endif /* VIGIL_AGENT_HISTORY_IMPL_H */
