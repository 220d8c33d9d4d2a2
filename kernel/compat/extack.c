// SPDX-License-Identifier: GPL-2.0
/* Sentences of refusals in which something is known only now. */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/netlink.h>

#include "extack.h"

#ifdef NL_SET_ERR_MSG_FMT
static char *room(struct netlink_ext_ack *extack, size_t *size)
{
	*size = sizeof(extack->_msg_buf);
	return extack->_msg_buf;
}
#else
enum {
	TEXTS = 64,
	TEXT_BYTES = 96,
};

/*
 * This kernel's extack has no room for a text, and reads it soon after the request has returned. It is
 * written anew after as many other such refusals as there are texts.
 */
static char *room(struct netlink_ext_ack *extack, size_t *size)
{
	static char texts[TEXTS][TEXT_BYTES];
	static atomic_t next;

	*size = TEXT_BYTES;
	return texts[(unsigned int)atomic_inc_return(&next) % TEXTS];
}
#endif

/**
 * vigil_extack_set - explain a refusal
 * @extack: gets the sentence
 * @fmt: as printk() has it
 *
 * Context: a request.
 */
void vigil_extack_set(struct netlink_ext_ack *extack, const char *fmt, ...)
{
	va_list args;
	size_t size;
	char *text = room(extack, &size);

	va_start(args, fmt);
	vscnprintf(text, size, fmt, args);
	va_end(args);
	extack->_msg = text;
}
