// SPDX-License-Identifier: GPL-2.0
/* From watches to netlink attributes, and the events that tell of a watch alone. */
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/vigil.h>
#include <net/netlink.h>

#include "body.h"
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

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, VIGIL_A_WATCH_PAD);
}

size_t vigil_times_size_max(void)
{
	return 2 * nla_total_size_64bit(sizeof(u64));
}

int vigil_put_times(struct sk_buff *skb, const struct vigil_event *ev)
{
	if (put_u64(skb, VIGIL_A_WATCH_BOOTTIME, ev->boottime_ns) ||
	    put_u64(skb, VIGIL_A_WATCH_REALTIME, ev->realtime_ns))
		return -EMSGSIZE;
	return 0;
}

/* Without the number of a DYING event: that goes with a flag of the watch. */
size_t vigil_exit_size_max(void)
{
	return nla_total_size(0) +
	       6 * nla_total_size_64bit(sizeof(u64)) +
	       2 * nla_total_size(sizeof(u32));
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

int vigil_put_exit(struct sk_buff *skb, int type, const struct vigil_exit *e, u64 dying_seq)
{
	struct nlattr *nest = nla_nest_start(skb, type);

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
	if (dying_seq && put_exit_u64(skb, VIGIL_A_EXIT_DYING_SEQ, dying_seq))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static size_t beat_size_max(void)
{
	return nla_total_size(0) + 5 * nla_total_size(sizeof(u32));
}

static int put_beat(struct sk_buff *skb, const struct vigil_beat_record *b)
{
	struct nlattr *nest = nla_nest_start(skb, VIGIL_A_WATCH_BEAT);

	if (!nest || nla_put_u32(skb, VIGIL_A_BEAT_DEADLINE_MS, b->deadline_ms) ||
	    nla_put_u32(skb, VIGIL_A_BEAT_ACTION, b->action) ||
	    (b->action == VIGIL_BEAT_ACTION_SIGNAL &&
	     nla_put_u32(skb, VIGIL_A_BEAT_SIGNAL, b->signal)) ||
	    nla_put_u32(skb, VIGIL_A_BEAT_STATE, b->hung ? VIGIL_BEAT_STATE_HUNG :
							   VIGIL_BEAT_STATE_BEATING) ||
	    nla_put_u32(skb, VIGIL_A_BEAT_MISSED, b->missed))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static size_t watch_size_max(const struct vigil_record *rec)
{
	size_t size = 3 * nla_total_size_64bit(sizeof(u64)) +
		      4 * nla_total_size(sizeof(u32)) +
		      nla_total_size(VIGIL_OWNER_LEN_MAX + 1) +
		      nla_total_size(VIGIL_TAG_LEN_MAX + 1) +
		      nla_total_size(TASK_COMM_LEN) + vigil_exit_size_max();

	if (rec->beat.deadline_ms)
		size += beat_size_max();
	if (rec->flags & VIGIL_WATCH_FLAGS_DYING)
		size += nla_total_size_64bit(sizeof(u64));
	if (rec->flags & VIGIL_WATCH_FLAGS_TREE)
		size += 2 * nla_total_size(sizeof(u32));
	return size;
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
	if (rec->beat.deadline_ms && put_beat(skb, &rec->beat))
		return -EMSGSIZE;
	if (rec->flags & VIGIL_WATCH_FLAGS_TREE &&
	    (nla_put_u32(skb, VIGIL_A_WATCH_MEMBERS, rec->members) ||
	     nla_put_u32(skb, VIGIL_A_WATCH_MEMBERS_MISSED, rec->members_missed)))
		return -EMSGSIZE;
	if (rec->state == VIGIL_WATCH_STATE_DEAD)
		return vigil_put_exit(skb, VIGIL_A_WATCH_EXIT, &rec->exit, rec->dying_seq);
	return 0;
}

static size_t dead_size_max(const struct vigil_event *ev)
{
	return watch_size_max(&ev->watch);
}

/* A dead watch tells the time of its death itself. */
static int put_dead(struct sk_buff *skb, const struct vigil_event *ev)
{
	return vigil_message_put_watch(skb, &ev->watch, ev->watch.start_ns);
}

const struct vigil_body vigil_dead_body = {
	.size_max = dead_size_max,
	.put = put_dead,
};

static size_t timed_size_max(const struct vigil_event *ev)
{
	return vigil_times_size_max() + watch_size_max(&ev->watch);
}

static int put_timed(struct sk_buff *skb, const struct vigil_event *ev)
{
	return vigil_put_times(skb, ev) ?: put_dead(skb, ev);
}

const struct vigil_body vigil_timed_body = {
	.size_max = timed_size_max,
	.put = put_timed,
};
