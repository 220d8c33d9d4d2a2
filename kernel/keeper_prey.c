// SPDX-License-Identifier: GPL-2.0
/* The keeper's prey: the one process whose death matters to it, and the only one that it kills. */
#include <linux/bitops.h>
#include <linux/sched/signal.h>

#include "keeper_prey.h"

enum { NEWS_GONE };

/* Under the lock of the prey's wait queue, interrupts off. */
static void gone(struct vigil_gone *g)
{
	struct vigil_prey *p = container_of(g, struct vigil_prey, gone);

	set_bit(NEWS_GONE, &p->news);
	p->wake();
}

/**
 * vigil_prey_drop - have no prey
 * @p: the prey, or none
 *
 * No call comes for the old prey after this, so its news, if any, goes with it.
 *
 * Context: under the keeper's lock.
 */
void vigil_prey_drop(struct vigil_prey *p)
{
	vigil_gone_end(&p->gone);
	clear_bit(NEWS_GONE, &p->news);
}

/**
 * vigil_prey_hunt - have a process for prey, instead of the one before
 * @p: the prey
 * @pid: the process
 *
 * Context: under the keeper's lock.
 * Return: whether it lives; if not, vigil_prey_is_gone() tells so, and no call comes.
 */
bool vigil_prey_hunt(struct vigil_prey *p, struct pid *pid)
{
	vigil_prey_drop(p);
	p->gone.fn = gone;
	if (vigil_gone_begin(&p->gone, pid))
		return true;
	set_bit(NEWS_GONE, &p->news);
	return false;
}

/**
 * vigil_prey_kill - send SIGKILL to the prey, if there is one
 * @p: the prey
 *
 * Context: under the keeper's lock.
 */
void vigil_prey_kill(struct vigil_prey *p)
{
	if (p->gone.pid)
		kill_pid(p->gone.pid, SIGKILL, 1);
}

/**
 * vigil_prey_is_gone - whether the prey has gone since this was asked last
 * @p: the prey
 *
 * Context: under the keeper's lock.
 * Return: true once for each.
 */
bool vigil_prey_is_gone(struct vigil_prey *p)
{
	return test_and_clear_bit(NEWS_GONE, &p->news);
}
