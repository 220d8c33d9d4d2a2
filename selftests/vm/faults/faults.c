// SPDX-License-Identifier: GPL-2.0
/* A module with every bug that the debug kernel must find: insmod faults.ko fault=NAME makes one. */
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

static char *fault = "none";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "the bug to make while loading");

enum { BYTES = 100, LEAKS = 20 };

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(lock);
static int __rcu *shared;
static int shift = 40;
static int sink;

static void nothing(void)
{
}

static void use_after_free(void)
{
	char *p = kmalloc(BYTES, GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	if (p)
		WRITE_ONCE(sink, p[0]);
}

static void lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void lock_in_irq(struct irq_work *work)
{
	spin_lock(&lock);
	spin_unlock(&lock);
}

/* An interrupt between these two lines of the first pair would wait for itself. */
static void irq_unsafe_lock(void)
{
	static struct irq_work work = IRQ_WORK_INIT_HARD(lock_in_irq);

	spin_lock(&lock);
	spin_unlock(&lock);
	irq_work_queue(&work);
	irq_work_sync(&work);
}

static void sleep_in_atomic(void)
{
	spin_lock(&lock);
	kfree(kmalloc(BYTES, GFP_KERNEL));
	spin_unlock(&lock);
}

static void rcu_without_lock(void)
{
	WRITE_ONCE(sink, !rcu_dereference(shared));
}

static void refcount_underflow(void)
{
	refcount_t count = REFCOUNT_INIT(1);

	WRITE_ONCE(sink, refcount_dec_and_test(&count));
	WRITE_ONCE(sink, refcount_dec_and_test(&count));
}

static void unheeded(struct timer_list *timer)
{
}

static void free_armed_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, unheeded, 0);
	mod_timer(timer, jiffies + HZ);
	kfree(timer);
}

static void wide_shift(void)
{
	WRITE_ONCE(sink, 1 << READ_ONCE(shift));
}

/* Many, since a stale stack may still hold the address of one. */
static void leak(void)
{
	for (int i = 0; i < LEAKS; i++)
		WRITE_ONCE(sink, !kmalloc(BYTES, GFP_KERNEL));
}

static const struct {
	const char *name;
	void (*make)(void);
} faults[] = {
	{ "none", nothing },
	{ "use_after_free", use_after_free },
	{ "lock_order", lock_order },
	{ "irq_unsafe_lock", irq_unsafe_lock },
	{ "sleep_in_atomic", sleep_in_atomic },
	{ "rcu_without_lock", rcu_without_lock },
	{ "refcount_underflow", refcount_underflow },
	{ "free_armed_timer", free_armed_timer },
	{ "wide_shift", wide_shift },
	{ "leak", leak },
};

static int __init faults_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(faults[i].name, fault))
			continue;
		faults[i].make();
		return 0;
	}
	return -EINVAL;
}

static void __exit faults_exit(void)
{
}

module_init(faults_init);
module_exit(faults_exit);
MODULE_DESCRIPTION("vigil: bugs for the debug kernel to find");
MODULE_LICENSE("GPL");
