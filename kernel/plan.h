/* SPDX-License-Identifier: GPL-2.0 */
/* How to respawn the keeper: a command and its environment. */
#ifndef VIGIL_PLAN_H
#define VIGIL_PLAN_H

#include <linux/refcount.h>
#include <linux/vigil.h>

/* What every respawned process finds in its environment, unless the plan says otherwise. */
#define VIGIL_PLAN_PATH	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define VIGIL_PLAN_HOME	"HOME=/"

/**
 * struct vigil_keeper_plan - a command and its environment
 * @refs: one of the keeper, one of each respawn or reader that is under way
 * @argc: words of the command
 * @envc: variables given
 * @bytes: of @text that are used
 * @argv: the command, and NULL
 * @envp: the environment, first the variables given, then those that go without saying, and NULL
 * @text: the words, terminated, one behind the other
 */
struct vigil_keeper_plan {
	refcount_t refs;
	unsigned int argc;
	unsigned int envc;
	unsigned int bytes;
	char *argv[VIGIL_KEEPER_WORDS_MAX + 1];
	char *envp[VIGIL_KEEPER_WORDS_MAX + 3];
	char text[VIGIL_KEEPER_BYTES_MAX];
};

struct vigil_keeper_plan *vigil_plan_alloc(void);
int vigil_plan_add_word(struct vigil_keeper_plan *p, const char *word);
int vigil_plan_add_variable(struct vigil_keeper_plan *p, const char *variable);
void vigil_plan_finish(struct vigil_keeper_plan *p);
struct vigil_keeper_plan *vigil_plan_get(struct vigil_keeper_plan *p);
void vigil_plan_put(struct vigil_keeper_plan *p);

#endif /* VIGIL_PLAN_H */
