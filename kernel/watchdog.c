// SPDX-License-Identifier: GPL-2.0
/* The node's hardware watchdog: armed, petted while the gates are met, and left to bite. */
/*
 *	          arm              a gate is missed            grace is over
 *	DISARMED -----> ARMED <--------------------> WARNING ---------------> BITE
 *	    ^             |    all are met again        |                      |
 *	    +-------------+-----------------------------+----------------------+
 *	                  disarm, if the device can be stopped
 *
 * 1. A round looks at all gates and then, as its last step, pets. Nothing else pets.
 * 2. In ARMED and WARNING each round pets. In BITE none does, and the device resets the node at most its
 *    timeout after the last pet. Who was told of the bite may count on it: only a
 *    disarm calls it off, never a gate.
 * 3. While it is not DISARMED the module is pinned and the device's file is held.
 * 4. Rounds come from every CPU's thread; see gate_cpus.c. They run one at a time, and only while the gates
 *    are open. watchdog_arm.c opens them after the state is ARMED, and closes them when it is DISARMED.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>

#include "blackbox.h"
#include "event.h"
#include "gate.h"
#include "limits.h"
#include "net.h"
#include "trace_watchdog.h"
#include "watchdog.h"
#include "wdt.h"

/* One round at a time; and a stop comes between two. protects: next_ns, failing_since_ns */
static DEFINE_MUTEX(round_lock);

/* protects: state. Held for a moment only, so that readers see a round that is stuck. */
static DEFINE_SPINLOCK(state_lock);

static struct file *file;
static u64 next_ns;
static u64 failing_since_ns;

static struct {
	enum vigil_watchdog_stage stage;
	enum vigil_watchdog_gate gate;
	u64 detail;
	u64 bite_ns;		/* when petting ends; in WARNING */
	char device[VIGIL_WATCHDOG_NAME_MAX];
	u32 timeout_s;
	u32 interval_ms;
	u32 grace_ms;
	u64 pets;
	u64 warnings;
	u64 recoveries;
} state = {
	.stage = VIGIL_WATCHDOG_STAGE_DISARMED,
	.grace_ms = VIGIL_GRACE_MS_DEFAULT,
};

/**
 * vigil_watchdog_interval_ms - how often each CPU must come by
 *
 * Return: ms; fixed while armed.
 */
u32 vigil_watchdog_interval_ms(void)
{
	return READ_ONCE(state.interval_ms);
}

static u32 reset_in_ms(u64 now_ns)
{
	u64 ms = (u64)state.timeout_s * MSEC_PER_SEC;

	lockdep_assert_held(&state_lock);
	switch (state.stage) {
	case VIGIL_WATCHDOG_STAGE_WARNING:
		if (state.bite_ns > now_ns)
			ms += div_u64(state.bite_ns - now_ns, NSEC_PER_MSEC);
		break;
	case VIGIL_WATCHDOG_STAGE_BITE:
		break;
	default:
		return 0;
	}
	return min_t(u64, ms, U32_MAX);
}

static void describe(struct vigil_watchdog_record *rec)
{
	lockdep_assert_held(&state_lock);
	rec->stage = state.stage;
	rec->gate = state.gate;
	rec->detail = state.detail;
	rec->timeout_s = state.timeout_s;
	rec->reset_in_ms = reset_in_ms(ktime_get_ns());
	memcpy(rec->device, state.device, sizeof(rec->device));
}

/**
 * vigil_watchdog_tell - send an event
 * @stage: the stage that is told; recovered is a stage of events alone, and leads back to armed
 *
 * Context: process context.
 */
void vigil_watchdog_tell(enum vigil_watchdog_stage stage)
{
	struct vigil_event ev = { .type = VIGIL_EVENT_TYPE_WATCHDOG };

	spin_lock(&state_lock);
	describe(&ev.watchdog);
	spin_unlock(&state_lock);
	ev.watchdog.stage = stage;
	trace_vigil_watchdog(&ev.watchdog);
	vigil_event_tell(vigil_net_of(&init_net), &ev);
}

