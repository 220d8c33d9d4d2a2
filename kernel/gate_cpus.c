// SPDX-License-Identifier: GPL-2.0
/* The gate "cpus": every CPU takes interrupts of its timer and runs its real-time thread. */
/*
 * Each CPU has a timer and a thread of its own. The timer wakes the thread, and the thread stamps the
 * time and then tries to do the round of the whole node: whichever comes first does it. So there
 * is no one CPU whose loss would go untold.
 *
 *	timer of this CPU -> its thread -> stamp -> vigil_watchdog_round() -> ... -> pet
 *
 * A CPU counts while it is active. It becomes so after its thread was let run, and ceases to be so before its
 * thread is parked. Parking takes the stamp away, and the first look at an active
 * CPU without one begins its time: no stamp is older than the CPU's last coming.
 */
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smpboot.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "gate.h"
#include "watchdog.h"

struct cpu_proof {
	struct hrtimer timer;
	struct task_struct *thread;
	bool due;		/* the timer has fired; written by this CPU alone */
	u64 stamp_ns;		/* 0 for none; under stamp_lock */
};

static DEFINE_PER_CPU(struct cpu_proof, proofs);

/* Where smpboot keeps the threads. */
static DEFINE_PER_CPU(struct task_struct *, threads);

/* protects: stamps */
static DEFINE_SPINLOCK(stamp_lock);

static void stamp(struct cpu_proof *p, u64 now_ns)
{
	spin_lock(&stamp_lock);
	p->stamp_ns = now_ns;
	spin_unlock(&stamp_lock);
}

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct cpu_proof *p = container_of(timer, struct cpu_proof, timer);

	WRITE_ONCE(p->due, true);
	wake_up_process(p->thread);
	hrtimer_forward_now(timer, ms_to_ktime(vigil_watchdog_interval_ms()));
	return HRTIMER_RESTART;
}

static int should_run(unsigned int cpu)
{
	return READ_ONCE(this_cpu_ptr(&proofs)->due);
}

/* Begins to prove, on its CPU. */
static void begin(unsigned int cpu)
{
	struct cpu_proof *p = this_cpu_ptr(&proofs);

	p->thread = current;
	WRITE_ONCE(p->due, true);
	hrtimer_start(&p->timer, ms_to_ktime(vigil_watchdog_interval_ms()),
		      HRTIMER_MODE_REL_PINNED);
}

static void set_up(unsigned int cpu)
{
	struct cpu_proof *p = this_cpu_ptr(&proofs);

	sched_set_fifo(current);
	hrtimer_init(&p->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED);
	p->timer.function = tick;
	begin(cpu);
}

/* The CPU goes, or all does. The thread is on it for the last time, or was when it was parked. */
static void cease(unsigned int cpu)
{
	struct cpu_proof *p = per_cpu_ptr(&proofs, cpu);

	hrtimer_cancel(&p->timer);
	stamp(p, 0);
}

static void clean_up(unsigned int cpu, bool online)
{
	cease(cpu);
}

static void prove(unsigned int cpu)
{
	struct cpu_proof *p = this_cpu_ptr(&proofs);

	WRITE_ONCE(p->due, false);
	stamp(p, ktime_get_ns());
	vigil_watchdog_round();
}

static struct smp_hotplug_thread threads_of_cpus = {
	.store = &threads,
	.thread_should_run = should_run,
	.thread_fn = prove,
	.thread_comm = "vigil/%u",
	.setup = set_up,
	.cleanup = clean_up,
	.park = cease,
	.unpark = begin,
};

int vigil_cpus_open(void)
{
	return smpboot_register_percpu_thread(&threads_of_cpus);
}

/* Waits for the threads, each of which stops its timer: no round runs or comes after this. */
void vigil_cpus_close(void)
{
	smpboot_unregister_percpu_thread(&threads_of_cpus);
}

/**
 * vigil_cpus_missed - find the CPU that has not proved itself for longest
 * @miss: gets it
 * @now_ns: now, CLOCK_MONOTONIC
 *
 * Context: process context.
 * Return: true; how long ago it was tells whether that is a miss.
 */
bool vigil_cpus_missed(struct vigil_miss *miss, u64 now_ns)
{
	struct cpu_proof *p;
	unsigned int cpu;

	*miss = (struct vigil_miss) { .since_ns = now_ns };
	spin_lock(&stamp_lock);
	for_each_cpu(cpu, cpu_active_mask) {
		p = per_cpu_ptr(&proofs, cpu);
		if (!p->stamp_ns)
			p->stamp_ns = now_ns;
		if (p->stamp_ns < miss->since_ns) {
			miss->since_ns = p->stamp_ns;
			miss->detail = cpu;
		}
	}
	spin_unlock(&stamp_lock);
	return true;
}
