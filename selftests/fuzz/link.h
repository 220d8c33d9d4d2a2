/* SPDX-License-Identifier: GPL-2.0 */
/* A socket of the family: requests out, answers judged and learned from. */
#ifndef SELFTESTS_FUZZ_LINK_H
#define SELFTESTS_FUZZ_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "selftests/fuzz/request.h"

struct mnl_socket;
struct tally;

enum {
	LINK_ASKED = 256,	/* requests remembered until they are answered */
	LINK_BUF = 64 * 1024,
};

struct link_asked {
	uint32_t seq;
	const struct spec_op *op;
	uint64_t mask;
	bool dump;
	bool spoilt;
	bool mute;
};

struct link {
	struct mnl_socket *nl;
	int fd;
	uint16_t family;
	uint32_t group;
	uint32_t seq;
	struct link_asked asked[LINK_ASKED];
};

/* 0 or a negative errno; @listen joins the multicast group. */
int link_open(struct link *l, bool listen);
void link_close(struct link *l);

/* Puts the request at the end of the datagram at hand, with a number of its own. */
void link_ask(struct link *l, struct probe *r, uint8_t *dgram, uint32_t *len);
int link_send(struct link *l, const uint8_t *dgram, uint32_t len);

/* Reads one datagram if there is one, and judges it. Returns false if there was none. */
bool link_hear(struct link *l, struct hand *h, struct tally *t);

/*
 * Asks and reads to the end of the answer: 0, or the negative errno of the refusal. @fn is called
 * with the number that each message has in the attribute at @place.
 */
int link_call(struct link *l, struct hand *h, struct tally *t, struct probe *r);

#endif /* SELFTESTS_FUZZ_LINK_H */
