// SPDX-License-Identifier: GPL-2.0
/* The black box's way out: into the kernel's log, and with that into pstore. */
/*
 * A writing is a section of lines in the kernel's log:
 *
 *	vigil blackbox LIFE.NUMBER: begin UPTIME REALTIME DECISIONS EVENTS WHY
 *	vigil blackbox LIFE.NUMBER: e EVENT-NUMBER UPTIME TEXT
 *	vigil blackbox LIFE.NUMBER: d DECISION-NUMBER UPTIME TEXT
 *	vigil blackbox LIFE.NUMBER: end UPTIME REALTIME DECISIONS EVENTS WHY
 *
 * LIFE tells loadings of the module apart, DECISIONS and EVENTS are what it has noted in this one. Times
 * are in seconds. Each line names its section, and the last line says again what
 * the first one did: pstore keeps the end of the log, in pieces, and what is left must speak for itself.
 */
#define pr_fmt(fmt) KBUILD_MODNAME " blackbox " fmt

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/string.h>

#include "blackbox.h"
#include "compat/kmsg.h"
#include "limits.h"

/* protects: the order of sections in the log; not taken in a panic. */
static DEFINE_MUTEX(write_lock);

static atomic_t writes;
static u32 life;

/**
 * struct section - one writing
 * @number: of this life, from 1
 * @urgent: every console shows it, however quiet
 */
struct section {
	unsigned int number;
	bool urgent;
};

struct stamp {
	u64 seconds;
	u32 microseconds;
};

static struct stamp stamp_of(u64 ns)
{
	struct stamp t;

	t.seconds = div_u64_rem(ns, NSEC_PER_SEC, &t.microseconds);
	t.microseconds /= NSEC_PER_USEC;
	return t;
}

static __printf(2, 3) void print_line(const struct section *s, const char *fmt, ...)
{
	char text[VIGIL_NOTE_LEN_MAX + VIGIL_BLACKBOX_LINE_BYTES];
	va_list args;

	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (s->urgent)
		pr_emerg("%08x.%u: %s\n", life, s->number, text);
	else
		pr_notice("%08x.%u: %s\n", life, s->number, text);
}

/* The panic may have come in the middle of an update of the clocks: none is asked that waits. */
static void print_mark(const struct section *s, const char *what, const char *why)
{
	struct stamp up = stamp_of(ktime_get_boot_fast_ns());
	struct stamp real = stamp_of(ktime_get_real_fast_ns());

	print_line(s, "%s %llu.%06u %llu.%06u %llu %llu %s", what, up.seconds, up.microseconds,
		   real.seconds, real.microseconds,
		   vigil_blackbox_range(VIGIL_NOTE_KIND_DECISION).newest,
		   vigil_blackbox_range(VIGIL_NOTE_KIND_EVENT).newest, why);
}

static void print_note(const struct section *s, char kind, const struct vigil_note *note)
{
	struct stamp t = stamp_of(note->boottime_ns);

	print_line(s, "%c %llu %llu.%06u %s", kind, note->number, t.seconds, t.microseconds,
		   note->text);
}

/* The oldest of the newest notes that fit. */
static u64 first_that_fits(enum vigil_note_kind kind, struct vigil_note_range r)
{
	struct vigil_note note;
	size_t bytes = 0;
	u64 first;

	for (first = r.newest + 1; first > r.oldest; first--) {
		if (!vigil_blackbox_get(kind, first - 1, &note))
			break;
		bytes += VIGIL_BLACKBOX_LINE_BYTES + strlen(note.text);
		if (bytes > VIGIL_BLACKBOX_WRITE_BYTES)
			break;
	}
	return first;
}

static void print_notes(const struct section *s, enum vigil_note_kind kind, char letter)
{
	struct vigil_note_range r = vigil_blackbox_range(kind);
	struct vigil_note note;
	u64 number;

	if (!r.newest)
		return;
	for (number = first_that_fits(kind, r); number <= r.newest; number++)
		if (vigil_blackbox_get(kind, number, &note))
			print_note(s, letter, &note);
}

/* Only what is urgent has notes. Decisions come last, as the end of the log is what survives. */
static void print_section(const char *why, bool urgent)
{
	struct section s = { .number = atomic_inc_return(&writes), .urgent = urgent };
	char reason[VIGIL_BLACKBOX_WHY_MAX + 1];
	char *p;

	strscpy(reason, why, sizeof(reason));
	for (p = reason; *p; p++)
		if (iscntrl(*p))
			*p = ' ';
	print_mark(&s, "begin", reason);
	if (urgent) {
		print_notes(&s, VIGIL_NOTE_KIND_EVENT, 'e');
		print_notes(&s, VIGIL_NOTE_KIND_DECISION, 'd');
	}
	print_mark(&s, "end", reason);
}

static void print_and_store(const char *why, bool urgent)
{
	mutex_lock(&write_lock);
	print_section(why, urgent);
	vigil_kmsg_store(why);
	mutex_unlock(&write_lock);
}

/**
 * vigil_blackbox_write - write the box to the kernel's log, and let pstore keep that now
 * @why: the reason, a few words
 *
 * For when the node may be lost. It goes to every console, which takes its time if one of
 * them is a slow serial line; pstore's part is done under a raw spinlock.
 *
 * Context: process context, may sleep.
 */
void vigil_blackbox_write(const char *why)
{
	print_and_store(why, true);
}

/**
 * vigil_blackbox_mark - leave a mark that a reader finds after a reset
 * @why: what is so from now on, a few words
 *
 * As vigil_blackbox_write(), but without the notes, and not for the operator's eyes at once.
 *
 * Context: process context, may sleep.
 */
void vigil_blackbox_mark(const char *why)
{
	print_and_store(why, false);
}

/* Sections written since the module was loaded. */
unsigned int vigil_blackbox_writes(void)
{
	return atomic_read(&writes);
}

/* What tells this loading of the module from all others in what is written. */
u32 vigil_blackbox_life(void)
{
	return life;
}

/*
 * The kernel's log goes to pstore after all notifiers: what is printed here is in time. All other
 * processors have been stopped by now; unless a crash kernel takes over, which happens before this.
 */
static int on_panic(struct notifier_block *nb, unsigned long unused, void *message)
{
	char why[VIGIL_BLACKBOX_WHY_MAX + 1];

	vigil_blackbox_alone();
	snprintf(why, sizeof(why), "panic: %s", (const char *)message);
	print_section(why, true);
	return NOTIFY_DONE;
}

static struct notifier_block panic_notifier = {
	.notifier_call = on_panic,
};

int vigil_blackbox_create(void)
{
	life = get_random_u32();
	if (!vigil_kmsg_find())
		pr_warn("is stored in panics only: this kernel gives no way to store its log before\n");
	return atomic_notifier_chain_register(&panic_notifier_list, &panic_notifier);
}

/* Waits for a notifier that runs. Writers are gone with all else of the module by then. */
void vigil_blackbox_destroy(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_notifier);
}
