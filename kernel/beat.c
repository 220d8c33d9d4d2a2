// SPDX-License-Identifier: GPL-2.0
/* A beat: the deadline of a watch, which its process must meet again and again. */
/*
 *	vigil_round_begin()
 *	      |              a beat seen                      a beat seen: RECOVERED
 *	      v            <-------------+                  +------------------------+
 *	  BEATING, quiet 0 --- no beat --+--> quiet n       v                        |
 *	                                       |        BEATING              HUNG, told once
 *	                                       +--- n is the limit: HUNG event ---> action
 *
 * 1. A look finds a beat if the counter has changed since the last look, or a request has come.
 * 2. HUNG is told once, and RECOVERED once after it.
 * 3. Neither is told of a process that is dead, nor after its DEAD event: they are noted under the
 *    lock under which it becomes dead. The action comes after the event.
 * 4. Once a look has seen that the process is dead, no more is looked for.
 *
 * Locks: a look holds the lock of its round and takes those of wait queues, signals and events
 * inside. Nothing takes a round's lock while it holds one of these.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "beat.h"
#include "event.h"
#include "hang.h"
#include "limits.h"
#include "record.h"
#include "round.h"
#include "trace.h"
#include "watch.h"

enum vigil_beat_bits {
	STATE_NEW = BIT(0),	/* no look yet */
	STATE_TOLD = BIT(1),	/* a beat came by request, or could not be told of yet */
	STATE_HUNG = BIT(2),
	STATE_OVER = BIT(3),	/* the process is dead */
};

/* Many must fit into a page, and with a watch into what a watch may have. */
static_assert(sizeof(struct vigil_beat) <= VIGIL_BEAT_BYTES_MAX);
static_assert(VIGIL_BEAT_MS_MAX < 1 << 22 && VIGIL_BEAT_ACTION_KILL < 1 << 2 && _NSIG < 1 << 7);

/**
 * struct stall - an event of a beat on its way to its number
 * @pending: node of the pending list
 * @w: the watch, with a reference
 * @boottime_ns: when
 * @realtime_ns: when
 * @type: VIGIL_EVENT_TYPE_HUNG or VIGIL_EVENT_TYPE_RECOVERED
 * @hang: the details, of HUNG
 */
struct stall {
	struct vigil_pending pending;
	struct vigil_watch *w;
	u64 boottime_ns;
	u64 realtime_ns;
	u32 type;
	struct vigil_hang hang;
};

static struct stall *stall_of(struct vigil_pending *p)
{
	return container_of(p, struct stall, pending);
}

static struct vigil_net *stall_net(struct vigil_pending *p)
{
	return stall_of(p)->w->vn;
}

/* It may have died since: of that its DEAD event tells, which comes later. */
static void stall_number(struct vigil_pending *p, struct vigil_event *ev)
{
	struct stall *s = stall_of(p);

	ev->type = s->type;
	ev->boottime_ns = s->boottime_ns;
	ev->realtime_ns = s->realtime_ns;
	ev->hang = s->hang;
	vigil_watch_copy(s->w, NULL, &ev->watch);
	ev->watch.state = VIGIL_WATCH_STATE_ALIVE;
}

static void stall_put(struct vigil_pending *p)
{
	vigil_watch_put(stall_of(p)->w);
	kfree(stall_of(p));
}

static const struct vigil_pending_ops stall_event = {
	.net = stall_net,
	.number = stall_number,
	.put = stall_put,
};

/*
 * The watch stays: its beat ends first, which waits for this look. The stall does not, once it is noted.
 *
 * Returns 0, -ENOMEM, or -ESRCH if the process is dead.
 */
static int tell(struct vigil_beat *b, u32 type, const struct vigil_hang *hang)
{
	struct stall *s = kzalloc(sizeof(*s), GFP_ATOMIC | __GFP_NOWARN);
	u64 now_ns = ktime_get_boottime_ns();

	if (!s)
		return -ENOMEM;
	s->pending.ops = &stall_event;
	s->w = b->w;
	s->boottime_ns = now_ns;
	s->realtime_ns = ktime_get_real_ns();
	s->type = type;
	if (hang)
		s->hang = *hang;
	if (!vigil_watch_note(b->w, &s->pending)) {
		kfree(s);
		return -ESRCH;
	}
	if (hang)
		trace_vigil_hung(b->w, now_ns, hang);
	else
		trace_vigil_recovered(b->w, now_ns);
	return 0;
}

