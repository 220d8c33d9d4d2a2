/* SPDX-License-Identifier: GPL-2.0 */
/* Job files and what is to come of each. */
#include "selftests/jobfile/cases.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

const struct jobfile_case jobfile_cases[] = {
	{
		.name = "defaults are filled in",
		.text =
			"jobs:\n"
			"  a: {exec: [/bin/true]}\n",
		.good = true,
		.want =
			"a argv=[/bin/true] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0\n",
	},
	{
		.name = "every key is taken",
		.text =
			"jobs:\n"
			"  web:\n"
			"    exec: [/usr/bin/redis-server, --port, \"7000\"]\n"
			"    user: redis\n"
			"    group: \"110\"\n"
			"    directory: /var/lib/redis\n"
			"    output: /var/log/web.log\n"
			"    env: {A: b, C_1: \"d e\"}\n"
			"    restart: on-failure\n"
			"    backoff: {initial: 100ms, max: 30s}\n"
			"    healthy-after: 10s\n"
			"    restart-limit: {max: 10, within: 60s}\n"
			"    stop: {signal: RTMIN+3, timeout: 10s}\n"
			"    autostart: false\n"
			"    limits: {memory: 64M, nofile: 1024, core: unlimited}\n",
		.good = true,
		.want =
			"web argv=[/usr/bin/redis-server][--port][7000] env=[A=b][C_1=d e] "
			"user=redis group=110 directory=/var/lib/redis output=/var/log/web.log "
			"restart=1 backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=37/10000000 autostart=0 memory=67108864 nofile=1024 "
			"core=18446744073709551615\n",
	},
	{
		.name = "jobs keep the order of the file",
		.text =
			"jobs:\n"
			"  b: {exec: [/bin/b]}\n"
			"  a: {exec: /bin/a}\n",
		.good = true,
		.want =
			"b argv=[/bin/b] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0\n"
			"a argv=[/bin/a] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0\n",
	},
	{
		.name = "no jobs at all are fine",
		.text = "jobs: {}\n",
		.good = true,
		.want = "",
	},
	{
		.name = "units are taken as they are meant",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    backoff: {initial: 1500us, max: 2min}\n"
			"    healthy-after: 24h\n"
			"    limits: {memory: 2G, core: 512}\n",
		.good = true,
		.want =
			"a argv=[/bin/true] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=1500..120000000 healthy=86400000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=2147483648 nofile=0 core=512\n",
	},
	{
		.name = "zero restarts mean no limit, zero bytes of core mean none",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    restart-limit: {max: 0}\n"
			"    limits: {core: 0, memory: unlimited}\n",
		.good = true,
		.want =
			"a argv=[/bin/true] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=0/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0 core=0\n",
	},
	{
		.name = "a quoted empty argument or variable is empty",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/echo, \"\", '']\n"
			"    env: {A: \"\"}\n",
		.good = true,
		.want =
			"a argv=[/bin/echo][][] env=[A=] user=- group=- directory=/ output=- "
			"restart=0 backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0\n",
	},
	{
		.name = "a byte order mark is not a column",
		.text = "\357\273\277jobs: {}\n",
		.good = true,
		.want = "",
	},
	{
		.name = "lines may end as on Windows",
		.text =
			"jobs:\r\n"
			"  a:\r\n"
			"    exec: [/bin/true]\r\n",
		.good = true,
		.want =
			"a argv=[/bin/true] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0\n",
	},
	{
		.name = "null and numbers are words in a list",
		.text =
			"jobs:\n"
			"  a: {exec: [/bin/echo, null, ~, 1, true, 2024-01-01]}\n",
		.good = true,
		.want =
			"a argv=[/bin/echo][null][~][1][true][2024-01-01] env= user=- group=- "
			"directory=/ output=- restart=0 backoff=100000..30000000 "
			"healthy=10000000 limit=10/60000000 stop=15/10000000 autostart=1 "
			"memory=0 nofile=0\n",
	},
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
			"2:1: unknown key \"services\"; known here: jobs\n",
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
			"4:5: unknown key \"colour\"; known here: exec, user, group, directory, "
			"output, env, restart, backoff, healthy-after, restart-limit, stop, "
			"autostart, limits\n"
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
			"    exec: /bin/sleep 5\n",
		.want =
			"3:11: exec with arguments is a list: write [/bin/sleep, ...]\n",
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
		.name = "the longest job name is taken",
		.text =
			"jobs:\n"
			"  nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: {exec: "
			"/bin/a}\n",
		.good = true,
		.want =
			"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn "
			"argv=[/bin/a] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0\n",
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
		.name = "a duration needs a unit",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    healthy-after: 10\n",
		.want =
			"4:20: \"10\" has no unit: add us, ms, s, min or h, as in 10s\n",
	},
	{
		.name = "a duration needs a known unit",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    healthy-after: 10 s\n"
			"    backoff: {initial: 1.5s, max: 3d}\n",
		.want =
			"4:20: \"10 s\" has an unknown unit: add us, ms, s, min or h, as in 10s\n"
			"5:24: \"1.5s\" has an unknown unit: add us, ms, s, min or h, as in 10s\n"
			"5:35: \"3d\" has an unknown unit: add us, ms, s, min or h, as in 10s\n",
	},
	{
		.name = "a duration is a number",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    stop: {timeout: soon}\n"
			"    healthy-after: -1s\n",
		.want =
			"4:21: a whole number with a unit, as in 10s, is wanted here, not \"soon\"\n"
			"5:20: a whole number with a unit, as in 10s, is wanted here, not \"-1s\"\n",
	},
	{
		.name = "durations have bounds",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    backoff: {initial: 10us, max: 25h}\n"
			"    stop: {timeout: 0s}\n"
			"    restart-limit: {within: 10ms}\n",
		.want =
			"4:24: \"10us\" is out of bounds: initial is 1ms to 1h\n"
			"4:35: \"25h\" is out of bounds: max is 1ms to 24h\n"
			"5:21: \"0s\" is out of bounds: timeout is 1ms to 24h\n"
			"6:29: \"10ms\" is out of bounds: within is 1s to 24h\n",
	},
	{
		.name = "a number too large for 64 bits is out of bounds",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    healthy-after: 99999999999999999999s\n"
			"    stop: {timeout: 18446744073709551615h}\n",
		.want =
			"4:20: \"99999999999999999999s\" is out of bounds: healthy-after is 0us "
			"to 24h\n"
			"5:21: \"18446744073709551615h\" is out of bounds: timeout is 1ms to 24h\n",
	},
	{
		.name = "the back-off cannot begin above its end",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    backoff: {initial: 2s, max: 1s}\n",
		.want =
			"4:33: initial, 2s, is longer than max, 1s\n",
	},
	{
		.name = "the back-off cannot begin above its end's default",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    backoff: {initial: 1min}\n",
		.want =
			"4:24: initial, 1min, is longer than max, 30s by default\n",
	},
	{
		.name = "sizes have units of their own",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    limits: {memory: 64MB, core: 1k}\n",
		.want =
			"4:22: \"64MB\" has an unknown unit: add K, M, G or T, as in 64M, or "
			"nothing for bytes\n"
			"4:34: \"1k\" has an unknown unit: add K, M, G or T, as in 64M, or "
			"nothing for bytes\n",
	},
	{
		.name = "sizes have bounds",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    limits: {memory: 1K, nofile: 4, core: 2000T}\n",
		.want =
			"4:22: \"1K\" is out of bounds: memory is 1M to 1024T or unlimited\n"
			"4:34: \"4\" is out of bounds: nofile is 16 to 1073741824\n"
			"4:43: \"2000T\" is out of bounds: core is 0 to 1024T or unlimited\n",
	},
	{
		.name = "a size or a word is wanted",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    limits: {memory: lots, nofile: unlimited, core: none}\n",
		.want =
			"4:22: a size in bytes, as in 64M, or unlimited is wanted here, not "
			"\"lots\"\n"
			"4:36: a whole number is wanted here, not \"unlimited\"\n"
			"4:53: a size in bytes, as in 64M, or unlimited is wanted here, not "
			"\"none\"\n",
	},
	{
		.name = "counts have bounds",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    restart-limit: {max: 1001}\n",
		.want =
			"4:26: \"1001\" is out of bounds: max is 0 to 1000\n",
	},
	{
		.name = "a count is whole and positive",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    restart-limit: {max: 1.5}\n"
			"    limits: {nofile: -1}\n",
		.want =
			"4:26: a whole number is wanted here, not \"1.5\"\n"
			"5:22: a whole number is wanted here, not \"-1\"\n",
	},
	{
		.name = "signals by name and number",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, stop: {signal: SIGINT}}\n"
			"  b: {exec: /bin/a, stop: {signal: 9}}\n"
			"  c: {exec: /bin/a, stop: {signal: RTMIN}}\n",
		.good = true,
		.want =
			"a argv=[/bin/a] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=2/10000000 autostart=1 memory=0 nofile=0\n"
			"b argv=[/bin/a] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=9/10000000 autostart=1 memory=0 nofile=0\n"
			"c argv=[/bin/a] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=34/10000000 autostart=1 memory=0 nofile=0\n",
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
		.name = "restart is one of three words",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    restart: sometimes\n"
			"    autostart: yes\n",
		.want =
			"4:14: always, on-failure or never is wanted here, not \"sometimes\"\n"
			"5:16: true or false is wanted here, not \"yes\"\n",
	},
	{
		.name = "users and groups by name or number",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    user: \"1000\"\n"
			"    group: www-data\n",
		.good = true,
		.want =
			"a argv=[/bin/true] env= user=1000 group=www-data directory=/ output=- "
			"restart=0 backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0\n",
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
			"8:1: unknown key \"other\"; known here: jobs\n",
	},
	{
		.name = "columns count characters, not bytes",
		.text =
			"jobs:\n"
			"  a: {env: {\303\204: \303\251}, exec: [/bin/\346\227\245\346\234\254, "
			"\350\252\236], nope: 1}\n",
		.want =
			"2:13: \"\303\204\" is no variable's name: letters, digits and _, no "
			"digit first\n"
			"2:40: unknown key \"nope\"; known here: exec, user, group, directory, "
			"output, env, restart, backoff, healthy-after, restart-limit, stop, "
			"autostart, limits\n",
	},
	{
		.name = "aliases, anchors and tags are refused in their place",
		.text =
			"jobs:\n"
			"  a: &x {exec: [/bin/a]}\n"
			"  b: *x\n"
			"  c: {exec: !!str /bin/a, user: !t b}\n",
		.want =
			"2:6: anchor \"x\": a job file has none, drop it\n"
			"3:6: alias \"x\": a job file has none, write the value itself\n"
			"4:13: tag \"tag:yaml.org,2002:str\": a job file has none, drop it\n"
			"4:33: tag \"!t\": a job file has none, drop it\n",
	},
	{
		.name = "an alias to itself ends",
		.text =
			"jobs:\n"
			"  a: &x\n"
			"    exec: *x\n"
			"    env: *x\n",
		.want =
			"2:6: a list, as in [/usr/bin/prog, --flag], is wanted here, not a mapping\n"
			"2:6: anchor \"x\": a job file has none, drop it\n"
			"3:11: alias \"x\": a job file has none, write the value itself\n"
			"4:10: alias \"x\": a job file has none, write the value itself\n",
	},
	{
		.name = "an undefined alias is refused",
		.text =
			"jobs:\n"
			"  a: *x\n",
		.want =
			"2:6: alias \"x\": a job file has none, write the value itself\n",
	},
	{
		.name = "an anchor given twice is refused",
		.text =
			"jobs:\n"
			"  a: &x {exec: &x /bin/a}\n",
		.want =
			"2:6: anchor \"x\": a job file has none, drop it\n"
			"2:16: anchor \"x\": a job file has none, drop it\n",
	},
	{
		.name = "deep nesting is refused",
		.text =
			"jobs:\n"
			"  a: [[[[[[[[[[[[[[[\n",
		.want =
			"2:20: nested more than 16 deep\n",
	},
	{
		.name = "a second document is refused",
		.text =
			"jobs: {}\n"
			"---\n"
			"jobs: {}\n",
		.want =
			"2:1: a second document begins here: a job file is one document\n",
	},
	{
		.name = "a document may be marked",
		.text =
			"---\n"
			"jobs: {}\n"
			"...\n",
		.good = true,
		.want = "",
	},
	{
		.name = "a tab cannot indent",
		.text =
			"jobs:\n"
			"\ta: {}\n",
		.want =
			"2:1: a tab cannot indent: use spaces\n",
	},
	{
		.name = "an unclosed list is told where it began",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/a\n"
			"  b: {}\n",
		.want =
			"4:4: not YAML: did not find expected ',' or ']' while parsing a flow "
			"sequence that began in line 3\n",
	},
	{
		.name = "an unclosed quote is told",
		.text =
			"jobs:\n"
			"  a: {exec: \"/bin/a}\n",
		.want =
			"3:1: not YAML: found unexpected end of stream while scanning a quoted "
			"scalar that began in line 2\n",
	},
	{
		.name = "bad indentation is told",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"   user: x\n",
		.want =
			"4:4: not YAML: did not find expected key while parsing a block mapping "
			"that began in line 2\n",
	},
	{
		.name = "bytes that are no UTF-8 are told in their place",
		.text =
			"jobs:\n"
			"  a: \377\n",
		.want =
			"2:6: invalid leading UTF-8 octet (byte 0xff): a job file is UTF-8 text\n",
	},
	{
		.name = "a cut character is told",
		.text = "jobs:\n"
			"  a: \303",
		.want =
			"2:6: incomplete UTF-8 octet sequence (byte 0xc3): a job file is UTF-8 text\n",
	},
	{
		.name = "a NUL byte is told in its place",
		.text =
			"jobs:\n"
			"  a: \000b\n",
		.len = 14,
		.want =
			"2:6: control characters are not allowed (byte 0x00): a job file is "
			"UTF-8 text\n",
	},
	{
		.name = "a control character is told",
		.text =
			"jobs:\n"
			"  \033[1m: 1\n",
		.want =
			"2:3: control characters are not allowed (byte 0x1b): a job file is "
			"UTF-8 text\n",
	},
	{
		.name = "UTF-16 is refused",
		.text = "\377\376j\000",
		.len = 4,
		.want =
			"1:1: invalid leading UTF-8 octet (byte 0xff): a job file is UTF-8 text\n",
	},
	{
		.name = "control characters do not reach the message",
		.text =
			"jobs:\n"
			"  a: {exec: \"\\e[31mred\", \"b\\nd\": 1}\n",
		.want =
			"2:13: program \"?[31mred\" is not an absolute path: begin it with /\n"
			"2:26: unknown key \"b?d\"; known here: exec, user, group, directory, "
			"output, env, restart, backoff, healthy-after, restart-limit, stop, "
			"autostart, limits\n",
	},
	{
		.name = "long words are shortened between characters",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    \303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303"
			"\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303"
			"\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303"
			"\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303"
			"\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303"
			"\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303"
			"\274\303\274\303\274\303\274\303\274\303\274\303\274: x\n",
		.want =
			"4:5: unknown key \"\303\274\303\274\303\274\303\274\303\274\303\274\303"
			"\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303\274\303"
			"\274\303\274\303\274\303\274\303\274\303\274\303\274...\"; known here: "
			"exec, user, group, directory, output, env, restart, backoff, "
			"healthy-after, restart-limit, stop, autostart, limits\n",
	},
};

const size_t jobfile_ncases = ARRAY_SIZE(jobfile_cases);
