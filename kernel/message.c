// SPDX-License-Identifier: GPL-2.0
/* From records to netlink attributes. */
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/vigil.h>
#include <net/netlink.h>

#include "message.h"
#include "record.h"

/**
 * vigil_ticks_of - a time as /proc shows it
 * @ns: the time
 *
 * Return: clock ticks (USER_HZ), rounded down as /proc does.
 */
u64 vigil_ticks_of(u64 ns)
{
	return div_u64(ns, NSEC_PER_SEC / USER_HZ);
}

static size_t exit_size_max(void)
{
	return nla_total_size(0) +
	       6 * nla_total_size_64bit(sizeof(u64)) +
	       2 * nla_total_size(sizeof(u32));
}

/**
 * vigil_message_size_max - room that any one watch or event needs
 *
 * Return: bytes of attributes.
 */
size_t vigil_message_size_max(void)
{
	return 4 * nla_total_size_64bit(sizeof(u64)) +
	       5 * nla_total_size(sizeof(u32)) +
	       nla_total_size(VIGIL_OWNER_LEN_MAX + 1) +
	       nla_total_size(VIGIL_TAG_LEN_MAX + 1) +
	       nla_total_size(TASK_COMM_LEN) + exit_size_max();
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, VIGIL_A_WATCH_PAD);
}

static int put_exit_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, VIGIL_A_EXIT_PAD);
}

static int put_status(struct sk_buff *skb, const struct vigil_exit *e)
{
	if (nla_put_u32(skb, VIGIL_A_EXIT_CAUSE, e->cause))
		return -EMSGSIZE;
	if (e->cause == VIGIL_CAUSE_UNKNOWN)
		return 0;
	if (e->cause == VIGIL_CAUSE_EXITED)
		return nla_put_u32(skb, VIGIL_A_EXIT_CODE,
				   WAIT_STATUS_CODE(e->status));
	return nla_put_u32(skb, VIGIL_A_EXIT_SIGNAL,
			   e->status & WAIT_STATUS_SIGNAL);
}

static int put_exit(struct sk_buff *skb, const struct vigil_exit *e)
{
	struct nlattr *nest = nla_nest_start(skb, VIGIL_A_WATCH_EXIT);

	if (!nest)
		return -EMSGSIZE;
	if (put_exit_u64(skb, VIGIL_A_EXIT_SEQ, e->seq) ||
	    put_exit_u64(skb, VIGIL_A_EXIT_BOOTTIME, e->boottime_ns) ||
	    put_exit_u64(skb, VIGIL_A_EXIT_REALTIME, e->realtime_ns) ||
	    put_status(skb, e) ||
	    put_exit_u64(skb, VIGIL_A_EXIT_UTIME, e->utime_ns) ||
	    put_exit_u64(skb, VIGIL_A_EXIT_STIME, e->stime_ns) ||
	    put_exit_u64(skb, VIGIL_A_EXIT_MAXRSS, e->maxrss_kib))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * vigil_message_put_watch - write the attributes of a watch
 * @skb: the message
 * @rec: the watch
 * @start_ns: start of the process in the reader's time namespace
 *
 * Return: 0 or -EMSGSIZE.
 */
int vigil_message_put_watch(struct sk_buff *skb, const struct vigil_record *rec,
			    u64 start_ns)
{
	if (put_u64(skb, VIGIL_A_WATCH_ID, rec->id) ||
	    nla_put_u32(skb, VIGIL_A_WATCH_PID, rec->tgid) ||
	    nla_put_u32(skb, VIGIL_A_WATCH_TGID, rec->tgid) ||
	    put_u64(skb, VIGIL_A_WATCH_START_TICKS, vigil_ticks_of(start_ns)) ||
	    put_u64(skb, VIGIL_A_WATCH_START_TIME, start_ns) ||
	    nla_put_string(skb, VIGIL_A_WATCH_OWNER, rec->owner) ||
	    nla_put_string(skb, VIGIL_A_WATCH_TAG, rec->tag) ||
	    nla_put_u32(skb, VIGIL_A_WATCH_FLAGS, rec->flags) ||
	    nla_put_u32(skb, VIGIL_A_WATCH_STATE, rec->state) ||
	    nla_put_string(skb, VIGIL_A_WATCH_COMM, rec->exit.comm))
		return -EMSGSIZE;
	if (rec->state == VIGIL_WATCH_STATE_DEAD)
		return put_exit(skb, &rec->exit);
	return 0;
}

/**
 * vigil_message_put_dead - write the attributes of a DEAD event
 * @skb: the message
 * @rec: the dead watch
 *
 * Return: 0 or -EMSGSIZE.
 */
int vigil_message_put_dead(struct sk_buff *skb, const struct vigil_record *rec)
{
	if (nla_put_u32(skb, VIGIL_A_WATCH_EVENT_TYPE, VIGIL_EVENT_TYPE_DEAD) ||
	    put_u64(skb, VIGIL_A_WATCH_SEQ, rec->exit.seq))
		return -EMSGSIZE;
	return vigil_message_put_watch(skb, rec, rec->start_ns);
}

/**
 * vigil_message_put_gap - write the attributes of a gap
 * @skb: the message
 * @first: the first lost sequence number
 * @last: the last lost one
 *
 * Return: 0 or -EMSGSIZE.
 */
int vigil_message_put_gap(struct sk_buff *skb, u64 first, u64 last)
{
	if (nla_put_u32(skb, VIGIL_A_WATCH_EVENT_TYPE, VIGIL_EVENT_TYPE_GAP) ||
	    put_u64(skb, VIGIL_A_WATCH_SEQ, first) ||
	    put_u64(skb, VIGIL_A_WATCH_GAP_LAST, last))
		return -EMSGSIZE;
	return 0;
}
