// SPDX-License-Identifier: GPL-2.0
/* From deaths to numbered events: the pending list, the ring and the sending. */
/*
 * A death is seen under tasklist_lock with interrupts off, where nothing can
 * be allocated or sent. It goes on the pending list, and the first one there
 * raises an irq_work: an interrupt of this CPU, as soon as interrupts are on
 * again. That runs a tasklet in the dying task's own time, without a switch to another
 * thread, and the tasklet numbers the deaths, writes them to the rings and
 * sends them. In a storm it starts a timer instead, and deaths gather: while they come
 * faster than a listener should be woken, or while no listener has got round to reading
 * what was sent last, so that sending more would tell nobody anything sooner.
 */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/llist.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "blackbox.h"
#include "event.h"
#include "limits.h"
#include "net.h"
#include "netlink.h"
#include "param.h"
#include "record.h"
#include "trace.h"

static_assert(VIGIL_PUBLISH_BATCH < VIGIL_RING_SIZE_MIN);

static LLIST_HEAD(pending);

/* About how many deaths are on it: deaths that come while it is emptied may go uncounted. */
static atomic_t gathered;

/* protects: backlog, burst; and orders numbering and sending. Taken in soft interrupts. */
static DEFINE_SPINLOCK(flush_lock);

/* Taken off the pending list, oldest first, and not yet numbered. */
static struct llist_node *backlog;

static struct {
	u64 window_ns;		/* when the current window of time began */
	unsigned int flushes;	/* in that window */
	u64 last_ns;		/* the last flush */
	unsigned int looks;	/* moments that deaths have gathered for since then */
} burst;

static struct vigil_event *slot_of(struct vigil_net *vn, u64 seq)
{
	u32 slot;

	div_u64_rem(seq, vigil_ring_size(), &slot);
	return &vn->ring[slot];
}

/**
 * vigil_ring_create - make the ring of a namespace, unless it is there
 * @vn: the namespace
 *
 * Context: under vn->lock, may sleep.
 * Return: 0 or -ENOMEM.
 */
int vigil_ring_create(struct vigil_net *vn)
{
	lockdep_assert_held(&vn->lock);
	if (vn->ring)
		return 0;
	vn->ring = kvcalloc(vigil_ring_size(), sizeof(*vn->ring),
			    GFP_KERNEL_ACCOUNT);
	return vn->ring ? 0 : -ENOMEM;
}

/**
 * vigil_ring_need - make the ring of a namespace in which vigil_event_tell() will be called
 * @vn: the namespace
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int vigil_ring_need(struct vigil_net *vn)
{
	int err;

	mutex_lock(&vn->lock);
	err = vigil_ring_create(vn);
	mutex_unlock(&vn->lock);
	return err;
}

void vigil_ring_destroy(struct vigil_net *vn)
{
	kvfree(vn->ring);
}

static struct vigil_ring_range range_locked(struct vigil_net *vn)
{
	struct vigil_ring_range r = { .newest = vn->seq };

	lockdep_assert_held(&vn->ring_lock);
	if (vn->seq)
		r.oldest = vn->seq > vigil_ring_size() ?
			   vn->seq - vigil_ring_size() + 1 : 1;
	return r;
}

/**
 * vigil_ring_range - what a ring holds now
 * @vn: its namespace
 *
 * Context: process context.
 * Return: the range of sequence numbers.
 */
struct vigil_ring_range vigil_ring_range(struct vigil_net *vn)
{
	struct vigil_ring_range r;

	spin_lock_bh(&vn->ring_lock);
	r = range_locked(vn);
	spin_unlock_bh(&vn->ring_lock);
	return r;
}

/**
 * vigil_ring_get - copy one event
 * @vn: namespace of the ring
 * @seq: its sequence number
 * @ev: gets the copy
 *
 * Context: process context.
 * Return: false if the ring does not hold it.
 */
bool vigil_ring_get(struct vigil_net *vn, u64 seq, struct vigil_event *ev)
{
	struct vigil_ring_range r;
	bool held;

	spin_lock_bh(&vn->ring_lock);
	r = range_locked(vn);
	held = r.newest && seq >= r.oldest && seq <= r.newest;
	if (held)
		*ev = *slot_of(vn, seq);
	spin_unlock_bh(&vn->ring_lock);
	return held;
}

/* Whatever gets a number passes here, once it is in its slot. */
static void noted(struct vigil_net *vn, const struct vigil_event *slot)
{
	trace_vigil_event(vn->net->ns.inum, slot);
	vigil_blackbox_event(vn, slot);
}

static const struct vigil_event *number(struct vigil_net *vn, struct vigil_pending *p)
{
	struct vigil_event *slot;

	lockdep_assert_held(&flush_lock);
	spin_lock(&vn->ring_lock);
	vn->seq++;
	slot = slot_of(vn, vn->seq);
	slot->seq = vn->seq;
	slot->watch.id = 0;
	p->ops->number(p, slot);
	noted(vn, slot);
	spin_unlock(&vn->ring_lock);
	p->ops->put(p);
	return slot;
}

/*
 * Number the next events of one namespace and send them. The slots are read
 * without ring_lock: only this function writes them, under flush_lock.
 */
static unsigned int flush_some(void)
{
	const struct vigil_event *events[VIGIL_PUBLISH_BATCH];
	struct vigil_net *vn = NULL;
	struct vigil_pending *p;
	unsigned int n = 0;

	lockdep_assert_held(&flush_lock);
	while (backlog && n < VIGIL_PUBLISH_BATCH) {
		p = llist_entry(backlog, struct vigil_pending, node);
		if (vn && vn != p->ops->net(p))
			break;
		vn = p->ops->net(p);
		backlog = backlog->next;
		events[n++] = number(vn, p);
	}
	if (n)
		vigil_netlink_publish(vn, events, n);
	return n;
}

