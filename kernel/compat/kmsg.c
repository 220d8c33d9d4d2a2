// SPDX-License-Identifier: GPL-2.0
/* Letting those who keep the kernel's log (pstore) keep it now. */
/*
 * The kernel calls kmsg_dump() on a panic and on an oops, and exports it to nobody. Its address is that of
 * a kprobe on it, which is never armed. As nobody takes that address in the kernel itself,
 * an indirect call to it is an error where the processor tracks branches (IBT): the mark of a
 * permitted target is sealed at boot. A static call is a direct one, which needs no mark: the call
 * below is patched in this module's own text, before anybody runs it.
 */
#include <linux/kmsg_dump.h>
#include <linux/kprobes.h>
#include <linux/static_call.h>
#include <asm/ibt.h>

#include "kmsg.h"

#ifdef VIGIL_HAVE_KMSG_DUMP_DESC
#define DUMP_SYMBOL	"kmsg_dump_desc"
DEFINE_STATIC_CALL_NULL(vigil_dump, kmsg_dump_desc);
#else
#define DUMP_SYMBOL	"kmsg_dump"
DEFINE_STATIC_CALL_NULL(vigil_dump, kmsg_dump);
#endif

static bool found;

/* A kprobe skips the mark; whatever else looks at call targets expects the function's own begin. */
static void *begin_of(kprobe_opcode_t *addr)
{
	u32 before;

	if (copy_from_kernel_nofault(&before, (void *)addr - sizeof(before), sizeof(before)))
		return addr;
	return is_endbr(before) ? (void *)addr - sizeof(before) : addr;
}

/**
 * vigil_kmsg_find - look for the kernel's way to store its log
 *
 * Context: process context, may sleep; before the first vigil_kmsg_store().
 * Return: whether it is there.
 */
bool vigil_kmsg_find(void)
{
	struct kprobe probe = {
		.symbol_name = DUMP_SYMBOL,
		.flags = KPROBE_FLAG_DISABLED,
	};

	if (register_kprobe(&probe))
		return false;
	static_call_update(vigil_dump, begin_of(probe.addr));
	unregister_kprobe(&probe);
	found = true;
	return true;
}

bool vigil_kmsg_found(void)
{
	return found;
}

/**
 * vigil_kmsg_store - have the end of the kernel's log stored
 * @why: for those of its keepers that want to be told
 *
 * As for an oops: the least reason that pstore's backends take unless told otherwise.
 *
 * Context: process context.
 */
void vigil_kmsg_store(const char *why)
{
#ifdef VIGIL_HAVE_KMSG_DUMP_DESC
	static_call_cond(vigil_dump)(KMSG_DUMP_OOPS, why);
#else
	static_call_cond(vigil_dump)(KMSG_DUMP_OOPS);
#endif
}
