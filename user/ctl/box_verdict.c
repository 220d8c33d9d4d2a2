/* SPDX-License-Identifier: GPL-2.0 */
/* What the last writings of the black box tell of a reset. Pure. */
/*
 * The module writes its box when it arms the watchdog, when it disarms it, when it warns, and when the
 * kernel panics. Hence the last of these in a life tells how that ended; above all, "armed" tells of
 * an end that nobody could write down any more. Other reasons, an operator's, tell nothing of it.
 */
#include <stdlib.h>
#include <string.h>

#include "user/ctl/box.h"

enum { SAME_BOOT_US = 2000000 };	/* less than any reboot takes */

static const struct reason {
	const char *prefix;
	enum box_end end;
} reasons[] = {
	{ "panic", BOX_PANIC },
	{ "pretimeout", BOX_WARNED },
	{ "warned", BOX_WARNED },
	{ "recovered", BOX_SILENT },
	{ "armed", BOX_SILENT },
	{ "disarmed", BOX_DISARMED },
};

static const struct {
	const char *name;
	const char *text;
} ends[] = {
	[BOX_PANIC] = { "panic", "the kernel panicked" },
	[BOX_WARNED] = { "warned",
			 "the watchdog warned and nothing recovered: the watchdog reset the node" },
	[BOX_SILENT] = { "silent",
			 "armed, and neither warned nor disarmed: the kernel stopped without a warning" },
	[BOX_DISARMED] = { "disarmed",
			   "the watchdog had been disarmed: it was not vigil that reset the node" },
	[BOX_UNTOLD] = { "untold", "nothing is told of what reset the node" },
};

const char *box_end_name(enum box_end end)
{
	return ends[end].name;
}

const char *box_end_text(enum box_end end)
{
	return ends[end].text;
}

/* A reason is one of these words, or begins with it and a colon or a blank. */
static enum box_end end_of(const struct box_section *s)
{
	size_t i, len;

	for (i = 0; s->marked && i < sizeof(reasons) / sizeof(*reasons); i++) {
		len = strlen(reasons[i].prefix);
		if (!strncmp(s->why, reasons[i].prefix, len) && strchr(": ", s->why[len]))
			return reasons[i].end;
	}
	return BOX_UNTOLD;
}

bool box_is_running(const struct box_section *s, uint64_t boot_us, uint32_t life)
{
	int64_t apart;

	if (life && s->life == life)
		return true;
	if (!boot_us || !s->marked)
		return false;
	apart = (int64_t)(s->realtime_us - s->uptime_us - boot_us);
	return apart < SAME_BOOT_US && apart > -SAME_BOOT_US;
}

bool box_judge(const struct box *b, uint64_t boot_us, uint32_t life, struct box_verdict *out)
{
	const struct box_section *s, *newest = NULL;
	size_t i;

	for (i = 0; i < b->n; i++) {
		s = &b->sections[i];
		if (box_is_running(s, boot_us, life) || (newest && s->life != newest->life))
			continue;
		if (!newest) {
			newest = s;
			*out = (struct box_verdict){ .end = BOX_UNTOLD, .last = s };
		}
		if (end_of(s) != BOX_UNTOLD) {
			*out = (struct box_verdict){ .end = end_of(s), .last = s };
			break;
		}
	}
	return newest;
}
