/* SPDX-License-Identifier: GPL-2.0 */
/* A watch: one watched thread group of one owner. */
#ifndef VIGIL_WATCH_H
#define VIGIL_WATCH_H

#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "event.h"
#include "record.h"

struct pid;
struct pid_namespace;
struct vigil_aspect;
struct vigil_beat;
struct vigil_net;

/**
 * struct vigil_watch_params - what a watch is made from
 * @owner: owner name
 * @owner_len: bytes of @owner
 * @tag: tag
 * @tag_len: bytes of @tag
 * @flags: enum vigil_watch_flags
 * @portid: netlink port of the maker
 * @beat: a beat for the watch, or NULL; it is the watch's as soon as that is made
 * @aspects: what else the watch does from its beginning
 */
struct vigil_watch_params {
	const char *owner;
	const char *tag;
	u8 owner_len;
	u8 tag_len;
	u8 flags;
	u32 portid;
	struct vigil_beat *beat;
	struct vigil_aspect *aspects;
};

/**
 * struct vigil_watch - one watched thread group of one owner
 * @id: identity, index in vigil_net.watches
 * @vn: its namespace, which outlives it
 * @pid: the process; the reference keeps the wait queue
 * @key: node of vigil_net.keys
 * @pending: its DEAD event, until that has a number
 * @aspects: list of what else it does; changed under the wait queue's lock and vn->lock
 * @start_ns: start of the process, CLOCK_BOOTTIME
 * @wait: entry of the process's wait queue; while ALIVE
 * @exit: how it died; once DEAD
 * @rcu: once the last reference is gone
 * @refs: one of the tables, one of the pending list
 * @portid: netlink port of its maker
 * @tgid: process ID in its maker's PID namespace
 * @flags: enum vigil_watch_flags
 * @state: enum vigil_watch_state; changed under the wait queue's lock
 * @owner_len: bytes of the owner name
 * @tag_len: bytes of the tag
 * @doom: enum vigil_cause, if it is vigil that kills the process
 * @names: owner name and tag, one behind the other, not terminated
 */
struct vigil_watch {
	u64 id;
	struct vigil_net *vn;
	struct pid *pid;
	struct rhash_head key;
	struct vigil_pending pending;
	struct vigil_aspect *aspects;
	u64 start_ns;
	union {
		struct wait_queue_entry wait;
		struct vigil_exit exit;
		struct rcu_head rcu;
	};
	refcount_t refs;
	u32 portid;
	pid_t tgid;
	u8 flags;
	u8 state;
	u8 owner_len;
	u8 tag_len;
	u8 doom;
	char names[];
};

struct vigil_watch *vigil_watch_alloc(struct vigil_net *vn, struct pid *pid,
				      const struct vigil_watch_params *p);
void vigil_watch_put(struct vigil_watch *w);
int vigil_watch_begin(struct vigil_watch *w);
void vigil_watch_end(struct vigil_watch *w);
void vigil_watches_dying(struct pid *pid);
bool vigil_pid_is_init(struct pid *pid);
bool vigil_watch_note(struct vigil_watch *w, struct vigil_pending *p);
void vigil_watch_kill(struct vigil_watch *w, enum vigil_cause why);

/* In watch_copy.c: copies, and what becomes of a watch that waits for the number of its death. */
bool vigil_watch_copy(struct vigil_watch *w, struct pid_namespace *ns,
		      struct vigil_record *rec);
extern const struct vigil_pending_ops vigil_dead_event;

#endif /* VIGIL_WATCH_H */
