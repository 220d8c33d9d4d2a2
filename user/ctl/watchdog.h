/* SPDX-License-Identifier: GPL-2.0 */
/* The hardware watchdog, in words and as JSON. */
#ifndef CTL_WATCHDOG_H
#define CTL_WATCHDOG_H

#include <jansson.h>

#include <vigil/vigil.h>

struct watchdog_text {
	char text[256];
};

/* "watchdog0: warning: CPU 3 does not run; the node is reset within 35.0s" */
struct watchdog_text watchdog_text(const struct vigil_watchdog *w);

json_t *watchdog_json(const struct vigil_watchdog *w);

#endif /* CTL_WATCHDOG_H */
