// SPDX-License-Identifier: GPL-2.0
/* Any bytes in, a message or an error out: what vigild relies on, for whatever libFuzzer finds. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/notify_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of the exact size: a byte read beyond it is caught. */
	char *text = malloc(size ? size : 1);
	struct notify_message m;
	int err;

	if (!text)
		return 0;
	memcpy(text, data, size);
	err = notify_parse(text, size, &m);
	assert(!err || err == -EINVAL);
	assert(memchr(m.status, 0, sizeof(m.status)) && memchr(m.fdname, 0, sizeof(m.fdname)));
	assert(!strpbrk(m.fdname, ": \n"));
	assert(!strpbrk(m.status, "\n\033"));
	assert(!(m.fields & NOTIFY_MAINPID) || m.mainpid > 0);
	assert(!(m.fields & NOTIFY_ERRNO) || m.error >= 0);
	assert(err || !(m.fields & NOTIFY_BARRIER) || m.fields == NOTIFY_BARRIER);
	free(text);
	return 0;
}
