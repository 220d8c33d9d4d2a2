// SPDX-License-Identifier: GPL-2.0
/* Names of what hanging processes do, as the netlink specification spells them. */
#include <vigil/vigil.h>

static const char *const names[] = {
	[VIGIL_HANG_STATE_RUNNING] = "running",
	[VIGIL_HANG_STATE_SLEEPING] = "sleeping",
	[VIGIL_HANG_STATE_STOPPED] = "stopped",
	[VIGIL_HANG_STATE_UNINTERRUPTIBLE] = "uninterruptible",
};

const char *vigil_hang_name(enum vigil_hang_state state)
{
	if ((unsigned int)state >= sizeof(names) / sizeof(*names))
		return "unknown";
	return names[state];
}
