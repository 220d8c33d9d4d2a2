/* SPDX-License-Identifier: GPL-2.0 */
/* Watches: one for each watched thread group and owner name. */
#ifndef VIGIL_WATCH_H
#define VIGIL_WATCH_H

#include <linux/types.h>

struct llist_node;
struct pid;
struct pid_namespace;
struct vigil_net;
struct vigil_record;
struct vigil_watch;

/**
 * struct vigil_watch_params - what a watch is made from
 * @owner: owner name
 * @owner_len: bytes of @owner
 * @tag: tag
 * @tag_len: bytes of @tag
 * @flags: enum vigil_watch_flags
 * @portid: netlink port of the maker
 */
struct vigil_watch_params {
	const char *owner;
	const char *tag;
	u8 owner_len;
	u8 tag_len;
	u8 flags;
	u32 portid;
};

int vigil_watches_init(struct vigil_net *vn);
void vigil_watches_clear(struct vigil_net *vn);
void vigil_watches_destroy(struct vigil_net *vn);

int vigil_watch_new(struct vigil_net *vn, struct pid *pid,
		    const struct vigil_watch_params *p, struct vigil_record *rec);
int vigil_watch_del(struct vigil_net *vn, u64 id);
int vigil_watch_get(struct vigil_net *vn, u64 id, struct vigil_record *rec);
bool vigil_watch_next(struct vigil_net *vn, u64 *id, const char *owner,
		      u8 owner_len, struct vigil_record *rec);
void vigil_watches_drop_port(struct vigil_net *vn, u32 portid);

struct vigil_watch *vigil_watch_of_pending(struct llist_node *node);
struct vigil_net *vigil_watch_net(const struct vigil_watch *w);
void vigil_watch_number(struct vigil_watch *w, u64 seq, struct vigil_record *rec);
void vigil_watch_put(struct vigil_watch *w);

#endif /* VIGIL_WATCH_H */
