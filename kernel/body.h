/* SPDX-License-Identifier: GPL-2.0 */
/* The bodies of events as netlink attributes: one for each noun that events are about. */
#ifndef VIGIL_BODY_H
#define VIGIL_BODY_H

#include <linux/types.h>

struct sk_buff;
struct vigil_event;
struct vigil_exit;

/**
 * struct vigil_body - what an event tells beside its type and number
 * @size_max: room that it may need, whatever its names; in bytes of attributes
 * @put: write it; 0 or -EMSGSIZE
 */
struct vigil_body {
	size_t (*size_max)(const struct vigil_event *ev);
	int (*put)(struct sk_buff *skb, const struct vigil_event *ev);
};

/* In watch_message.c: a death; and the watch with the time of what happened. */
extern const struct vigil_body vigil_dead_body;
extern const struct vigil_body vigil_timed_body;
/* Each in the file of its noun. */
extern const struct vigil_body vigil_hung_body;
extern const struct vigil_body vigil_member_body;
extern const struct vigil_body vigil_watchdog_body;
extern const struct vigil_body vigil_keeper_body;
extern const struct vigil_body vigil_lease_body;

/* What bodies have in common, in watch_message.c: the time of an event, and an exit record. */
size_t vigil_times_size_max(void);
int vigil_put_times(struct sk_buff *skb, const struct vigil_event *ev);
size_t vigil_exit_size_max(void);
int vigil_put_exit(struct sk_buff *skb, int type, const struct vigil_exit *e, u64 dying_seq);

#endif /* VIGIL_BODY_H */
