/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the parser share: messages of the family, and an event read from one. */
#ifndef SELFTESTS_LIB_PARSED_H
#define SELFTESTS_LIB_PARSED_H

#include <errno.h>
#include <libmnl/libmnl.h>

#include "selftests/lib/dgram.h"
#include "selftests/lib/harness.h"
#include "user/lib/parse.h"

static const struct envelope plain = { .type = 40 };

static inline int event_of(const struct dgram *d, struct vigil_event *e)
{
	return vnl_parse_event((const void *)d->bytes, VIGIL_CMD_EVENT_NTF, e);
}

#endif /* SELFTESTS_LIB_PARSED_H */
