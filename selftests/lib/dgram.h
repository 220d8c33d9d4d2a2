/* SPDX-License-Identifier: GPL-2.0 */
/* Datagrams as the kernel would send them, and others. */
#ifndef DGRAM_H
#define DGRAM_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

#include <vigil/vigil.h>

struct dgram {
	uint8_t bytes[8192] __attribute__((aligned(8)));
	size_t len;
};

/** struct envelope - what a message's header says beside its length. */
struct envelope {
	uint16_t type;
	uint16_t flags;
	uint32_t seq;
	uint32_t portid;
};

/* Each appends one message to @d. dgram_begin() leaves it open for mnl_attr_put_*(). */
struct nlmsghdr *dgram_begin(struct dgram *d, struct envelope to, uint8_t cmd);
void dgram_end(struct dgram *d, struct nlmsghdr *nlh);

/* The attributes of a dead watch, with values made from @id. */
void put_watch(struct nlmsghdr *nlh, uint64_t id);
void put_exit(struct nlmsghdr *nlh, uint64_t seq);

void dgram_watch(struct dgram *d, struct envelope to, uint8_t cmd, uint64_t id);
void dgram_dead(struct dgram *d, struct envelope to, uint8_t cmd, uint64_t seq);
void dgram_gap(struct dgram *d, struct envelope to, uint8_t cmd, uint64_t seq, uint64_t last);
/* What the hardware watchdog has come to, within the attribute @type. */
void put_watchdog(struct nlmsghdr *nlh, uint16_t type);
void dgram_watchdog(struct dgram *d, struct envelope to, uint64_t seq);
void dgram_watchdog_status(struct dgram *d, struct envelope to);
void dgram_stats(struct dgram *d, struct envelope to, uint64_t seq);
void dgram_family(struct dgram *d, struct envelope to, uint8_t cmd, uint16_t id,
		  uint32_t version, const char *group, uint32_t group_id);
void dgram_error(struct dgram *d, struct envelope to, int code, const char *sentence);
void dgram_done(struct dgram *d, struct envelope to, int code);

#endif /* DGRAM_H */
