/* SPDX-License-Identifier: GPL-2.0 */
/* What a job executes: its words, its environment, its paths. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/jobfile.h"
#include "user/jobfile/replicas.h"
#include "user/jobfile/value.h"

enum {
	STRING_LEN_MAX = 128 * 1024 - 1,	/* the kernel's MAX_ARG_STRLEN, less the NUL */
};

char *text_keep(struct parse *p, const char *text)
{
	char *copy = arena_copy(p->arena, text, strlen(text));

	if (!copy)
		p->errors.nomem = true;
	return copy;
}

char **list_new(struct parse *p, size_t n)
{
	char **list = arena_alloc(p->arena, (n + 1) * sizeof(*list));

	if (!list)
		p->errors.nomem = true;
	return list;
}

bool is_path(struct parse *p, yaml_node_t *node, const char *text, const char *what)
{
	if (text[0] != '/')
		refuse(p, node, "%s \"%s\" is not an absolute path: begin it with /", what,
		       show(text, strlen(text)).text);
	else if (strlen(text) >= PATH_MAX)
		refuse(p, node, "%s is longer than %d bytes", what, PATH_MAX - 1);
	else
		return true;
	return false;
}

void set_path(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	const char *text = filled_word_of(p, node, "an absolute path");

	if (text && is_path(p, node, text, k->name))
		*(const char **)key_member(k, spec) = text_keep(p, text);
}

static char *argument(struct parse *p, yaml_node_t *node, bool program)
{
	const char *text = filled_word_of(p, node, program ? "a program" : "an argument");

	if (!text || (program && !is_path(p, node, text, "program")))
		return NULL;
	if (strlen(text) > STRING_LEN_MAX) {
		refuse(p, node, "an argument is longer than %d bytes", STRING_LEN_MAX);
		return NULL;
	}
	return text_keep(p, text);
}

/* A program without arguments may stand alone, but is not split: no shell is at work here. */
static void exec_word(struct parse *p, yaml_node_t *node, char *const **argv)
{
	const char *text = word_of(p, node, "a program");
	char **list;

	if (text && strpbrk(text, " \t\n")) {
		refuse(p, node, "exec with arguments is a list: write [%s, ...]",
		       show(text, strcspn(text, " \t\n")).text);
		return;
	}
	list = text ? list_new(p, 1) : NULL;
	if (!list)
		return;
	list[0] = argument(p, node, true);
	*argv = list;
}

static void exec_list(struct parse *p, yaml_node_t *node, char *const **argv)
{
	yaml_node_item_t *items = node->data.sequence.items.start;
	size_t n = node->data.sequence.items.top - items, i;
	char **list;

	if (!n || n > JOB_ARGS_MAX) {
		refuse(p, node, n ? "exec has %zu words: %d is the limit" :
		       "exec is empty: its first word is the program's path", n, JOB_ARGS_MAX);
		return;
	}
	list = list_new(p, n);
	for (i = 0; list && i < n; i++)
		list[i] = argument(p, node_of(p, items[i]), !i);
	*argv = list;
}

void set_exec(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	char *const **argv = key_member(k, spec);

	if (node->type == YAML_SCALAR_NODE)
		exec_word(p, node, argv);
	else if (enter_list(p, node, "a list, as in [/usr/bin/prog, --flag],"))
		exec_list(p, node, argv);
}

static char *variable(struct parse *p, yaml_node_t *name_node, yaml_node_t *value_node)
{
	const char *name = word_of(p, name_node, "a variable's name");
	const char *value = filled_word_of(p, value_node, "a variable's value");
	size_t size;
	char *text;

	if (!name || !value)
		return NULL;
	size = strlen(name) + strlen(value) + 2;
	if (!value_is_variable(name))
		refuse(p, name_node, "\"%s\" is no variable's name: "
		       "letters, digits and _, no digit first",
		       show(name, strlen(name)).text);
	if (size > STRING_LEN_MAX)
		refuse(p, value_node, "a variable is longer than %d bytes", STRING_LEN_MAX);
	text = arena_alloc(p->arena, size);
	if (text)
		snprintf(text, size, "%s=%s", name, value);
	else
		p->errors.nomem = true;
	return text;
}

static bool same_variable(const char *a, const char *b)
{
	size_t n = strcspn(a, "=") + 1;

	return !strncmp(a, b, n);
}

static void env_pair(struct parse *p, yaml_node_pair_t *pair, char **list, size_t i)
{
	yaml_node_t *name = node_of(p, pair->key);
	size_t j;

	list[i] = variable(p, name, node_of(p, pair->value));
	for (j = 0; list[i] && j < i; j++)
		if (list[j] && same_variable(list[i], list[j])) {
			refuse(p, name, "variable \"%s\" is given twice: keep one",
			       show(list[i], strcspn(list[i], "=")).text);
			return;
		}
}

void set_env(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	yaml_node_pair_t *pairs;
	char **list;
	size_t n, i;

	if (!enter_mapping(p, node, "a mapping, as in {NAME: value},"))
		return;
	pairs = node->data.mapping.pairs.start;
	n = node->data.mapping.pairs.top - pairs;
	if (n > JOB_ENV_MAX) {
		refuse(p, node, "env has %zu variables: %d is the limit", n, JOB_ENV_MAX);
		return;
	}
	list = list_new(p, n);
	for (i = 0; list && i < n; i++)
		env_pair(p, &pairs[i], list, i);
	*(char *const **)key_member(k, spec) = list;
}
