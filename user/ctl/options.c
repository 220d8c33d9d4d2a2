/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: options, and the help that is made of their table. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/ctl/beat.h"
#include "user/ctl/options.h"
#include "user/ctl/say.h"

enum option_id {
	OPT_HELP = 'h',
	OPT_ALL = 'a',
	OPT_VERSION = 'V',
	OPT_OUTPUT = 'o',
	OPT_FOLLOW = 'f',
	OPT_LINES = 'n',
	OPT_SOCKET = 256,	/* no short ones from here on */
	OPT_SINCE,
	OPT_DYING,
	OPT_TREE,
	OPT_NOW,
	OPT_DEVICE,
	OPT_TIMEOUT,
	OPT_GRACE,
	OPT_DEADLINE,
	OPT_ON_HANG,
	OPT_DIR,
	OPT_PLAN,
	OPT_DRY_RUN,
};

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "follow", no_argument, NULL, OPT_FOLLOW },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "dying", no_argument, NULL, OPT_DYING },
	{ "tree", no_argument, NULL, OPT_TREE },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "now", no_argument, NULL, OPT_NOW },
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "grace", required_argument, NULL, OPT_GRACE },
	{ "deadline", required_argument, NULL, OPT_DEADLINE },
	{ "on-hang", required_argument, NULL, OPT_ON_HANG },
	{ "lines", required_argument, NULL, OPT_LINES },
	{ "dir", required_argument, NULL, OPT_DIR },
	{ "plan", required_argument, NULL, OPT_PLAN },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{}
};

static const char short_options[] = ":ao:n:fhV";

/* The n of a reload is --dry-run. */
static const char short_options_of_reload[] = ":ao:nfhV";

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
	{ CTL_LINES, OPT_LINES, "--lines", "[--lines N]",
	  "  -n, --lines N        only the last N lines of each\n" },
	{ CTL_SINCE_TIME, OPT_SINCE, "--since", "[--since TIME]",
	  "      --since TIME     begin with this time: \"2026-11-26 22:18:05\", 10min ago, now\n" },
	{ CTL_DIR, OPT_DIR, "--dir", "[--dir DIR]",
	  "      --dir DIR        read DIR/JOB.log, without asking vigild\n" },
	{ CTL_DRY_RUN, OPT_DRY_RUN, "--dry-run", "[--dry-run]",
	  "  -n, --dry-run        only show the plan, as \"vigil plan\" does\n" },
	{ CTL_PLAN, OPT_PLAN, "--plan", "[--plan ID]",
	  "      --plan ID        only if this is still the plan\n" },
	{ CTL_DYING, OPT_DYING, "--dying", "[--dying]",
	  "      --dying          tell too when one is certain to die, its memory still in place\n" },
	{ CTL_TREE, OPT_TREE, "--tree", "[--tree]",
	  "      --tree           watch all descendants as well, and wait for them\n" },
	{ CTL_ALL, OPT_ALL, "--all", "[--all]",
	  "  -a, --all            all that is kept of its history\n" },
	{ CTL_NOW, OPT_NOW, "--now", "[--now]",
	  "      --now            the box as it is now, of the running module\n" },
	{ CTL_DEVICE, OPT_DEVICE, "--device", "[--device PATH]",
	  "      --device PATH    the watchdog's device file; else " CTL_DEVICE_DEFAULT "\n" },
	{ CTL_TIMEOUT, OPT_TIMEOUT, "--timeout", "[--timeout S]",
	  "      --timeout S      seconds without a pet until the device resets the node\n" },
	{ CTL_GRACE, OPT_GRACE, "--grace", "[--grace MS]",
	  "      --grace MS       milliseconds for which petting goes on after a warning\n" },
	{ CTL_DEADLINE, OPT_DEADLINE, "--deadline", "[--deadline TIME]",
	  "      --deadline TIME  the longest time between two beats: 500ms, 2s, 1m\n" },
	{ CTL_ON_HANG, OPT_ON_HANG, "--on-hang", "[--on-hang ACTION]",
	  "      --on-hang ACTION at a missed beat: none (default), signal[:SIG], kill\n" },
	{ CTL_OUTPUT, OPT_OUTPUT, "--output", "[-o json]",
	  "  -o, --output FORMAT  text (default) or json\n" },
	{ CTL_CSV, 0, "csv", "[-o csv]",
	  "                       or csv\n" },
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
	      "reached, 4 permission denied, 5 vigil.ko is not loaded, 6 no such job, process or file,\n"
	      "7 the node is unfit, 8 there is something to do.\n",
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

