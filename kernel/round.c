// SPDX-License-Identifier: GPL-2.0
/* Rounds: beats of one deadline lie in one page and are looked at together. */
/*
 * A round is a page: a timer, and behind it as many beats as fit. The timer looks at all of them a
 * fixed number of times in each deadline. A timer for each beat would be almost as large as
 * all that a beat is.
 *
 * How long a process was quiet is counted in looks, not by a clock, and the timer never comes
 * early: so a beat is never missed before its deadline, and as the first look that finds
 * no beat may come just after one, it is missed by one look's time later at most. A look that
 * comes late, as the processor or the whole guest stood still, counts as one look: who could not
 * look cannot say that nobody has beaten, nor could they have.
 *
 * The timer is one of CLOCK_MONOTONIC, which stands still while the node is suspended; and from
 * before the processes are frozen until they run again nobody is found hung.
 */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/gfp.h>
#include <linux/hashtable.h>
#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/spinlock.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>

#include "beat.h"
#include "limits.h"
#include "round.h"

static_assert(VIGIL_BEAT_LOOKS < VIGIL_ROUND_TIMES);
static_assert(!(VIGIL_ROUND_TIMES & (VIGIL_ROUND_TIMES - 1)));

/**
 * struct vigil_round - beats that are looked at together
 * @timer: when to look next
 * @lock: protects: @armed, @looks, @at_ns, @suspends, and what of a beat changes. Taken in
 *	soft interrupts, with the locks of wait queues and signals taken inside.
 * @armed: @timer will come
 * @deadline_ms: the deadline of its beats, rounded up
 * @looks: looks made
 * @suspends: value of the global counter at the last look
 * @period_ns: time between two looks
 * @at_ns: when the last looks were made, CLOCK_BOOTTIME
 * @open: node of open_rounds, while there is room
 * @used: places taken
 * @taken: which
 * @beats: the places
 */
struct vigil_round {
	struct hrtimer timer;
	spinlock_t lock; /* of the looks */
	bool armed;
	u32 deadline_ms;
	unsigned int looks;
	unsigned int suspends;
	u64 period_ns;
	u64 at_ns[VIGIL_ROUND_TIMES];
	struct hlist_node open;
	unsigned int used;
	unsigned long taken[BITS_TO_LONGS(PAGE_SIZE / sizeof(struct vigil_beat))];
	struct vigil_beat beats[];
};

#define PLACES ((PAGE_SIZE - sizeof(struct vigil_round)) / sizeof(struct vigil_beat))

/* protects: open_rounds, and the places of all rounds. */
static DEFINE_MUTEX(rounds_lock);
static DEFINE_HASHTABLE(open_rounds, VIGIL_ROUNDS_HASH_BITS);

/* Odd while the node is being suspended; counted up at each begin and end. */
static unsigned int suspends;

static struct vigil_round *round_of(struct vigil_beat *b)
{
	return (struct vigil_round *)((unsigned long)b & PAGE_MASK);
}

/* Deadlines that differ by less than this cuts off share a round, or each would have a page. */
static u32 rounded(u32 deadline_ms)
{
	int spare = fls(deadline_ms) - VIGIL_ROUND_DEADLINE_BITS;

	return spare > 0 ? round_up(deadline_ms, 1U << spare) : deadline_ms;
}

static u64 slack_of(const struct vigil_round *r)
{
	return r->period_ns / VIGIL_ROUND_SLACK;
}

static u64 *time_of(struct vigil_round *r, unsigned int look)
{
	return &r->at_ns[look % VIGIL_ROUND_TIMES];
}

/* What a beat that is missed in this very look will want to know. */
static struct vigil_look look_now(struct vigil_round *r)
{
	unsigned int now = r->looks++, s = READ_ONCE(suspends);
	struct vigil_look look = { .pardon = s & 1 || s != r->suspends };
	u64 now_ns = ktime_get_boottime_ns();

	lockdep_assert_held(&r->lock);
	r->suspends = s;
	*time_of(r, now) = now_ns;
	look.last_beat_ns = *time_of(r, now - VIGIL_BEAT_LOOKS);
	look.cpu_window_ns = now_ns -
			     *time_of(r, now - VIGIL_BEAT_LOOKS + VIGIL_BEAT_LOOKS_CPU);
	return look;
}

static bool look_at_all(struct vigil_round *r)
{
	struct vigil_look look = look_now(r);
	bool more = false;
	unsigned int i;

	for (i = 0; i < PLACES; i++)
		if (r->beats[i].w)
			more |= vigil_beat_look(&r->beats[i], &look);
	return more;
}

/* In a soft interrupt. A round in which all are dead makes no more looks. */
static enum hrtimer_restart round_timer_fn(struct hrtimer *t)
{
	struct vigil_round *r = container_of(t, struct vigil_round, timer);
	bool more;