static void act(struct vigil_beat *b)
{
	if (b->action == VIGIL_BEAT_ACTION_SIGNAL)
		kill_pid(b->w->pid, b->signal, 1);
	if (b->action == VIGIL_BEAT_ACTION_KILL)
		vigil_watch_kill(b->w, VIGIL_CAUSE_HUNG);
	vigil_watch_hung(b->w);
}

/* In units in which years fit. */
static u32 cpu_ms(struct vigil_beat *b)
{
	return div_u64(vigil_hang_cpu_ns(b->w->pid), NSEC_PER_MSEC);
}

static void describe(struct vigil_beat *b, const struct vigil_look *look, struct vigil_hang *hang)
{
	u32 used_ms = cpu_ms(b) - b->cpu_ms;

	hang->last_beat_ns = look->last_beat_ns;
	hang->cpu_ns = (u64)used_ms * NSEC_PER_MSEC;
	hang->cpu_window_ns = look->cpu_window_ns;
	hang->deadline_ms = b->deadline_ms;
	hang->action = b->action;
	hang->signal = b->signal;
	hang->state = vigil_hang_state(b->w->pid, hang->cpu_ns, hang->cpu_window_ns);
}

/* Without memory for the event the miss is put off until the next look. Returns -ESRCH if dead. */
static int miss(struct vigil_beat *b, const struct vigil_look *look)
{
	struct vigil_hang hang;
	int err;

	describe(b, look, &hang);
	WRITE_ONCE(b->state, b->state | STATE_HUNG);
	err = tell(b, VIGIL_EVENT_TYPE_HUNG, &hang);
	if (err) {
		WRITE_ONCE(b->state, b->state & ~STATE_HUNG);
		b->quiet--;
		return err;
	}
	if (b->missed < U16_MAX)
		WRITE_ONCE(b->missed, b->missed + 1);
	act(b);
	return 0;
}

/* Without memory for the event the beat is remembered until the next look. */
static int recover(struct vigil_beat *b)
{
	int err = b->state & STATE_HUNG ? tell(b, VIGIL_EVENT_TYPE_RECOVERED, NULL) : 0;

	if (err)
		WRITE_ONCE(b->state, b->state | STATE_TOLD);
	else
		WRITE_ONCE(b->state, b->state & ~(STATE_NEW | STATE_HUNG | STATE_TOLD));
	b->quiet = 0;
	return err;
}

static u32 counter(struct vigil_beat *b)
{
	return b->slot.count ? lower_32_bits(READ_ONCE(*b->slot.count)) : 0;
}

static bool has_beaten(struct vigil_beat *b)
{
	u32 now = counter(b);
	bool beaten = now != b->seen || b->state & STATE_TOLD;

	b->seen = now;
	return beaten;
}

static int stay_quiet(struct vigil_beat *b, const struct vigil_look *look)
{
	if (READ_ONCE(b->w->state) == VIGIL_WATCH_STATE_DEAD)
		return -ESRCH;
	if (b->state & STATE_HUNG)
		return 0;
	b->quiet++;
	if (b->quiet == VIGIL_BEAT_LOOKS_CPU)
		b->cpu_ms = cpu_ms(b);
	return b->quiet == VIGIL_BEAT_LOOKS ? miss(b, look) : 0;
}

/**
 * vigil_beat_look - see whether a process has beaten since the last look
 * @b: its beat
 * @look: the moment
 *
 * Context: soft interrupt, under the lock of the round.
 * Return: false if there is nothing to look for any more.
 */
bool vigil_beat_look(struct vigil_beat *b, const struct vigil_look *look)
{
	bool beaten = has_beaten(b);
	int err = 0;

	if (b->state & STATE_OVER)
		return false;
	if (beaten) {
		err = recover(b);
	} else if (b->state & STATE_NEW || look->pardon) {
		WRITE_ONCE(b->state, b->state & ~STATE_NEW);
		b->quiet = 0;
	} else {
		err = stay_quiet(b, look);
	}
	if (err == -ESRCH)
		WRITE_ONCE(b->state, b->state | STATE_OVER);
	return err != -ESRCH;
}

