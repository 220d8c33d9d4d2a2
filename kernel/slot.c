// SPDX-License-Identifier: GPL-2.0
/* Counters in the memory of processes, read without their help. */
/*
 * The page of the counter is pinned for as long as it is read, so that a look at it is one load:
 * it is neither swapped out nor moved, whatever becomes of the mapping, the memfd
 * or the process behind it.
 *
 * - Memory of a memfd mapped MAP_SHARED is what all who map it write to: the usual case. A hole
 *   punched there, or a truncation, gives the others another page or SIGBUS: their beats are not
 *   seen any more, and the process is found hung. The pinned page itself stays.
 * - Private memory is pinned too, as a process may beat for itself; the pin makes it the
 *   pinner's for good. After a fork the parent's beats are seen, for the child gets its copy at once.
 * - Memory that cannot be written (FOLL_WRITE) or held for long (FOLL_LONGTERM: DAX, and on
 *   newer kernels any file on a disk) is refused by the pin itself.
 * - Of a huge page all is held, since it cannot be split. A memfd has none by default.
 *
 * Nothing is ever written to the page here, so it need not be marked dirty.
 */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>

#include "slot.h"

/* The kernel has all memory mapped, always: an address found once remains. */
static_assert(!IS_ENABLED(CONFIG_HIGHMEM) && IS_ENABLED(CONFIG_64BIT));

/*
 * A page counts once for each counter in it, as who shares it cannot be told cheaply. The
 * account is the user's, as with io_uring and BPF: it does not end with one process.
 */
static struct user_struct *charge_page(void)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	struct user_struct *user = get_uid(current_user());

	if (atomic_long_inc_return(&user->locked_vm) <= limit || capable(CAP_IPC_LOCK))
		return user;
	atomic_long_dec(&user->locked_vm);
	free_uid(user);
	return NULL;
}

static void uncharge_page(struct user_struct *user)
{
	atomic_long_dec(&user->locked_vm);
	free_uid(user);
}

/**
 * vigil_slot_pin - find a counter in the caller's memory and hold on to it
 * @s: gets it
 * @address: where the caller has it
 *
 * Context: process context of the caller, may sleep.
 * Return: 0, -EINVAL if @address is not aligned, -EFAULT if there is no memory that can be
 * written and held there, -EDQUOT if RLIMIT_MEMLOCK allows no more, -ENOMEM.
 */
int vigil_slot_pin(struct vigil_slot *s, u64 address)
{
	struct page *page;
	int got;

	if (!IS_ALIGNED(address, sizeof(*s->count)))
		return -EINVAL;
	if (!current->mm)
		return -EFAULT;
	s->payer = charge_page();
	if (!s->payer)
		return -EDQUOT;
	got = pin_user_pages_fast(address & PAGE_MASK, 1, FOLL_WRITE | FOLL_LONGTERM, &page);
	if (got != 1) {
		uncharge_page(s->payer);
		return got == -ENOMEM ? -ENOMEM : -EFAULT;
	}
	s->count = page_address(page) + offset_in_page(address);
	return 0;
}

/**
 * vigil_slot_unpin - let go of a counter
 * @s: the slot; with or without a counter
 *
 * Context: process context, of anybody.
 */
void vigil_slot_unpin(struct vigil_slot *s)
{
	if (!s->count)
		return;
	unpin_user_page(virt_to_page(s->count));
	uncharge_page(s->payer);
	s->count = NULL;
}
