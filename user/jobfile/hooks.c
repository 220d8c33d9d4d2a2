/* SPDX-License-Identifier: GPL-2.0 */
/* Commands that run before and after a job's program. */
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/hooks.h"
#include "user/jobfile/jobfile.h"
#include "user/jobfile/list.h"

/* A leading "-" of the program: its failure is no failure. */
static bool take_dash(struct parse *p, yaml_node_t *command)
{
	yaml_node_t *node = command;
	yaml_char_t *text;

	if (node->type == YAML_SEQUENCE_NODE &&
	    node->data.sequence.items.start < node->data.sequence.items.top)
		node = node_of(p, *node->data.sequence.items.start);
	if (node->type != YAML_SCALAR_NODE)
		return false;
	text = node->data.scalar.value;
	if (text[0] != '-' || text[1] != '/')
		return false;
	memmove(text, text + 1, node->data.scalar.length);
	node->data.scalar.length--;
	return true;
}

static void set_command(struct parse *p, yaml_node_t *node, struct job_command *command)
{
	static const struct key key = { .offset = offsetof(struct job_command, argv) };

	command->ignore_failure = take_dash(p, node);
	set_exec(p, &key, node, command);
}

void set_commands(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	struct job_commands *commands = key_member(k, spec);
	struct list items;
	struct job_command *list =
		list_members(p, k, node, "a list of commands, as in [[/bin/prog, arg]],",
			     "commands", JOB_COMMANDS_MAX, sizeof(*list), &items);
	size_t i;

	if (!list)
		return;
	for (i = 0; i < items.n; i++)
		set_command(p, list_item(p, &items, i), &list[i]);
	*commands = (struct job_commands){ .list = list, .n = items.n };
}
