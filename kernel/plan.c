// SPDX-License-Identifier: GPL-2.0
/* How to respawn the keeper: a command and its environment. */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "plan.h"

/**
 * vigil_plan_alloc - make an empty plan
 *
 * Context: process context, may sleep.
 * Return: the plan with one reference, or NULL.
 */
struct vigil_keeper_plan *vigil_plan_alloc(void)
{
	struct vigil_keeper_plan *p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);

	if (p)
		refcount_set(&p->refs, 1);
	return p;
}

static char *keep(struct vigil_keeper_plan *p, const char *word)
{
	size_t size = strlen(word) + 1;
	char *at = p->text + p->bytes;

	if (size > sizeof(p->text) - p->bytes)
		return NULL;
	memcpy(at, word, size);
	p->bytes += size;
	return at;
}

static int add(struct vigil_keeper_plan *p, char **list, unsigned int *count, const char *word)
{
	if (*count >= VIGIL_KEEPER_WORDS_MAX)
		return -E2BIG;
	list[*count] = keep(p, word);
	if (!list[*count])
		return -E2BIG;
	++*count;
	return 0;
}

/**
 * vigil_plan_add_word - add a word to the command
 * @p: a plan that is being made
 * @word: the word; the first one is the program
 *
 * Return: 0, or -E2BIG if there are too many or they are too long together.
 */
int vigil_plan_add_word(struct vigil_keeper_plan *p, const char *word)
{
	return add(p, p->argv, &p->argc, word);
}

/**
 * vigil_plan_add_variable - add a variable to the environment
 * @p: a plan that is being made
 * @variable: "NAME=value"
 *
 * Return: as vigil_plan_add_word().
 */
int vigil_plan_add_variable(struct vigil_keeper_plan *p, const char *variable)
{
	return add(p, p->envp, &p->envc, variable);
}

static bool has_name_of(const struct vigil_keeper_plan *p, const char *variable)
{
	size_t len = strchr(variable, '=') - variable + 1;
	unsigned int i;

	for (i = 0; i < p->envc; i++)
		if (!strncmp(p->envp[i], variable, len))
			return true;
	return false;
}

/**
 * vigil_plan_finish - add what goes without saying
 * @p: a plan that is being made; it does not change any more after this
 */
void vigil_plan_finish(struct vigil_keeper_plan *p)
{
	static char path[] = VIGIL_PLAN_PATH;
	static char home[] = VIGIL_PLAN_HOME;
	char **end = p->envp + p->envc;

	if (!has_name_of(p, path))
		*end++ = path;
	if (!has_name_of(p, home))
		*end++ = home;
	*end = NULL;
}

struct vigil_keeper_plan *vigil_plan_get(struct vigil_keeper_plan *p)
{
	if (p)
		refcount_inc(&p->refs);
	return p;
}

void vigil_plan_put(struct vigil_keeper_plan *p)
{
	if (p && refcount_dec_and_test(&p->refs))
		kfree(p);
}
