// SPDX-License-Identifier: GPL-2.0
/* The hook in the exit path: where every thread comes by while its memory is still there. */
/*
 * A process is certain to die once SIGNAL_GROUP_EXIT is set, which is never taken back, or once a
 * single thread of it lives and that thread is on its way out. One of its threads may end without
 * either, and an exec ends all threads but one without either.
 *
 *  do_exit       Every thread that ends comes by before anything is torn down, and before a
 *                tracer can stop it there.
 *  do_coredump   A process of one thread dumps its core before it comes to do_exit. The other threads of a
 *                larger one are sent there at once.
 *  exit_signals  Two threads that end at the same time, of their own accord, each see the other live in
 *                do_exit. By now the one that came second has set SIGNAL_GROUP_EXIT.
 *
 * An operator may switch function tracing off (kernel.ftrace_enabled), or all kprobes (kprobes/enabled in
 * debugfs). Then probes can be put in place as before, but are not called, and nothing tells so. So a
 * function of our own is probed with the others, and called: if it is heard, they are.
 */
#include <linux/kprobes.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "dying.h"
#include "hook.h"
#include "watch.h"

static bool is_certain_to_die(const struct signal_struct *sig)
{
	return READ_ONCE(sig->flags) & SIGNAL_GROUP_EXIT || atomic_read(&sig->live) == 1;
}

/*
 * Nobody waits on the queue of an unwatched process. A watch that is being made
 * in this moment, and is not seen here, tells of the death alone.
 *
 * Context: a function's entry in current's own context, no lock held, preemption off.
 */
static int exit_seen(struct kprobe *kp, struct pt_regs *regs)
{
	struct pid *pid = task_tgid(current);

	/* Without a barrier: see above. */
	if (waitqueue_active(&pid->wait_pidfd) && is_certain_to_die(current->signal))
		vigil_watches_dying(pid);
	return 0;
}

/* Does nothing but be probed. */
static noinline __noclone void cry(bool *heard)
{
	asm volatile("" : : "r" (heard) : "memory");
}

/* Nobody but heard() calls what is probed. */
static int cry_seen(struct kprobe *kp, struct pt_regs *regs)
{
	bool *heard = (bool *)regs_get_kernel_argument(regs, 0);

	WRITE_ONCE(*heard, true);
	return 0;
}

static struct kprobe at_exit, at_coredump, at_exit_signals, at_cry;

static struct kprobe *probes[] = { &at_exit, &at_coredump, &at_exit_signals, &at_cry };

static void prepare(struct kprobe *kp, const char *symbol)
{
	memset(kp, 0, sizeof(*kp));
	kp->symbol_name = symbol;
	kp->pre_handler = exit_seen;
}

static void prepare_cry(void)
{
	memset(&at_cry, 0, sizeof(at_cry));
	at_cry.addr = (kprobe_opcode_t *)cry;
	at_cry.pre_handler = cry_seen;
}

/* A probe by breakpoint would run as in an NMI, where no lock may be taken. */
static bool all_by_ftrace(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!kprobe_ftrace(probes[i]))
			return false;
	return true;
}

/* After this the handler runs nowhere. */
static void remove_probes(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}

static int install_probes(void)
{
	int err;

	prepare(&at_exit, "do_exit");
	prepare(&at_coredump, "do_coredump");
	prepare(&at_exit_signals, "exit_signals");
	prepare_cry();
	err = register_kprobes(probes, ARRAY_SIZE(probes));
	if (err)
		return err == -ENOMEM ? err : -EOPNOTSUPP;
	if (all_by_ftrace())
		return 0;
	remove_probes();
	return -EOPNOTSUPP;
}

static struct vigil_hook exit_hook = {
	.install = install_probes,
	.remove = remove_probes,
	.idle = __DELAYED_WORK_INITIALIZER(exit_hook.idle, vigil_hook_idle, 0),
};

/* The hook is in place, and stays so for the caller has asked for it. */
static bool heard(void)
{
	bool it_was = false;

	cry(&it_was);
	return READ_ONCE(it_was);
}

/**
 * vigil_exit_hook_get - have vigil_watches_dying() called for every process on its way out
 *
 * Context: process context, may sleep; not under vn->lock.
 * Return: 0, -ENOMEM, -EOPNOTSUPP where functions cannot be traced, or -ESHUTDOWN while an operator has
 * tracing switched off.
 */
int vigil_exit_hook_get(void)
{
	int err = vigil_hook_get(&exit_hook);

	if (err || heard())
		return err;
	vigil_hook_put(&exit_hook);
	return -ESHUTDOWN;
}

/**
 * vigil_exit_hook_state - whether the hook is called at present
 *
 * Context: process context, may sleep; not under vn->lock.
 * Return: a word.
 */
const char *vigil_exit_hook_state(void)
{
	const char *state;

	if (!vigil_hook_get_placed(&exit_hook))
		return "unused";
	state = heard() ? "heard" : "silent";
	vigil_hook_put(&exit_hook);
	return state;
}

void vigil_exit_hook_put(void)
{
	vigil_hook_put(&exit_hook);
}

void vigil_exit_hook_exit(void)
{
	vigil_hook_exit(&exit_hook);
}
