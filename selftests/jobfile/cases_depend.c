/* SPDX-License-Identifier: GPL-2.0 */
/* The restart policy, dependencies, groups, and commands around the program. */
#include "selftests/jobfile/cases.h"

#define DEFAULTS "env= user=- group=- directory=/ output=- restart=0 backoff=100000..30000000 " \
	"healthy=10000000 limit=10/60000000 stop=15/10000000 autostart=1 memory=0 nofile=0"

static const struct jobfile_case cases[] = {
	{
		.name = "lists of ends hold codes and signals",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"    success-exit: [3, TERM, 255]\n"
			"    restart-prevent: [64, SIGHUP]\n"
			"    restart-force: [0, RTMIN+30]\n"
			"    on-limit: node-unfit\n",
		.good = true,
		.want =
			"a argv=[/bin/a] " DEFAULTS " success=3,255,s15 prevent=64,s1 force=0,s64 "
			"on-limit=2\n",
	},
	{
		.name = "ends that cannot be are refused",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"    success-exit: [256, TREM, FOOBAR, [1], 99999999999999999999]\n"
			"    restart-prevent: 3\n"
			"    on-limit: reboot\n",
		.want =
			"4:20: \"256\" is no exit code: those are 0 to 255\n"
			"4:25: unknown signal \"TREM\", did you mean \"TERM\"?\n"
			"4:31: unknown signal \"FOOBAR\": write an exit code, 0 to 255, or a "
			"signal's name\n"
			"4:39: an exit code or a signal is wanted here, not a list\n"
			"4:44: \"99999999999999999999\" is no exit code: those are 0 to 255\n"
			"5:22: a list, as in [3, TERM], is wanted here, not one word\n"
			"6:15: fail, restart-group, node-unfit or hand-over is wanted here, not \"reboot\"\n",
	},
	{
		.name = "dependencies name jobs, of other files too",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, after: [b, elsewhere], on-dependency: signal HUP}\n"
			"  b: {exec: /bin/b, requires: [c], on-dependency: stop}\n"
			"  c: {exec: /bin/c, binds-to: []}\n",
		.good = true,
		.want =
			"a argv=[/bin/a] " DEFAULTS " after=b,elsewhere on-dependency=3/1\n"
			"b argv=[/bin/b] " DEFAULTS " requires=c on-dependency=2/0\n"
			"c argv=[/bin/c] " DEFAULTS "\n",
	},
	{
		.name = "names and words that cannot be are refused",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"    after: b\n"
			"    requires: [b/c, {x: y}, d, d]\n"
			"    on-dependency: reload\n"
			"  b: {exec: /bin/b, on-dependency: signal HOP}\n",
		.want =
			"4:12: a list of jobs' names, as in [a, b], is wanted here, not one word\n"
			"5:16: \"b/c\" is no job's name\n"
			"5:21: a job's name is wanted here, not a mapping\n"
			"5:32: \"d\" is named twice: keep one\n"
			"6:20: restart, stop, ignore or signal NAME is wanted here, not \"reload\"\n"
			"7:36: unknown signal \"HOP\": write a name, as in signal HUP\n",
	},
	{
		.name = "a cycle is refused with its path",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, after: [b]}\n"
			"  b: {exec: /bin/b, requires: [c]}\n"
			"  c: {exec: /bin/c, binds-to: [a]}\n",
		.want =
			"2:29: jobs wait for each other: a -> b -> c -> a\n",
	},
	{
		.name = "a job that waits for itself is refused",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, requires: [a]}\n",
		.want =
			"2:32: jobs wait for each other: a -> a\n",
	},
	{
		.name = "a group's order may not contradict a dependency",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, after: [b]}\n"
			"  b: {exec: /bin/b}\n"
			"supervision:\n"
			"  g: {jobs: [a, b]}\n",
		.want =
			"2:29: jobs wait for each other: a -> b -> a\n",
	},
	{
		.name = "groups have a strategy, jobs and a limit",
		.text =
			"supervision:\n"
			"  pipeline:\n"
			"    strategy: rest-for-one\n"
			"    jobs: [b, a]\n"
			"    restart-limit: {max: 3, within: 5s}\n"
			"  rest: {jobs: [c]}\n"
			"jobs:\n"
			"  a: {exec: /bin/a, on-limit: restart-group}\n"
			"  b: {exec: /bin/b}\n"
			"  c: {exec: /bin/c}\n",
		.good = true,
		.want =
			"a argv=[/bin/a] " DEFAULTS " on-limit=1 group=pipeline/1/1/3/5000000\n"
			"b argv=[/bin/b] " DEFAULTS " group=pipeline/0/1/3/5000000\n"
			"c argv=[/bin/c] " DEFAULTS " group=rest/0/0/10/60000000\n",
	},
	{
		.name = "groups that cannot be are refused",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a}\n"
			"  b: {exec: /bin/b, on-limit: restart-group}\n"
			"supervision:\n"
			"  g: {jobs: [a, nope]}\n"
			"  h: {jobs: [a]}\n",
		.want =
			"3:3: on-limit: restart-group, but \"b\" is in no group\n"
			"5:17: there is no job \"nope\" in this file: a group is of one file\n"
			"6:14: job \"a\" is in group \"g\", too: a job is in one group at most\n",
	},
	{
		.name = "a group's keys are known",
		.text =
			"jobs: {}\n"
			"supervision:\n"
			"  g: {strategy: all, restart-limit: {max: 1001}}\n"
			"  -h: {jobs: []}\n",
		.want =
			"3:3: key \"jobs\" is missing: nothing can stand in for it\n"
			"3:17: one-for-one, rest-for-one or one-for-all is wanted here, not \"all\"\n"
			"3:43: \"1001\" is out of bounds: max is 0 to 1000\n"
			"4:3: bad group name \"-h\": it is formed like a job's\n",
	},
	{
		.name = "commands before and after, with and without a dash",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"    pre-start: [[/bin/b, -c], -/bin/c, [-/bin/d]]\n"
			"    post-stop: [/bin/e]\n"
			"    command-timeout: 2s\n",
		.good = true,
		.want =
			"a argv=[/bin/a] " DEFAULTS " pre=[/bin/b][-c] -pre=[/bin/c] -pre=[/bin/d] "
			"post=[/bin/e] timeout=2000000\n",
	},
	{
		.name = "commands are checked like exec",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"    pre-start: [[b], -c, [], {}, /bin/a b]\n"
			"    post-stop: /bin/e\n"
			"    command-timeout: 0s\n",
		.want =
			"4:18: program \"b\" is not an absolute path: begin it with /\n"
			"4:22: program \"-c\" is not an absolute path: begin it with /\n"
			"4:26: exec is empty: its first word is the program's path\n"
			"4:30: a list, as in [/usr/bin/prog, --flag], is wanted here, not a mapping\n"
			"4:34: exec with arguments is a list: write [/bin/a, ...]\n"
			"5:16: a list of commands, as in [[/bin/prog, arg]], is wanted here, not "
			"one word\n"
			"6:22: \"0s\" is out of bounds: command-timeout is 1ms to 24h\n",
	},
};

const struct jobfile_cases cases_depend = { .list = cases, .n = ARRAY_SIZE(cases) };
