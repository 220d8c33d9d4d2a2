// SPDX-License-Identifier: GPL-2.0
/* Any bytes in, a message or an error out; a message encodes to the bytes that it came from. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "user/wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of the exact size: a byte read beyond it is caught. */
	uint8_t *bytes = malloc(size ? size : 1);
	uint8_t again[WIRE_SIZE_MAX];
	struct wire_msg m;
	size_t len;

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	if (wire_decode(&m, bytes, size) == WIRE_OK) {
		assert(!wire_encode(&m, again, sizeof(again), &len));
		assert(len == size && !memcmp(again, data, size));
	}
	free(bytes);
	return 0;
}