static struct vigil_beat *beat_of(struct vigil_aspect *a)
{
	return container_of(a, struct vigil_beat, aspect);
}

static void beat_copy(struct vigil_aspect *a, struct vigil_record *rec)
{
	struct vigil_beat *b = beat_of(a);

	rec->beat.deadline_ms = b->deadline_ms;
	rec->beat.action = b->action;
	rec->beat.signal = b->signal;
	rec->beat.missed = READ_ONCE(b->missed);
	rec->beat.hung = READ_ONCE(b->state) & STATE_HUNG;
}

static void beat_stop(struct vigil_aspect *a, struct vigil_watch *w)
{
	vigil_round_stop(beat_of(a));
}

static void beat_end(struct vigil_aspect *a, struct vigil_watch *w)
{
	vigil_beat_free(beat_of(a));
}

static const struct vigil_aspect_ops beat_aspect = {
	.copy = beat_copy,
	.stop = beat_stop,
	.end = beat_end,
};

/**
 * vigil_beat_new - make a beat for a watch of the caller
 * @p: what it is made from
 *
 * Context: process context of the caller, may sleep.
 * Return: the beat, or an error as vigil_slot_pin() has them.
 */
struct vigil_beat *vigil_beat_new(const struct vigil_beat_params *p)
{
	struct vigil_beat *b = vigil_round_place(p->deadline_ms);
	int err;

	if (!b)
		return ERR_PTR(-ENOMEM);
	if (p->address) {
		err = vigil_slot_pin(&b->slot, p->address);
		if (err) {
			vigil_round_leave(b);
			return ERR_PTR(err);
		}
	}
	b->aspect.ops = &beat_aspect;
	b->deadline_ms = p->deadline_ms;
	b->action = p->action;
	b->signal = p->signal;
	b->seen = counter(b);
	b->state = STATE_NEW;
	return b;
}

/**
 * vigil_beat_free - undo vigil_beat_new()
 * @b: the beat, at which nobody looks
 *
 * Context: process context, may sleep.
 */
void vigil_beat_free(struct vigil_beat *b)
{
	vigil_slot_unpin(&b->slot);
	vigil_round_leave(b);
}

static struct vigil_beat *find(struct vigil_watch *w)
{
	struct vigil_aspect *a = vigil_watch_aspect(w, &beat_aspect);

	return a ? beat_of(a) : NULL;
}

/**
 * vigil_beat_remove - take the beat of a watch away, if it has one
 * @w: the watch
 *
 * Context: under vn->lock, may sleep.
 */
void vigil_beat_remove(struct vigil_watch *w)
{
	struct vigil_beat *b = find(w);

	if (!b)
		return;
	vigil_round_stop(b);
	vigil_watch_detach(w, &b->aspect);
	vigil_beat_free(b);
}

/**
 * vigil_beat_attach - give a watch a beat, in place of one that it has
 * @w: the watch
 * @b: the beat; it is the watch's from now on
 *
 * The new one knows whether the old one was hung: that is told once.
 *
 * Context: under vn->lock, may sleep.
 */
void vigil_beat_attach(struct vigil_watch *w, struct vigil_beat *b)
{
	struct vigil_beat *old = find(w);

	if (old) {
		vigil_round_stop(old);
		b->missed = old->missed;
		b->state |= old->state & STATE_HUNG;
		vigil_beat_remove(w);
	}
	if (vigil_watch_attach(w, &b->aspect))
		vigil_round_begin(b, w);
}

static void note_request(struct vigil_beat *b)
{
	WRITE_ONCE(b->state, b->state | STATE_TOLD);
}

/**
 * vigil_beat_now - beat for the process of a watch
 * @w: the watch
 *
 * Context: under vn->lock.
 * Return: 0, or -ENODATA if the watch has no beat.
 */
int vigil_beat_now(struct vigil_watch *w)
{
	struct vigil_beat *b = find(w);

	if (!b)
		return -ENODATA;
	vigil_round_with(b, note_request);
	return 0;
}
