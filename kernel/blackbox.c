// SPDX-License-Identifier: GPL-2.0
/* The black box's memory: two rings of notes. */
/*
 * Decisions of the module and numbered events have a ring each, so that a storm of deaths does not
 * wash out what was decided. A decision is kept as its text. An event is kept as its facts and
 * put into words when it is read: many come at once, few are ever read.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "blackbox.h"
#include "blackbox_words.h"
#include "limits.h"
#include "net.h"
#include "record.h"

/**
 * struct happening - the facts of an event
 * @boottime_ns: when it was numbered
 * @seq: its number
 * @watch: id of the watch that it is about, 0 if none
 * @type: enum vigil_event_type
 * @status: wait status, of a death
 * @cause: enum vigil_cause, of a death
 * @net: inode number of its network namespace, 0 of the initial one
 * @tgid: the process
 * @owner: owner name
 * @tag: tag
 */
struct happening {
	u64 boottime_ns;
	u64 seq;
	u64 watch;
	u32 type;
	u32 status;
	u32 cause;
	u32 net;
	pid_t tgid;
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	char tag[VIGIL_TAG_LEN_MAX + 1];
};

struct decision {
	u64 boottime_ns;
	char text[VIGIL_NOTE_LEN_MAX + 1];
};

/* protects: box. Taken in any context but NMI. */
static DEFINE_RAW_SPINLOCK(box_lock);

static struct {
	u64 decided;	/* number of the newest decision */
	u64 happened;	/* number of the newest event */
	struct decision decisions[VIGIL_BLACKBOX_DECISIONS];
	struct happening happenings[VIGIL_BLACKBOX_EVENTS];
} box;

/* All other processors have been stopped, perhaps with the lock held. */
static bool alone;

/**
 * vigil_blackbox_alone - from now on use the box without its lock
 *
 * Context: in a panic, once all other processors have been stopped.
 */
void vigil_blackbox_alone(void)
{
	WRITE_ONCE(alone, true);
}

static unsigned long lock_box(void)
	__acquires(&box_lock)
{
	unsigned long flags = 0;

	if (READ_ONCE(alone))
		__acquire(&box_lock);
	else
		raw_spin_lock_irqsave(&box_lock, flags);
	return flags;
}

static void unlock_box(unsigned long flags)
	__releases(&box_lock)
{
	if (READ_ONCE(alone))
		__release(&box_lock);
	else
		raw_spin_unlock_irqrestore(&box_lock, flags);
}

/* Names are given by others: none of them may begin a new line of the log. */
static void keep_on_one_line(char *text)
{
	for (; *text; text++)
		if (iscntrl(*text))
			*text = '?';
}

/**
 * vigil_blackbox_note - note a decision of the module
 * @fmt: as printk() has it, without a newline; longer texts are cut off
 *
 * Context: any but NMI; does not sleep or allocate.
 */
void vigil_blackbox_note(const char *fmt, ...)
{
	struct decision d = { .boottime_ns = ktime_get_boot_fast_ns() };
	unsigned long flags;
	va_list args;

	va_start(args, fmt);
	vscnprintf(d.text, sizeof(d.text), fmt, args);
	va_end(args);
	keep_on_one_line(d.text);
	flags = lock_box();
	box.decided++;
	box.decisions[box.decided % VIGIL_BLACKBOX_DECISIONS] = d;
	unlock_box(flags);
}

/**
 * vigil_blackbox_event - note an event that has got its number
 * @vn: its namespace
 * @ev: the event
 *
 * Context: any but NMI; does not sleep or allocate.
 */
void vigil_blackbox_event(const struct vigil_net *vn, const struct vigil_event *ev)
{
	struct happening *h;
	unsigned long flags;

	if (vigil_blackbox_decided(ev))
		return;
	flags = lock_box();
	box.happened++;
	h = &box.happenings[box.happened % VIGIL_BLACKBOX_EVENTS];
	h->boottime_ns = ktime_get_boot_fast_ns();
	h->seq = ev->seq;
	h->type = ev->type;
	h->net = net_eq(vn->net, &init_net) ? 0 : vn->net->ns.inum;
	h->watch = ev->watch.id;
	if (h->watch) {
		h->tgid = ev->watch.tgid;
		h->status = ev->watch.exit.status;
		h->cause = ev->watch.exit.cause;
		memcpy(h->owner, ev->watch.owner, ev->watch.owner_len + 1);
		memcpy(h->tag, ev->watch.tag, ev->watch.tag_len + 1);
	}
	unlock_box(flags);
}

