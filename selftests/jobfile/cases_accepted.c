/* SPDX-License-Identifier: GPL-2.0 */
/* Files that are taken, and what is made of them. */
#include "selftests/jobfile/cases.h"

static const struct jobfile_case cases[] = {
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
		.name = "the output's keys are taken",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    log: {max-size: 256K, max-files: 100, rate-limit: {max: 0, within: 1h}, stdout: false,\n"
			"          stderr: true, journald: true, syslog: local7}\n",
		.good = true,
		.want =
			"a argv=[/bin/true] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0 log=262144*100 "
			"rate=0/3600000000 out=0 err=1 journald=1 syslog=23\n",
	},
	{
		.name = "what the output's keys leave out is as usual",
		.text =
			"jobs:\n"
			"  a: {exec: [/bin/true], log: {syslog: false}}\n",
		.good = true,
		.want =
			"a argv=[/bin/true] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 "
			"stop=15/10000000 autostart=1 memory=0 nofile=0 log=10485760*5 "
			"rate=10000/30000000 out=1 err=1 journald=0 syslog=-1\n",
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
		.name = "a document may be marked",
		.text =
			"---\n"
			"jobs: {}\n"
			"...\n",
		.good = true,
		.want = "",
	},
};

const struct jobfile_cases cases_accepted = { .list = cases, .n = ARRAY_SIZE(cases) };
