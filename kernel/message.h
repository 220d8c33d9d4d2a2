/* SPDX-License-Identifier: GPL-2.0 */
/* From records to netlink attributes. */
#ifndef VIGIL_MESSAGE_H
#define VIGIL_MESSAGE_H

#include <linux/types.h>

struct sk_buff;
struct vigil_event;
struct vigil_record;
struct vigil_watchdog_record;

u64 vigil_ticks_of(u64 ns);
size_t vigil_message_size_max(void);
size_t vigil_message_event_size_max(const struct vigil_event *ev);
int vigil_message_put_watch(struct sk_buff *skb, const struct vigil_record *rec,
			    u64 start_ns);
int vigil_message_put_watchdog(struct sk_buff *skb, int type,
			       const struct vigil_watchdog_record *rec);
int vigil_message_put_event(struct sk_buff *skb, const struct vigil_event *ev);
int vigil_message_put_gap(struct sk_buff *skb, u64 first, u64 last);

#endif /* VIGIL_MESSAGE_H */
