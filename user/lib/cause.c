// SPDX-License-Identifier: GPL-2.0
/* Names of causes of death, as the netlink specification spells them. */
#include <vigil/vigil.h>

static const char *const names[] = {
	[VIGIL_CAUSE_UNKNOWN] = "unknown",
	[VIGIL_CAUSE_EXITED] = "exited",
	[VIGIL_CAUSE_SIGNALLED] = "signalled",
	[VIGIL_CAUSE_CORE_DUMPED] = "core-dumped",
	[VIGIL_CAUSE_OOM_KILLED] = "oom-killed",
	[VIGIL_CAUSE_HUNG] = "hung",
	[VIGIL_CAUSE_FENCED] = "fenced",
};

const char *vigil_cause_name(enum vigil_cause cause)
{
	if ((unsigned int)cause >= sizeof(names) / sizeof(*names))
		return names[VIGIL_CAUSE_UNKNOWN];
	return names[cause];
}
