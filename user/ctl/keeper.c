/* SPDX-License-Identifier: GPL-2.0 */
/* vigil keeper */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <vigil/vigil.h>

#include "user/ctl/command.h"
#include "user/ctl/death.h"
#include "user/ctl/module.h"

/* The words of the command, one after the other. */
static const char *next_word(const char *word)
{
	return word + strlen(word) + 1;
}

static json_t *command_json(const struct vigil_keeper *k)
{
	json_t *list = json_array();
	const char *word = k->argv;
	unsigned int i;

	for (i = 0; i < k->argc; i++, word = next_word(word))
		json_array_append_new(list, json_text(word));
	return list;
}

static json_t *keeper_json(const struct vigil_keeper *k)
{
	return json_pack("{s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:s, s:o}",
			 "state", vigil_keeper_state_name(k->state),
			 "pid", k->pid ? json_integer(k->pid) : json_null(),
			 "id", k->id ? json_u64(k->id) : json_null(),
			 "respawns", (json_int_t)k->respawns,
			 "respawn_max", (json_int_t)k->respawn_max,
			 "window_ms", (json_int_t)k->window_ms,
			 "register_ms", (json_int_t)k->register_ms,
			 "last_resort", vigil_keeper_last_resort_name(k->last_resort),
			 "command", command_json(k));
}

static void print_command(const struct vigil_keeper *k)
{
	const char *word = k->argv;
	unsigned int i;

	if (!k->argc)
		return;
	say("command      ");
	for (i = 0; i < k->argc; i++, word = next_word(word))
		say(" %s", word);
	say("\n");
}

static void print_text(const struct vigil_keeper *k)
{
	say("keeper        %s\n", vigil_keeper_state_name(k->state));
	if (k->pid)
		say("pid           %d\n", k->pid);
	print_command(k);
	say("respawns      %u of at most %u in %s\n", k->respawns, k->respawn_max,
	    span_of(k->window_ms / 1000.0).text);
	say("registers in  %s\n", span_of(k->register_ms / 1000.0).text);
	say("last resort   %s\n", vigil_keeper_last_resort_name(k->last_resort));
}

static int show(const struct ctl_args *args, struct vigil *v)
{
	struct vigil_keeper k;
	int err = vigil_keeper_get(v, &k);

	if (err)
		return module_error("cannot read the keeper", err, vigil_error(v));
	if (args->json)
		print_json(keeper_json(&k));
	else
		print_text(&k);
	return k.state == VIGIL_KEEPER_STATE_KEPT ? CTL_OK : CTL_FAILED;
}

/* The kernel gives a sentence where there is no keeper, and none where there is no module. */
static int resign(struct vigil *v)
{
	int err = vigil_keeper_resign(v, 0);

	if (!err)
		return CTL_OK;
	if (err != -ENOENT || !*vigil_error(v))
		return module_error("cannot end the keeping", err, vigil_error(v));
	complain("%s", vigil_error(v));
	return CTL_NOT_FOUND;
}

static int run(const struct ctl_args *args)
{
	const char *what = args->operands[0];
	struct vigil *v;
	int err, status;

	if (strcmp(what, "status") && strcmp(what, "resign")) {
		complain("vigil keeper takes status or resign, not \"%s\"", what);
		return CTL_USAGE;
	}
	err = vigil_open(&v);
	if (err)
		return module_error("cannot ask for the keeper", err, "");
	status = strcmp(what, "resign") ? show(args, v) : resign(v);
	vigil_close(v);
	return status;
}

const struct ctl_command cmd_keeper = {
	.name = "keeper",
	.operands = "status|resign",
	.summary = "Show whom the kernel brings back, or end that",
	.help = "status shows the keeper, the process that vigil.ko respawns when it dies: commonly vigild,\n"
		"run with --keeper. The exit status is 1 unless there is one and it lives. resign ends the\n"
		"keeping: nothing is respawned any more. Needs CAP_SYS_ADMIN.\n",
	.options = CTL_OUTPUT,
	.min = 1,
	.max = 1,
	.run = run,
};
