/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: options, and the help that is made of their table. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/ctl/options.h"
#include "user/ctl/say.h"

enum option_id {
	OPT_HELP = 'h',
	OPT_VERSION = 'V',
	OPT_OUTPUT = 'o',
	OPT_FOLLOW = 'f',
	OPT_SOCKET = 256,	/* no short ones from here on */
	OPT_SINCE,
};

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "follow", no_argument, NULL, OPT_FOLLOW },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{}
};

static const char short_options[] = ":o:fhV";

/* Options that only some subcommands take. */
static const struct option_help {
	unsigned int bit;
	int id;
	const char *name;
	const char *usage;
	const char *text;
} option_helps[] = {
	{ CTL_FOLLOW, OPT_FOLLOW, "--follow", "[--follow]",
	  "  -f, --follow         go on with what happens from now on, until interrupted\n" },
	{ CTL_SINCE, OPT_SINCE, "--since", "[--since SEQ]",
	  "      --since SEQ      begin with this sequence number, or with \"now\"\n" },
	{ CTL_OUTPUT, OPT_OUTPUT, "--output", "[-o json]",
	  "  -o, --output FORMAT  text (default) or json\n" },
	{ CTL_SOCKET, OPT_SOCKET, "--socket", "[--socket PATH]",
	  "      --socket PATH    vigild's socket; else $VIGIL_SOCKET, else " CTL_SOCKET_DEFAULT "\n" },
	{}
};

void options_help(const struct ctl_command *c)
{
	const struct option_help *o;

	printf("usage: vigil %s", c->name);
	for (o = option_helps; o->bit; o++)
		if (c->options & o->bit)
			printf(" %s", o->usage);
	printf("%s%s\n%s.\n\n%s\n", *c->operands ? " " : "", c->operands, c->summary, c->help);
	for (o = option_helps; o->bit; o++)
		if (c->options & o->bit)
			fputs(o->text, stdout);
	fputs("  -h, --help           print this\n", stdout);
}

void options_help_all(void)
{
	const struct ctl_command *const *c;

	fputs("usage: vigil COMMAND [OPTION]... [OPERAND]...\n"
	      "Show and steer the jobs that vigild runs, and see any process die.\n\n", stdout);
	for (c = ctl_commands; *c; c++)
		printf("  %-8s %-13s %s\n", (*c)->name, (*c)->operands, (*c)->summary);
	fputs("\n\"vigil help COMMAND\" tells more of each, \"vigil --version\" the version.\n"
	      "\n"
	      "Exit status: 0 done, 1 failed or a negative answer, 2 wrong usage, 3 vigild cannot be\n"
	      "reached, 4 permission denied, 5 vigil.ko is not loaded, 6 no such job, process or file.\n",
	      stdout);
}

static int usage_error(const struct ctl_command *c)
{
	if (c)
		complain("see \"vigil %s --help\"", c->name);
	else
		complain("see \"vigil --help\"");
	return CTL_USAGE;
}

static int set_since(const char *text, struct ctl_args *args)
{
	char *end;

	args->since_now = !strcmp(text, "now");
	if (args->since_now)
		return -1;
	errno = 0;
	args->since = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && args->since)
		return -1;
	complain("--since takes a sequence number from 1, or \"now\", not \"%s\"", text);
	return CTL_USAGE;
}

static int set_output(const char *text, struct ctl_args *args)
{
	args->json = !strcmp(text, "json");
	if (args->json || !strcmp(text, "text"))
		return -1;
	complain("--output takes text or json, not \"%s\"", text);
	return CTL_USAGE;
}

static int set_option(int id, unsigned int *given, struct ctl_args *args)
{
	const struct option_help *o;

	for (o = option_helps; o->bit; o++)
		if (o->id == id)
			*given |= o->bit;
	switch (id) {
	case OPT_SOCKET:
		args->socket = optarg;
		return -1;
	case OPT_OUTPUT:
		return set_output(optarg, args);
	case OPT_FOLLOW:
		args->follow = true;
		return -1;
	case OPT_SINCE:
		return set_since(optarg, args);
	case OPT_VERSION:
		puts("vigil " VIGIL_VERSION);
		return CTL_OK;
	default:
		return usage_error(NULL);
	}
}

static int bad_option(int what, char **argv)
{
	if (what == ':')
		complain("option %s needs a value", argv[optind - 1]);
	else if (optopt)
		complain("there is no option -%c", optopt);
	else
		complain("there is no option %s", argv[optind - 1]);
	return usage_error(NULL);
}

static const struct ctl_command *find(char **argv, int argc)
{
	const struct ctl_command *c;

	if (optind >= argc) {
		complain("a command is missing");
		return NULL;
	}
	c = ctl_command_find(argv[optind]);
	if (!c)
		complain("there is no command \"%s\"", argv[optind]);
	return c;
}

static int check_options(const struct ctl_command *c, unsigned int given)
{
	const struct option_help *o;

	/* A socket may be named before the command's name is known to matter. */
	for (o = option_helps; o->bit; o++)
		if (given & o->bit & ~c->options & ~CTL_SOCKET) {
			complain("vigil %s takes no %s", c->name, o->name);
			return usage_error(c);
		}
	return -1;
}

static int check_operands(const struct ctl_command *c, const struct ctl_args *args)
{
	if (args->n >= c->min && args->n <= c->max)
		return -1;
	if (args->n < c->min)
		complain("vigil %s needs %s", c->name, c->operands);
	else
		complain("vigil %s: unexpected \"%s\"", c->name, args->operands[c->max]);
	return usage_error(c);
}

int options_parse(int argc, char **argv, const struct ctl_command **command, struct ctl_args *args)
{
	unsigned int given = 0;
	bool help = false;
	int id, status = -1;

	*args = (struct ctl_args){ .socket = getenv("VIGIL_SOCKET") };
	if (!args->socket || !*args->socket)
		args->socket = CTL_SOCKET_DEFAULT;
	while (status < 0 &&
	       (id = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		help |= id == OPT_HELP;
		if (id == '?' || id == ':')
			return bad_option(id, argv);
		if (id != OPT_HELP)
			status = set_option(id, &given, args);
	}
	if (status >= 0)
		return status;
	if (help && optind >= argc) {
		options_help_all();
		return CTL_OK;
	}
	*command = find(argv, argc);
	if (!*command)
		return usage_error(NULL);
	if (help) {
		options_help(*command);
		return CTL_OK;
	}
	args->operands = argv + optind + 1;
	args->n = argc - optind - 1;
	status = check_options(*command, given);
	return status < 0 ? check_operands(*command, args) : status;
}
