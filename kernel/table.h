/* SPDX-License-Identifier: GPL-2.0 */
/* The tables of a network namespace's watches: by id, and by process and owner. */
#ifndef VIGIL_TABLE_H
#define VIGIL_TABLE_H

#include <linux/types.h>

struct pid;
struct vigil_net;
struct vigil_record;
struct vigil_watch;
struct vigil_watch_params;

int vigil_watches_init(struct vigil_net *vn);
void vigil_watches_clear(struct vigil_net *vn);
void vigil_watches_destroy(struct vigil_net *vn);

int vigil_watch_new(struct vigil_net *vn, struct pid *pid,
		    const struct vigil_watch_params *p, struct vigil_record *rec);
int vigil_watch_del(struct vigil_net *vn, u64 id);
int vigil_watch_with(struct vigil_net *vn, u64 id,
		     int (*fn)(struct vigil_watch *w, void *arg), void *arg);
int vigil_watch_get(struct vigil_net *vn, u64 id, struct vigil_record *rec);
bool vigil_watch_next(struct vigil_net *vn, u64 *id, const char *owner,
		      u8 owner_len, struct vigil_record *rec);
void vigil_watches_drop_port(struct vigil_net *vn, u32 portid);

#endif /* VIGIL_TABLE_H */