	spin_lock(&r->lock);
	more = look_at_all(r);
	r->armed = more;
	if (more)
		hrtimer_set_expires_range_ns(t, ktime_add_ns(ktime_get(), r->period_ns),
					     slack_of(r));
	spin_unlock(&r->lock);
	return more ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static struct vigil_round *open_round(u32 deadline_ms)
{
	struct vigil_round *r;

	lockdep_assert_held(&rounds_lock);
	hash_for_each_possible(open_rounds, r, open, deadline_ms)
		if (r->deadline_ms == deadline_ms)
			return r;
	r = (void *)__get_free_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!r)
		return NULL;
	hrtimer_init(&r->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	r->timer.function = round_timer_fn;
	spin_lock_init(&r->lock);
	r->deadline_ms = deadline_ms;
	r->period_ns = DIV_ROUND_UP_ULL((u64)deadline_ms * NSEC_PER_MSEC, VIGIL_BEAT_LOOKS);
	hash_add(open_rounds, &r->open, deadline_ms);
	return r;
}

/**
 * vigil_round_place - find a place for a beat
 * @deadline_ms: its deadline
 *
 * Context: process context, may sleep.
 * Return: the beat, all zero, at which nobody looks yet; or NULL.
 */
struct vigil_beat *vigil_round_place(u32 deadline_ms)
{
	struct vigil_round *r;
	unsigned long i;

	BUILD_BUG_ON(sizeof(struct vigil_round) + sizeof(struct vigil_beat) > PAGE_SIZE);
	mutex_lock(&rounds_lock);
	r = open_round(rounded(deadline_ms));
	if (!r) {
		mutex_unlock(&rounds_lock);
		return NULL;
	}
	i = find_first_zero_bit(r->taken, PLACES);
	__set_bit(i, r->taken);
	if (++r->used == PLACES)
		hash_del(&r->open);
	mutex_unlock(&rounds_lock);
	return &r->beats[i];
}

/**
 * vigil_round_leave - give back the place of a beat
 * @b: the beat; nobody looks at it
 *
 * The last one takes the page with it. Nobody can find that any more, and its timer has seen
 * that there is none left, or is waited for.
 *
 * Context: process context, may sleep.
 */
void vigil_round_leave(struct vigil_beat *b)
{
	struct vigil_round *r = round_of(b);

	mutex_lock(&rounds_lock);
	if (r->used-- == PLACES)
		hash_add(open_rounds, &r->open, r->deadline_ms);
	memset(b, 0, sizeof(*b));
	__clear_bit(b - r->beats, r->taken);
	if (!r->used) {
		hash_del(&r->open);
		hrtimer_cancel(&r->timer);
		free_page((unsigned long)r);
	}
	mutex_unlock(&rounds_lock);
}

/**
 * vigil_round_begin - look at a beat from now on
 * @b: the beat
 * @w: its watch
 *
 * The deadline begins with the first look.
 *
 * Context: process context.
 */
void vigil_round_begin(struct vigil_beat *b, struct vigil_watch *w)
{
	struct vigil_round *r = round_of(b);

	spin_lock_bh(&r->lock);
	b->w = w;
	if (!r->armed) {
		r->armed = true;
		hrtimer_start_range_ns(&r->timer, ns_to_ktime(r->period_ns), slack_of(r),
				       HRTIMER_MODE_REL_SOFT);
	}
	spin_unlock_bh(&r->lock);
}

/**
 * vigil_round_stop - look at a beat no longer
 * @b: the beat
 *
 * A look is made under the round's lock: after this none runs on the beat.
 *
 * Context: process context.
 */
void vigil_round_stop(struct vigil_beat *b)
{
	struct vigil_round *r = round_of(b);

	spin_lock_bh(&r->lock);
	b->w = NULL;
	spin_unlock_bh(&r->lock);
}

/**
 * vigil_round_with - do something with a beat between two looks
 * @b: the beat
 * @fn: called under the round's lock
 *
 * Context: process context.
 */
void vigil_round_with(struct vigil_beat *b, void (*fn)(struct vigil_beat *b))
{
	struct vigil_round *r = round_of(b);

	spin_lock_bh(&r->lock);
	fn(b);
	spin_unlock_bh(&r->lock);
}

static int suspend_seen(struct notifier_block *nb, unsigned long event, void *data)
{
	bool before = event == PM_SUSPEND_PREPARE || event == PM_HIBERNATION_PREPARE;
	bool after = event == PM_POST_SUSPEND || event == PM_POST_HIBERNATION;

	/* One at a time: under the lock of system transitions. */
	if ((before && !(suspends & 1)) || (after && suspends & 1))
		WRITE_ONCE(suspends, suspends + 1);
	return NOTIFY_OK;
}

static struct notifier_block suspend_notifier = {
	.notifier_call = suspend_seen,
};

int vigil_rounds_init(void)
{
	return register_pm_notifier(&suspend_notifier);
}

/* No watch is left, so every place was given back, and every round is gone with its timer. */
void vigil_rounds_exit(void)
{
	unregister_pm_notifier(&suspend_notifier);
}