static struct vigil_note_range range_locked(enum vigil_note_kind kind)
{
	bool events = kind == VIGIL_NOTE_KIND_EVENT;
	u64 slots = events ? VIGIL_BLACKBOX_EVENTS : VIGIL_BLACKBOX_DECISIONS;
	struct vigil_note_range r = { .newest = events ? box.happened : box.decided };

	r.oldest = r.newest > slots ? r.newest - slots + 1 : min_t(u64, r.newest, 1);
	return r;
}

/**
 * vigil_blackbox_range - what the box holds of a kind
 * @kind: the kind
 *
 * Context: any but NMI.
 * Return: the range of numbers.
 */
struct vigil_note_range vigil_blackbox_range(enum vigil_note_kind kind)
{
	struct vigil_note_range r;
	unsigned long flags;

	flags = lock_box();
	r = range_locked(kind);
	unlock_box(flags);
	return r;
}

/* What is said beyond the signal that killed it. */
static const char *const kills[] = {
	[VIGIL_CAUSE_SIGNALLED] = "",
	[VIGIL_CAUSE_CORE_DUMPED] = ", core dumped",
	[VIGIL_CAUSE_OOM_KILLED] = ", out of memory",
	[VIGIL_CAUSE_HUNG] = ", hung",
	[VIGIL_CAUSE_FENCED] = ", fenced",
};

static int put_cause(char *text, size_t size, const struct happening *h)
{
	if (h->cause == VIGIL_CAUSE_EXITED)
		return scnprintf(text, size, " exited %u", WAIT_STATUS_CODE(h->status));
	if (h->cause < ARRAY_SIZE(kills) && kills[h->cause])
		return scnprintf(text, size, " signal %u%s",
				 h->status & WAIT_STATUS_SIGNAL, kills[h->cause]);
	return scnprintf(text, size, " of unknown cause");
}

static void put_in_words(struct vigil_note *note, const struct happening *h)
{
	const size_t size = sizeof(note->text);
	char *text = note->text;
	int n;

	note->boottime_ns = h->boottime_ns;
	n = scnprintf(text, size, "%s %llu", vigil_blackbox_type(h->type), h->seq);
	if (h->watch)
		n += scnprintf(text + n, size - n, " pid %d", h->tgid);
	if (h->watch && h->type == VIGIL_EVENT_TYPE_DEAD)
		n += put_cause(text + n, size - n, h);
	if (h->net)
		n += scnprintf(text + n, size - n, " net:[%u]", h->net);
	if (h->watch)
		scnprintf(text + n, size - n, " %s/%s", h->owner, h->tag);
	keep_on_one_line(text);
}

/* A copy of the slot's facts is put into words once the lock is free again. */
static bool get_event(u64 number, struct vigil_note *note)
{
	struct vigil_note_range r;
	struct happening h;
	unsigned long flags;
	bool held;

	flags = lock_box();
	r = range_locked(VIGIL_NOTE_KIND_EVENT);
	held = number >= r.oldest && number <= r.newest;
	if (held)
		h = box.happenings[number % VIGIL_BLACKBOX_EVENTS];
	unlock_box(flags);
	if (held)
		put_in_words(note, &h);
	return held;
}

static bool get_decision(u64 number, struct vigil_note *note)
{
	const struct decision *d = &box.decisions[number % VIGIL_BLACKBOX_DECISIONS];
	struct vigil_note_range r;
	unsigned long flags;
	bool held;

	flags = lock_box();
	r = range_locked(VIGIL_NOTE_KIND_DECISION);
	held = number >= r.oldest && number <= r.newest;
	if (held) {
		note->boottime_ns = d->boottime_ns;
		strscpy(note->text, d->text, sizeof(note->text));
	}
	unlock_box(flags);
	return held;
}

/**
 * vigil_blackbox_get - copy one note
 * @kind: its kind
 * @number: its number
 * @note: gets the copy
 *
 * Context: any but NMI.
 * Return: false if the box does not hold it.
 */
bool vigil_blackbox_get(enum vigil_note_kind kind, u64 number, struct vigil_note *note)
{
	note->number = number;
	if (!number)
		return false;
	return kind == VIGIL_NOTE_KIND_EVENT ? get_event(number, note) : get_decision(number, note);
}
