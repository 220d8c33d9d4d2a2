/* SPDX-License-Identifier: GPL-2.0 */
/* A time as people write it. */
#ifndef CTL_MOMENT_H
#define CTL_MOMENT_H

#include <stdint.h>

/*
 * @text: "now"; so long ago, as "10min", with s, min, h or d; a local date and time, as "2026-11-26 22:18:05", the
 * time or its seconds left out or not; or one of RFC 3339, with "T" and "Z" or an offset. Returns 0 with
 * *@realtime_ns, or -1.
 */
int moment_parse(const char *text, uint64_t now_ns, uint64_t *realtime_ns);

#endif /* CTL_MOMENT_H */