/* Returns true if there is more to do. */
static bool flush_batch(void)
{
	unsigned int done = 0, n;

	lockdep_assert_held(&flush_lock);
	while (done < VIGIL_FLUSH_BATCH) {
		if (!backlog) {
			atomic_set(&gathered, 0);
			backlog = llist_reverse_order(llist_del_all(&pending));
		}
		n = flush_some();
		if (!n)
			return false;
		done += n;
	}
	return true;
}

static void count_flush(u64 now)
{
	lockdep_assert_held(&flush_lock);
	if (now - burst.window_ns >= VIGIL_BURST_WINDOW_NS) {
		burst.window_ns = now;
		burst.flushes = 0;
	}
	burst.flushes++;
	burst.last_ns = now;
	burst.looks = 0;
}

/* A death after some calm never waits. */
static bool worth_gathering(u64 now)
{
	lockdep_assert_held(&flush_lock);
	if (backlog || atomic_read(&gathered) >= VIGIL_GATHER_DEATHS)
		return false;
	if (burst.looks)
		return burst.looks < VIGIL_GATHER_LOOKS_MAX && vigil_netlink_unread();
	if (now - burst.last_ns >= VIGIL_BURST_WINDOW_NS)
		return false;
	return burst.flushes >= VIGIL_BURST_FLUSHES || vigil_netlink_unread();
}

static struct hrtimer gather_timer;

/*
 * What is left when this ends waits for the timer, never for this tasklet scheduled by itself: a
 * soft interrupt that is raised while they are served goes to ksoftirqd if somebody was
 * woken meanwhile, and waits there behind all who die; until the next tick, at worst.
 */
static void flush_tasklet_fn(struct tasklet_struct *t)
{
	u64 now;

	spin_lock(&flush_lock);
	while (backlog || !llist_empty(&pending)) {
		now = ktime_get_ns();
		if (worth_gathering(now)) {
			burst.looks++;
			trace_vigil_gather(atomic_read(&gathered), burst.looks);
			hrtimer_start(&gather_timer, VIGIL_GATHER_NS, HRTIMER_MODE_REL);
			break;
		}
		count_flush(now);
		if (flush_batch()) {
			hrtimer_start(&gather_timer, VIGIL_YIELD_NS, HRTIMER_MODE_REL);
			break;
		}
	}
	spin_unlock(&flush_lock);
}

static DECLARE_TASKLET(flush_tasklet, flush_tasklet_fn);

static enum hrtimer_restart gather_timer_fn(struct hrtimer *t)
{
	tasklet_schedule(&flush_tasklet);
	return HRTIMER_NORESTART;
}

static void kick_fn(struct irq_work *work)
{
	tasklet_schedule(&flush_tasklet);
}

static DEFINE_IRQ_WORK(kick, kick_fn);

/**
 * vigil_event_pending - hand over an event that wants a number
 * @p: the event, with a reference that the flush gives back
 *
 * Only the death that finds the list empty needs to raise the interrupt: every later one
 * is taken off the list together with it. If they gather, the one that makes a
 * whole datagram of them raises it again.
 *
 * Context: any; does not sleep or allocate.
 */
void vigil_event_pending(struct vigil_pending *p)
{
	bool first = llist_add(&p->node, &pending);

	if (atomic_inc_return(&gathered) == VIGIL_GATHER_DEATHS || first)
		irq_work_queue(&kick);
}

/**
 * vigil_event_tell - number and send an event at once
 * @vn: its namespace, which has a ring; see vigil_ring_need()
 * @ev: the event; type and body are filled in. Gets its time and number.
 *
 * What is on the pending list comes later, unless vigil_events_flush() ran before.
 *
 * Context: any but hard interrupts; does not sleep.
 */
void vigil_event_tell(struct vigil_net *vn, struct vigil_event *ev)
{
	const struct vigil_event *slot;

	ev->boottime_ns = ktime_get_boottime_ns();
	ev->realtime_ns = ktime_get_real_ns();
	spin_lock_bh(&flush_lock);
	spin_lock(&vn->ring_lock);
	vn->seq++;
	ev->seq = vn->seq;
	*slot_of(vn, vn->seq) = *ev;
	slot = slot_of(vn, vn->seq);
	noted(vn, slot);
	spin_unlock(&vn->ring_lock);
	vigil_netlink_publish(vn, &slot, 1);
	spin_unlock_bh(&flush_lock);
}

/**
 * vigil_events_flush - number and send every death handed over so far
 *
 * Context: process context.
 */
void vigil_events_flush(void)
{
	bool more;

	do {
		spin_lock_bh(&flush_lock);
		more = flush_batch();
		spin_unlock_bh(&flush_lock);
		cond_resched();
	} while (more);
}

int vigil_events_init(void)
{
	hrtimer_init(&gather_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	gather_timer.function = gather_timer_fn;
	return 0;
}

/*
 * No watch is left, so nothing can raise the irq_work again; and every death is flushed, so
 * the tasklet starts no timer any more: the one that may still run is the last,
 * and after it the tasklet that it may have scheduled.
 */
void vigil_events_exit(void)
{
	irq_work_sync(&kick);
	hrtimer_cancel(&gather_timer);
	tasklet_kill(&flush_tasklet);
	vigil_netlink_forget();
}
