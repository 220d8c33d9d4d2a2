/* SPDX-License-Identifier: GPL-2.0 */
/* Values that are words: programs, names, paths, variables. */
#include "selftests/jobfile/cases.h"

static const struct jobfile_case cases[] = {
	{
		.name = "a facility that is none is refused, and a near one suggested",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/a]\n"
			"    log: {syslog: deamon}\n"
			"  b:\n"
			"    exec: [/bin/b]\n"
			"    log: {syslog: true, stdout: 1}\n",
		.want =
			"4:19: unknown facility \"deamon\", did you mean \"daemon\"?\n"
			"7:19: unknown facility \"true\": write false, daemon, user, local0 to local7 or another "
			"of syslog(3)\n"
			"7:33: true or false is wanted here, not \"1\"\n",
	},
	{
		.name = "output and log exclude each other",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/a]\n"
			"    log: {max-files: 2}\n"
			"    output: /var/log/a\n"
			"  b:\n"
			"    exec: [/bin/b]\n"
			"    output: /var/log/a\n",
		.want =
			"4:10: log says how to keep output that goes to no file, but output names one\n",
	},
	{
		.name = "a relative program is refused in its own place",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [redis-server, x]\n",
		.want =
			"3:12: program \"redis-server\" is not an absolute path: begin it with /\n",
	},
	{
		.name = "an empty exec is refused",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: []\n"
			"  b:\n"
			"    exec:\n"
			"  c:\n"
			"    exec: \"\"\n",
		.want =
			"3:11: exec is empty: its first word is the program's path\n"
			"5:10: a program is wanted here, not an empty value\n"
			"7:11: program \"\" is not an absolute path: begin it with /\n",
	},
	{
		.name = "a command line is not split",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/cat log\n",
		.want =
			"3:11: exec with arguments is a list: write [/bin/cat, ...]\n",
	},
	{
		.name = "a mapping is no exec",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: {a: b}\n",
		.want =
			"3:11: a list, as in [/usr/bin/prog, --flag], is wanted here, not a mapping\n",
	},
	{
		.name = "a list within exec is told in its own place",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/a, [b], {c: d}, e]\n",
		.want =
			"3:20: an argument is wanted here, not a list\n"
			"3:25: an argument is wanted here, not a mapping\n",
	},
	{
		.name = "an empty argument must be quoted",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec:\n"
			"      - /bin/a\n"
			"      -\n",
		.want =
			"5:8: an argument is wanted here, not an empty value\n",
	},
	{
		.name = "a NUL cannot be an argument",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/a, \"b\\0c\"]\n"
			"    user: \"a\\0\"\n",
		.want =
			"3:20: an argument cannot hold a NUL byte\n"
			"4:11: a name or a number cannot hold a NUL byte\n",
	},
	{
		.name = "unknown signals are told",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, stop: {signal: TREM}}\n"
			"  b: {exec: /bin/a, stop: {signal: 0}}\n"
			"  c: {exec: /bin/a, stop: {signal: 65}}\n"
			"  d: {exec: /bin/a, stop: {signal: RTMIN+99}}\n"
			"  e: {exec: /bin/a, stop: {signal: FOOBAR}}\n"
			"  f: {exec: /bin/a, stop: {signal: usr1}}\n",
		.want =
			"2:36: unknown signal \"TREM\", did you mean \"TERM\"?\n"
			"3:36: unknown signal \"0\": write a name, as in TERM, or 1 to 64\n"
			"4:36: unknown signal \"65\": write a name, as in TERM, or 1 to 64\n"
			"5:36: unknown signal \"RTMIN+99\": write a name, as in TERM, or 1 to 64\n"
			"6:36: unknown signal \"FOOBAR\": write a name, as in TERM, or 1 to 64\n"
			"7:36: unknown signal \"usr1\", did you mean \"USR1\"?\n",
	},
	{
		.name = "restart is one of four words",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    restart: sometimes\n"
			"    autostart: yes\n",
		.want =
			"4:14: always, on-failure, on-abnormal or never is wanted here, not \"sometimes\"\n"
			"5:16: true or false is wanted here, not \"yes\"\n",
	},
	{
		.name = "bad users and groups are told",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    user: 4294967295\n"
			"    group: -x\n",
		.want =
			"4:11: \"4294967295\" is no user: write its name, or its number up to "
			"4294967294\n"
			"5:12: \"-x\" is no group: write its name, or its number up to 4294967294\n",
	},
	{
		.name = "paths are absolute",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    directory: tmp\n"
			"    output: \"\"\n",
		.want =
			"4:16: directory \"tmp\" is not an absolute path: begin it with /\n"
			"5:13: output \"\" is not an absolute path: begin it with /\n",
	},
	{
		.name = "variables have names and values",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    env: {A: b, A: c, 1B: d, \"E=\": f, G: , H: [i]}\n",
		.want =
			"4:17: variable \"A\" is given twice: keep one\n"
			"4:23: \"1B\" is no variable's name: letters, digits and _, no digit first\n"
			"4:30: \"E=\" is no variable's name: letters, digits and _, no digit first\n"
			"4:42: a variable's value is wanted here, not an empty value\n"
			"4:47: a variable's value is wanted here, not a list\n",
	},
	{
		.name = "env is a mapping",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    env: [A=b]\n",
		.want =
			"4:10: a mapping, as in {NAME: value}, is wanted here, not a list\n",
	},
};

const struct jobfile_cases cases_words = { .list = cases, .n = ARRAY_SIZE(cases) };
