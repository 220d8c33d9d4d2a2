// SPDX-License-Identifier: GPL-2.0
/* Write one message of each type to a folder: what the fuzzers begin with. */
#include <stdio.h>

#include "selftests/wire/make.h"

static const char *const names[WIRE_TYPE_END] = {
	[WIRE_POLL] = "poll", [WIRE_ANSWER] = "answer", [WIRE_ANNOUNCE] = "announce", [WIRE_ORDER] = "order",
	[WIRE_RESIGN] = "resign", [WIRE_PROOF] = "proof",
};

int main(int argc, char **argv)
{
	struct rng r = { 7 };
	unsigned int type;

	for (type = WIRE_POLL; argc == 2 && type < WIRE_TYPE_END; type++) {
		uint8_t bytes[WIRE_SIZE_MAX];
		struct wire_msg m;
		char path[4096];
		size_t len;
		FILE *f;

		make_message(&r, type, &m);
		snprintf(path, sizeof(path), "%s/%s", argv[1], names[type]);
		f = fopen(path, "w");
		if (!f || wire_encode(&m, bytes, sizeof(bytes), &len) || fwrite(bytes, 1, len, f) != len || fclose(f)) {
			perror(path);
			return 1;
		}
	}
	return argc != 2;
}
