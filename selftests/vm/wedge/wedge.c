// SPDX-License-Identifier: GPL-2.0
/* A module that wedges a CPU: its interrupts are kept off, for ever or for a while. */
/*
 * insmod wedge.ko [ms=M]; echo CPU >/sys/module/wedge/parameters/go
 *
 * Not while it is loaded: loading flushes the TLBs of all CPUs, and the one that loads would wait for the
 * wedged one, with all that it should run. It cannot be unloaded.
 */
#include <linux/kstrtox.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/smp.h>

static unsigned int ms;
module_param(ms, uint, 0);
MODULE_PARM_DESC(ms, "for how long; 0, the default, for ever");

static unsigned int done;
module_param(done, uint, 0444);
MODULE_PARM_DESC(done, "how many wedges are over");

static void wedge(void *unused)
{
	ktime_t start = ktime_get();

	while (!ms || ktime_ms_delta(ktime_get(), start) < ms)
		cpu_relax();
	done++;
}

/* In an interrupt of that CPU, which nothing interrupts. */
static int go(const char *text, const struct kernel_param *unused)
{
	unsigned int cpu;

	return kstrtouint(text, 0, &cpu) ?: smp_call_function_single(cpu, wedge, NULL, 0);
}

static const struct kernel_param_ops go_ops = {
	.set = go,
};

module_param_cb(go, &go_ops, NULL, 0200);
MODULE_PARM_DESC(go, "the CPU to wedge, now");

static int __init wedge_init(void)
{
	return 0;
}

module_init(wedge_init);
MODULE_DESCRIPTION("vigil: a CPU that hangs");
MODULE_LICENSE("GPL");
