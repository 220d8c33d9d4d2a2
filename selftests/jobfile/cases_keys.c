/* SPDX-License-Identifier: GPL-2.0 */
/* Keys and the names of jobs: unknown, missing, given twice, or of the wrong kind. */
#include "selftests/jobfile/cases.h"

static const struct jobfile_case cases[] = {
	{
		.name = "an empty file is told as such",
		.text = "",
		.want =
			"0:0: the file is empty: it begins with \"jobs:\"\n",
	},
	{
		.name = "a file of comments is empty",
		.text = "# nothing\n",
		.want =
			"0:0: the file is empty: it begins with \"jobs:\"\n",
	},
	{
		.name = "nothing below jobs is told",
		.text = "jobs:\n",
		.want =
			"1:6: a mapping of job names to jobs is wanted here, not nothing\n",
	},
	{
		.name = "the file must be a mapping",
		.text = "- a\n",
		.want =
			"1:1: a mapping that begins with \"jobs:\" is wanted here, not a list\n",
	},
	{
		.name = "the file must have jobs",
		.text = "{}\n",
		.want =
			"1:1: key \"jobs\" is missing: nothing can stand in for it\n",
	},
	{
		.name = "an unknown key of the file is told",
		.text =
			"jobs: {}\n"
			"services: {}\n",
		.want =
			"2:1: unknown key \"services\"; known here: jobs, supervision\n",
	},
	{
		.name = "a near key is guessed",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    retart: always\n",
		.want =
			"4:5: unknown key \"retart\", did you mean \"restart\"?\n",
	},
	{
		.name = "swapped letters are guessed",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    ouptut: /tmp/x\n",
		.want =
			"4:5: unknown key \"ouptut\", did you mean \"output\"?\n",
	},
	{
		.name = "another case is guessed",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    User: x\n",
		.want =
			"4:5: unknown key \"User\", did you mean \"user\"?\n",
	},
	{
		.name = "a far key shows what is known",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    colour: red\n"
			"    stop: {sig: TERM}\n",
		.want =
			"4:5: unknown key \"colour\"; vigil-job(5) tells the known ones\n"
			"5:12: unknown key \"sig\"; known here: signal, timeout\n",
	},
	{
		.name = "a key given twice is told in its second place",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    user: a\n"
			"    user: b\n",
		.want =
			"5:5: key \"user\" is given twice: keep one\n",
	},
	{
		.name = "a job given twice is told in its second place",
		.text =
			"jobs:\n"
			"  a: {exec: [/bin/a]}\n"
			"  b: {exec: [/bin/b]}\n"
			"  a: {exec: [/bin/c]}\n",
		.want =
			"4:3: job \"a\" is given twice, first in line 2\n",
	},
	{
		.name = "a missing exec is blamed on the job's name",
		.text =
			"jobs:\n"
			"  a: {exec: [/bin/a]}\n"
			"  web: {user: x}\n",
		.want =
			"3:3: key \"exec\" is missing: nothing can stand in for it\n",
	},
	{
		.name = "a job must be a mapping",
		.text =
			"jobs:\n"
			"  a: /bin/true\n"
			"  b:\n"
			"  c: [x]\n",
		.want =
			"2:6: a job's mapping, as in {exec: [/usr/bin/prog]}, is wanted here, "
			"not one word\n"
			"3:5: a job's mapping, as in {exec: [/usr/bin/prog]}, is wanted here, "
			"not nothing\n"
			"4:6: a job's mapping, as in {exec: [/usr/bin/prog]}, is wanted here, "
			"not a list\n",
	},
	{
		.name = "bad job names are told",
		.text =
			"jobs:\n"
			"  -a: {exec: /bin/a}\n"
			"  \"\": {exec: /bin/a}\n"
			"  a/b: {exec: /bin/a}\n"
			"  \303\251: {exec: /bin/a}\n"
			"  nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: {exec: "
			"/bin/a}\n",
		.want =
			"2:3: bad job name \"-a\": up to 60 letters, digits, \".\", \"_\" or "
			"\"-\", the first a letter or digit\n"
			"3:3: bad job name \"\": up to 60 letters, digits, \".\", \"_\" or "
			"\"-\", the first a letter or digit\n"
			"4:3: bad job name \"a/b\": up to 60 letters, digits, \".\", \"_\" or "
			"\"-\", the first a letter or digit\n"
			"5:3: bad job name \"\303\251\": up to 60 letters, digits, \".\", \"_\" "
			"or \"-\", the first a letter or digit\n"
			"6:3: bad job name \"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...\": "
			"up to 60 letters, digits, \".\", \"_\" or \"-\", the first a letter or "
			"digit\n",
	},
	{
		.name = "a list is no job's name",
		.text =
			"jobs:\n"
			"  [a]: {exec: /bin/a}\n",
		.want =
			"2:3: a job's name is wanted here, not a list\n",
	},
	{
		.name = "all errors of a file in one run, in its order",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [bin]\n"
			"    retart: always\n"
			"  b: {}\n"
			"  a:\n"
			"    exec: 5\n"
			"other: 1\n",
		.want =
			"3:12: program \"bin\" is not an absolute path: begin it with /\n"
			"4:5: unknown key \"retart\", did you mean \"restart\"?\n"
			"5:3: key \"exec\" is missing: nothing can stand in for it\n"
			"6:3: job \"a\" is given twice, first in line 2\n"
			"7:11: program \"5\" is not an absolute path: begin it with /\n"
			"8:1: unknown key \"other\"; known here: jobs, supervision\n",
	},
};

const struct jobfile_cases cases_keys = { .list = cases, .n = ARRAY_SIZE(cases) };
