/* SPDX-License-Identifier: GPL-2.0 */
/* What the black box calls events, and which of them are decisions of the module. */
#ifndef VIGIL_BLACKBOX_WORDS_H
#define VIGIL_BLACKBOX_WORDS_H

#include <linux/types.h>

struct vigil_event;

const char *vigil_blackbox_type(u32 type);
bool vigil_blackbox_decided(const struct vigil_event *ev);

#endif /* VIGIL_BLACKBOX_WORDS_H */
