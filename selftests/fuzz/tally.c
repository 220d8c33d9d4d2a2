// SPDX-License-Identifier: GPL-2.0
/* What was seen, by all workers together. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "selftests/fuzz/tally.h"

struct tally *tally_new(void)
{
	struct tally *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return t == MAP_FAILED ? NULL : t;
}

void tally_complain(struct tally *t, const char *format, ...)
{
	unsigned int i = atomic_fetch_add(&t->complaints, 1);
	va_list args;

	if (i >= TALLY_COMPLAINTS)
		return;
	va_start(args, format);
	vsnprintf(t->words[i], TALLY_WORDS, format, args);
	va_end(args);
}

static void print_op(const struct tally *t, const struct spec_op *op)
{
	const struct tally_op *o = &t->op[op->cmd];

	if (op->denied)
		printf("# %-20s never sent\n", op->name);
	else if (!op->notify)
		printf("# %-20s %8u whole, %8u accepted, %8u refused\n", op->name, o->asked,
		       o->accepted, o->refused);
}

void tally_print_words(const struct tally *t)
{
	unsigned int i;

	for (i = 0; i < TALLY_COMPLAINTS && i < t->complaints; i++)
		printf("# %s\n", t->words[i]);
	if (t->complaints > TALLY_COMPLAINTS)
		printf("# and %u more\n", t->complaints - TALLY_COMPLAINTS);
}

void tally_print(const struct tally *t)
{
	unsigned int i;

	printf("# %u messages sent, %u answers, %u events\n", t->sent, t->answers, t->events);
	for (i = 0; i < spec_ops_count; i++)
		print_op(t, &spec_ops[i]);
	for (i = 0; i < TALLY_ERRNOS; i++)
		if (t->errnos[i])
			printf("# %8u times %s\n", t->errnos[i], strerrorname_np(i));
	tally_print_words(t);
}
