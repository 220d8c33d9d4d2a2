/* SPDX-License-Identifier: GPL-2.0 */
/* Replicas and instances: several jobs of one definition. */
#include "selftests/jobfile/cases.h"

#define REST " restart=0 backoff=100000..30000000 healthy=10000000 limit=10/60000000 stop=15/10000000 " \
	"autostart=1 memory=0 nofile=0"

static const struct jobfile_case cases[] = {
	{
		.name = "replicas differ where their definition says so",
		.text =
			"jobs:\n"
			"  web:\n"
			"    exec: [/bin/web, --port, \"80%i\", \"%n%%\"]\n"
			"    env: {NAME: \"%n\"}\n"
			"    env-file: /etc/web/%i.env\n"
			"    directory: /srv/%i\n"
			"    output: /var/log/%n.log\n"
			"    replicas: 2\n",
		.good = true,
		.want =
			"web@1 argv=[/bin/web][--port][801][web@1%] env=[NAME=web@1] user=- group=- "
			"directory=/srv/1 output=/var/log/web@1.log" REST " env-file=[/etc/web/1.env]\n"
			"web@2 argv=[/bin/web][--port][802][web@2%] env=[NAME=web@2] user=- group=- "
			"directory=/srv/2 output=/var/log/web@2.log" REST " env-file=[/etc/web/2.env]\n",
	},
	{
		.name = "instances have names, and other jobs go on around them",
		.text =
			"jobs:\n"
			"  b: {exec: /bin/b}\n"
			"  db: {exec: /bin/%i, instances: [eu-1, us.2]}\n"
			"  a: {exec: /bin/a}\n",
		.good = true,
		.want =
			"b argv=[/bin/b] env= user=- group=- directory=/ output=-" REST "\n"
			"db@eu-1 argv=[/bin/eu-1] env= user=- group=- directory=/ output=-" REST "\n"
			"db@us.2 argv=[/bin/us.2] env= user=- group=- directory=/ output=-" REST "\n"
			"a argv=[/bin/a] env= user=- group=- directory=/ output=-" REST "\n",
	},
	{
		.name = "a percent sign means itself in other jobs",
		.text =
			"jobs:\n"
			"  a: {exec: [/bin/date, \"+%i %z %\"]}\n",
		.good = true,
		.want = "a argv=[/bin/date][+%i %z %] env= user=- group=- directory=/ output=-" REST "\n",
	},
	{
		.name = "no replica is no job, but its definition is looked at",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, replicas: 0}\n"
			"  b: {exec: /bin/b}\n",
		.good = true,
		.want = "b argv=[/bin/b] env= user=- group=- directory=/ output=-" REST "\n",
	},
	{
		.name = "what is wrong with every replica is told once",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/a, \"%x\", \"50%\", \"%i\"]\n"
			"    env: {A: \"%%%n%\"}\n"
			"    replicas: 3\n"
			"  b: {exec: b, replicas: 0}\n",
		.want =
			"3:20: unknown specifier \"%x\": write %i, %n, or %% for %\n"
			"3:26: unknown specifier \"%\": write %i, %n, or %% for %\n"
			"4:14: unknown specifier \"%\": write %i, %n, or %% for %\n"
			"6:13: program \"b\" is not an absolute path: begin it with /\n",
	},
	{
		.name = "numbers and names of instances are told",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, replicas: 10001}\n"
			"  b: {exec: /bin/a, replicas: many}\n"
			"  c: {exec: /bin/a, instances: [x, x, y@z, \"\"]}\n"
			"  d: {exec: /bin/a, instances: [x], replicas: 2}\n"
			"  e: {exec: /bin/a, instances: {}}\n"
			"  f@1: {exec: /bin/a}\n",
		.want =
			"2:31: \"10001\" is out of bounds: replicas is 0 to 10000\n"
			"3:31: a whole number is wanted here, not \"many\"\n"
			"4:36: instance \"x\" is given twice: keep one\n"
			"4:39: bad instance name \"y@z\": it is made as a job's name is\n"
			"4:44: bad instance name \"\": it is made as a job's name is\n"
			"5:32: replicas and instances exclude each other: keep one\n"
			"6:32: a list of names is wanted here, not a mapping\n"
			"7:3: bad job name \"f@1\": up to 60 letters, digits, \".\", \"_\" or \"-\", the first a "
			"letter or digit\n",
	},
	{
		.name = "the full name of an instance has a bound",
		.text =
			"jobs:\n"
			"  nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: {exec: /bin/a, "
			"replicas: 10}\n",
		.want =
			"2:3: the instance's name \"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...\" is longer "
			"than 60 bytes\n",
	},
	{
		.name = "commands and probes of an instance have its name in them",
		.good = true,
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/%n\n"
			"    instances: [x]\n"
			"    pre-start: [[/bin/pre, \"%i\"]]\n"
			"    post-stop: [/bin/post-%i]\n"
			"    reload: {exec: [/bin/re, \"%n\"]}\n"
			"    ready: probe\n"
			"    probe: {http: {url: \"http://[::1]/%i\", header: {Host: \"%i.test\"}}}\n",
		.want =
			"a@x argv=[/bin/a@x] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 stop=15/10000000 "
			"autostart=1 memory=0 nofile=0 pre=[/bin/pre][x] post=[/bin/post-x] "
			"ready=2/90000000 access=0 reload=[/bin/re][a@x] probe=http://[::1]/x/0 "
			"headers=[Host: x.test] 5000000/1000000 3/1 0 0\n",
	},
	{
		.name = "replicas count among the jobs of a file",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, replicas: 9999}\n"
			"  b: {exec: /bin/a, replicas: 2}\n",
		.want =
			"3:3: 10001 jobs with these: 10000 is the limit of one file\n",
	},
};

const struct jobfile_cases cases_replicas = { .list = cases, .n = ARRAY_SIZE(cases) };
