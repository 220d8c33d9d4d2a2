/* SPDX-License-Identifier: GPL-2.0 */
/* Deadlines and actions as they are typed. */
#ifndef CTL_BEAT_H
#define CTL_BEAT_H

#include <stdint.h>

/* "500ms", "2s", "1m" to milliseconds. Returns 0, or -1 if it is none or out of bounds. */
int beat_parse_time(const char *text, uint32_t *ms);

/* "none", "signal", "signal:ABRT", "signal:6", "kill" to an enum vigil_beat_action. Returns 0 or -1. */
int beat_parse_action(const char *text, int *action, int *sig);

#endif /* CTL_BEAT_H */
