/* SPDX-License-Identifier: GPL-2.0 */
/* Jobs with standbys. */
#include "selftests/jobfile/cases.h"

#define DEFAULTS "env= user=- group=- directory=/ output=- restart=0 backoff=100000..30000000 " \
	"healthy=10000000 limit=10/60000000 stop=15/10000000 autostart=1 memory=0 nofile=0"

static const struct jobfile_case cases[] = {
	{
		.name = "a job has standbys, is a singleton and is signalled",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, standby: 8, singleton: true, takeover-signal: USR1}\n"
			"  b: {exec: /bin/b, standby: 0}\n",
		.good = true,
		.want =
			"a argv=[/bin/a] " DEFAULTS " standby=8/1/10\n"
			"b argv=[/bin/b] " DEFAULTS "\n",
	},
	{
		.name = "standbys that cannot be are refused",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, standby: 9}\n"
			"  b: {exec: /bin/b, standby: yes, singleton: 2, takeover-signal: USR3}\n"
			"  c: {exec: /bin/c, standby: 1, restart: never}\n"
			"  d: {exec: /bin/d, standby: 1, sockets: [{stream: /run/d, on-demand: true}]}\n",
		.want =
			"2:30: \"9\" is out of bounds: standby is 0 to 8\n"
			"3:30: a whole number is wanted here, not \"yes\"\n"
			"3:46: true or false is wanted here, not \"2\"\n"
			"3:66: unknown signal \"USR3\", did you mean \"USR1\"?\n"
			"4:3: standby and restart: never exclude each other: keep one\n"
			"5:3: standby and a socket that is on-demand exclude each other: keep one\n",
	},
	{
		.name = "the names of standbys must fit",
		.text =
			"jobs:\n"
			"  abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdef:\n"
			"    {exec: /bin/a, standby: 1}\n"
			"  abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefg:\n"
			"    {exec: /bin/a, standby: 1}\n",
		.want = "4:3: the name is longer than 58 bytes: too long for a job with standbys\n",
	},
};

const struct jobfile_cases cases_standby = { cases, ARRAY_SIZE(cases) };