/* Returns @least - 1 after a complaint. */
static int number(const char *option, const char *text, int least)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && n >= least && n <= INT_MAX)
		return (int)n;
	complain("%s takes a number from %d, not \"%s\"", option, least, text);
	return least - 1;
}

static int set_output(const char *text, struct ctl_args *args)
{
	args->json = !strcmp(text, "json");
	args->csv = !strcmp(text, "csv");
	if (args->json || args->csv || !strcmp(text, "text"))
		return -1;
	complain("--output takes text or json, not \"%s\"", text);
	return CTL_USAGE;
}

static int set_deadline(const char *text, struct ctl_args *args)
{
	if (!beat_parse_time(text, &args->deadline_ms))
		return -1;
	complain("--deadline takes a time from 100ms to 60m, not \"%s\"", text);
	return CTL_USAGE;
}

static int set_on_hang(const char *text, struct ctl_args *args)
{
	if (!beat_parse_action(text, &args->on_hang, &args->signal))
		return -1;
	complain("--on-hang takes none, signal, signal:SIG or kill, not \"%s\"", text);
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
	case OPT_ALL:
		args->all = true;
		return -1;
	case OPT_NOW:
		args->now = true;
		return -1;
	case OPT_SINCE:
		args->since_text = optarg;
		return -1;
	case OPT_LINES:
		args->lines = number("--lines", optarg, 0);
		return args->lines >= 0 ? -1 : CTL_USAGE;
	case OPT_DIR:
		args->dir = optarg;
		return -1;
	case OPT_DRY_RUN:
		args->dry_run = true;
		return -1;
	case OPT_PLAN:
		args->plan = optarg;
		return -1;
	case OPT_DYING:
		args->dying = true;
		return -1;
	case OPT_TREE:
		args->tree = true;
		return -1;
	case OPT_DEVICE:
		args->device = optarg;
		return -1;
	case OPT_TIMEOUT:
		args->timeout_s = number("--timeout", optarg, 1);
		return args->timeout_s ? -1 : CTL_USAGE;
	case OPT_GRACE:
		args->grace_ms = number("--grace", optarg, 0);
		return args->grace_ms >= 0 ? -1 : CTL_USAGE;
	case OPT_DEADLINE:
		return set_deadline(optarg, args);
	case OPT_ON_HANG:
		return set_on_hang(optarg, args);
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

/* Two options of one name are one: each command takes one of them. */
static bool takes(const struct ctl_command *c, int id)
{
	const struct option_help *o;

	for (o = option_helps; o->bit; o++)
		if (o->id == id && c->options & o->bit)
			return true;
	return false;
}

static int check_options(const struct ctl_command *c, unsigned int given,
			 const struct ctl_args *args)
{
	const struct option_help *o;

	if (args->csv)
		given |= CTL_CSV;
	/* A socket may be named before the command's name is known to matter. */
	for (o = option_helps; o->bit; o++)
		if (given & o->bit & ~CTL_SOCKET && !takes(c, o->id)) {
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

/* By the first word that is a command's name: the options come before it is known where the words end. */
static const char *short_options_for(int argc, char **argv)
{
	const struct ctl_command *c = NULL;
	int i;

	for (i = 1; i < argc && !c; i++)
		c = ctl_command_find(argv[i]);
	return c == &cmd_reload ? short_options_of_reload : short_options;
}

int options_parse(int argc, char **argv, const struct ctl_command **command, struct ctl_args *args)
{
	const char *letters = short_options_for(argc, argv);
	unsigned int given = 0;
	bool help = false;
	int id, status = -1;

	*args = (struct ctl_args){
		.socket = getenv("VIGIL_SOCKET"), .device = CTL_DEVICE_DEFAULT, .grace_ms = -1,
		.lines = -1,
	};
	if (!args->socket || !*args->socket)
		args->socket = CTL_SOCKET_DEFAULT;
	while (status < 0 &&
	       (id = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		if (id == OPT_LINES && !optarg)
			id = OPT_DRY_RUN;
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
	status = check_options(*command, given, args);
	if (status < 0 && (*command)->options & CTL_SINCE && args->since_text)
		status = set_since(args->since_text, args);
	return status < 0 ? check_operands(*command, args) : status;
}
