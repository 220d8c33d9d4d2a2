// SPDX-License-Identifier: GPL-2.0
/* The parser under libFuzzer: a datagram of any bytes, each message read in every way. */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/bounds.h"
#include "user/lib/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int r)
{
	if (r != 0 && r != -EPROTO)
		abort();
}

static void must_end(const char *text, size_t size)
{
	if (!memchr(text, '\0', size))
		abort();
}

static void read_message(const struct nlmsghdr *nlh)
{
	char sentence[VNL_ERROR_BYTES];
	struct vnl_family family;
	struct vigil_watch w;
	struct vigil_event e;
	struct vigil_stats s;
	struct vigil_note n;
	struct vigil_watchdog_status dog;
	struct vigil_keeper k;
	struct vigil_lease l;
	struct vigil_bond b;
	int code;

	for (uint8_t cmd = 0; cmd <= VIGIL_CMD_MAX; cmd++) {
		int r = vnl_parse_watch(nlh, cmd, &w);

		must(r);
		if (r == 0) {
			must_end(w.owner, sizeof(w.owner));
			must_end(w.tag, sizeof(w.tag));
			must_end(w.comm, sizeof(w.comm));
		}
		r = vnl_parse_event(nlh, cmd, &e);
		must(r);
		if (r == 0)
			must_end(e.watchdog.device, sizeof(e.watchdog.device));
		r = vnl_parse_watchdog(nlh, cmd, &dog);
		must(r);
		if (r == 0)
			must_end(dog.now.device, sizeof(dog.now.device));
		r = vnl_parse_lease(nlh, cmd, &l);
		must(r);
		if (r == 0)
			must_end(l.name, sizeof(l.name));
		r = vnl_parse_bond(nlh, cmd, &b);
		must(r);
		if (r == 0)
			must_end(b.lease, sizeof(b.lease));
		must(vnl_parse_keeper(nlh, cmd, &k));
		must(vnl_parse_stats(nlh, cmd, &s));
		must(vnl_parse_note(nlh, cmd, &n));
		must(vnl_parse_family(nlh, cmd, "events", &family));
	}
	must(vnl_parse_ack(nlh, &code, sentence));
	must_end(sentence, sizeof(sentence));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ?: 1);	/* aligned, and watched at its end */
	size_t pos = 0, n;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	while ((n = vnl_parse_walk(copy + pos, size - pos)) > 0) {
		read_message((const struct nlmsghdr *)(copy + pos));
		pos += n;
	}
	free(copy);
	return 0;
}