/*
 * The warning stage begins: the last moments in which the node can tell what is wrong with it.
 *
 * Context: a round; may sleep.
 */
static void enter_warning(enum vigil_watchdog_gate gate, const struct vigil_miss *miss, u64 now_ns)
{
	char why[VIGIL_BLACKBOX_WHY_MAX];

	spin_lock(&state_lock);
	if (state.stage != VIGIL_WATCHDOG_STAGE_WARNING) {
		state.bite_ns = now_ns + (u64)state.grace_ms * NSEC_PER_MSEC;
		state.warnings++;
	}
	state.stage = VIGIL_WATCHDOG_STAGE_WARNING;
	state.gate = gate;
	state.detail = miss->detail;
	spin_unlock(&state_lock);
	pr_emerg("watchdog: gate %s is missed (%llu): petting ends unless it is met again\n",
		 vigil_gate(gate)->name, miss->detail);
	vigil_watchdog_tell(VIGIL_WATCHDOG_STAGE_WARNING);
	snprintf(why, sizeof(why), "warned: gate %s is missed (%llu)", vigil_gate(gate)->name,
		 miss->detail);
	vigil_blackbox_write(why);
}

static void recover(void)
{
	pr_notice("watchdog: all gates are met again\n");
	spin_lock(&state_lock);
	state.stage = VIGIL_WATCHDOG_STAGE_ARMED;
	state.recoveries++;
	spin_unlock(&state_lock);
	vigil_watchdog_tell(VIGIL_WATCHDOG_STAGE_RECOVERED);
	vigil_blackbox_mark("recovered");
	spin_lock(&state_lock);
	state.gate = VIGIL_WATCHDOG_GATE_NONE;
	state.detail = 0;
	spin_unlock(&state_lock);
}

static void bite(void)
{
	spin_lock(&state_lock);
	state.stage = VIGIL_WATCHDOG_STAGE_BITE;
	spin_unlock(&state_lock);
	pr_emerg("watchdog: petting has ended: %s resets the node within %u s\n",
		 state.device, state.timeout_s);
	vigil_watchdog_tell(VIGIL_WATCHDOG_STAGE_BITE);
	vigil_blackbox_write("warned: petting has ended");
}

/* A gate that is missed after another is told as well, but has no grace of its own. */
static void judge(enum vigil_watchdog_gate gate, const struct vigil_miss *miss, u64 now_ns)
{
	bool warned = state.stage == VIGIL_WATCHDOG_STAGE_WARNING;

	lockdep_assert_held(&round_lock);
	if (!gate && warned)
		recover();
	else if (gate && (!warned || gate != state.gate || miss->detail != state.detail))
		enter_warning(gate, miss, now_ns);
	else if (gate && now_ns >= state.bite_ns)
		bite();
}

static void pet(u64 now_ns)
{
	int err = vigil_wdt_pet(file);

	lockdep_assert_held(&round_lock);
	if (err && !failing_since_ns)
		failing_since_ns = now_ns;
	if (err)
		return;
	failing_since_ns = 0;
	spin_lock(&state_lock);
	state.pets++;
	spin_unlock(&state_lock);
}

/**
 * vigil_device_missed - whether the device refuses to be petted
 * @miss: gets since when
 * @now_ns: not needed
 *
 * Context: a round.
 * Return: true if so.
 */
bool vigil_device_missed(struct vigil_miss *miss, u64 now_ns)
{
	lockdep_assert_held(&round_lock);
	*miss = (struct vigil_miss) { .since_ns = failing_since_ns };
	return failing_since_ns;
}

/**
 * vigil_watchdog_round - look at all gates and pet, if that is due
 *
 * Who comes while another is at it has nothing to do.
 *
 * Context: thread of a CPU that has just proved that it runs; may sleep.
 */
void vigil_watchdog_round(void)
{
	enum vigil_watchdog_gate gate;
	struct vigil_miss miss;
	u64 now_ns;

	if (!mutex_trylock(&round_lock))
		return;
	now_ns = ktime_get_ns();
	if (state.stage == VIGIL_WATCHDOG_STAGE_DISARMED ||
	    state.stage == VIGIL_WATCHDOG_STAGE_BITE || now_ns < next_ns)
		goto unlock;
	next_ns = now_ns + (u64)state.interval_ms * NSEC_PER_MSEC / 2;
	gate = vigil_gates_missed(&miss, now_ns);
	judge(gate, &miss, now_ns);
	if (state.stage != VIGIL_WATCHDOG_STAGE_BITE)
		pet(now_ns);
unlock:
	mutex_unlock(&round_lock);
}

/**
 * vigil_watchdog_is_armed - whether there is a device
 *
 * Context: as vigil_watchdog_begin().
 * Return: true if so.
 */
bool vigil_watchdog_is_armed(void)
{
	return file;
}

/**
 * vigil_watchdog_begin - let rounds pet a device, once the gates are open
 * @f: its file, with a reference
 * @timeout_s: its timeout
 *
 * Context: one call of these three at a time; may sleep.
 */
void vigil_watchdog_begin(struct file *f, u32 timeout_s)
{
	u64 interval_ms = (u64)timeout_s * MSEC_PER_SEC / VIGIL_PETS_PER_TIMEOUT;

	mutex_lock(&round_lock);
	file = f;
	next_ns = 0;
	failing_since_ns = 0;
	spin_lock(&state_lock);
	strscpy(state.device, vigil_wdt_name(f), sizeof(state.device));
	state.timeout_s = timeout_s;
	state.interval_ms = clamp_t(u64, interval_ms, VIGIL_INTERVAL_MS_MIN, VIGIL_INTERVAL_MS_MAX);
	state.gate = VIGIL_WATCHDOG_GATE_NONE;
	state.detail = 0;
	state.stage = VIGIL_WATCHDOG_STAGE_ARMED;
	spin_unlock(&state_lock);
	mutex_unlock(&round_lock);
}

/**
 * vigil_watchdog_end - stop the device, and let no round pet it again
 * @page: for the request
 *
 * A round that runs ends first: a pet must not come after the stop.
 *
 * Context: process context, may sleep.
 * Return: 0, or what the device says; then it is as it was.
 */
int vigil_watchdog_end(struct vigil_scratch *page)
{
	int err;

	mutex_lock(&round_lock);
	err = vigil_wdt_stop(file, page);
	if (err && err != -ENODEV)
		goto unlock;
	err = 0;
	spin_lock(&state_lock);
	state.stage = VIGIL_WATCHDOG_STAGE_DISARMED;
	state.gate = VIGIL_WATCHDOG_GATE_NONE;
	state.detail = 0;
	spin_unlock(&state_lock);
unlock:
	mutex_unlock(&round_lock);
	return err;
}

/**
 * vigil_watchdog_forget - let go of the device
 *
 * Context: after vigil_watchdog_end(), and the gates are closed: no round looks at the file any more.
 */
void vigil_watchdog_forget(void)
{
	fput(file);
	file = NULL;
	spin_lock(&state_lock);
	state.device[0] = '\0';
	state.timeout_s = 0;
	state.interval_ms = 0;
	spin_unlock(&state_lock);
}

/**
 * vigil_watchdog_get - copy the state
 * @copy: gets it
 *
 * Context: process context.
 */
void vigil_watchdog_get(struct vigil_watchdog_state *copy)
{
	spin_lock(&state_lock);
	describe(&copy->now);
	copy->grace_ms = state.grace_ms;
	copy->interval_ms = state.interval_ms;
	copy->pets = state.pets;
	copy->warnings = state.warnings;
	copy->recoveries = state.recoveries;
	spin_unlock(&state_lock);
}

/**
 * vigil_watchdog_set_grace_ms - for how long petting goes on after a warning
 * @ms: from the next warning on
 *
 * Context: process context.
 * Return: 0, or -EINVAL if it is out of bounds.
 */
int vigil_watchdog_set_grace_ms(u32 ms)
{
	if (ms > VIGIL_GRACE_MS_MAX)
		return -EINVAL;
	spin_lock(&state_lock);
	state.grace_ms = ms;
	spin_unlock(&state_lock);
	return 0;
}
