/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of a job's process and of what it may use. */
#include "selftests/jobfile/cases.h"

#define HEAD "jobs:\n  a:\n    exec: [/bin/true]\n"
#define SPEC "a argv=[/bin/true] env= user=- group=- directory=/ output=- restart=0 " \
	"backoff=100000..30000000 healthy=10000000 limit=10/60000000 stop=15/10000000 " \
	"autostart=1 memory=0 nofile=0"

static const struct jobfile_case cases[] = {
	{
		.name = "every key of the process is taken",
		.text = HEAD
			"    groups: [audio, \"44\"]\n"
			"    env-file: [/etc/default/a, -/etc/default/b]\n"
			"    umask: 0027\n"
			"    nice: -5\n"
			"    oom-score-adj: 1000\n"
			"    cpu-affinity: [0, 2-4]\n"
			"    scheduler: {policy: fifo, priority: 99}\n"
			"    io-priority: {class: realtime, level: 0}\n"
			"    capabilities: [CHOWN, CAP_NET_BIND_SERVICE, CHECKPOINT_RESTORE]\n"
			"    no-new-privileges: true\n",
		.good = true,
		.want = SPEC " groups=[audio][44] env-file=[/etc/default/a][-/etc/default/b] umask=27 "
			"nice=-5 oom=1000 cpus=[0][2][3][4] scheduler=1/99 io=1/0 "
			"capabilities=10000000401 no-new-privileges\n",
	},
	{
		.name = "a list's only item may stand alone",
		.text = HEAD
			"    groups: audio\n"
			"    env-file: /etc/default/a\n"
			"    cpu-affinity: 1-2\n"
			"    capabilities: KILL\n"
			"    io-priority: {class: best-effort}\n"
			"    nice: 0\n",
		.good = true,
		.want = SPEC " groups=[audio] env-file=[/etc/default/a] nice=0 cpus=[1][2] io=2/4 "
			"capabilities=20\n",
	},
	{
		.name = "no capabilities are not the same as none named",
		.text = HEAD "    capabilities: []\n    groups: []\n",
		.good = true,
		.want = SPEC " groups= capabilities=0\n",
	},
	{
		.name = "every rlimit is taken, as one value or two",
		.text = HEAD
			"    rlimits: {nofile: {soft: 1024, hard: 4096}, nproc: 10, stack: 8M, "
			"memlock: unlimited, core: 0, cpu: 60, fsize: 1G, as: 2G, data: 1G, rtprio: 99, "
			"rttime: 50ms, nice: 40, sigpending: 1, msgqueue: 1M, locks: 7}\n",
		.good = true,
		.want = SPEC " cpu=60:60 fsize=1073741824:1073741824 data=1073741824:1073741824 "
			"stack=8388608:8388608 core=0:0 nproc=10:10 nofile=1024:4096 "
			"memlock=18446744073709551615:18446744073709551615 as=2147483648:2147483648 "
			"locks=7:7 sigpending=1:1 msgqueue=1048576:1048576 nice=40:40 rtprio=99:99 "
			"rttime=50000:50000\n",
	},
	{
		.name = "limits of the cgroup are taken",
		.text = HEAD
			"    limits: {memory-high: 32M, memory-swap: 0, tasks: 100, cpu: 150%, "
			"cpu-weight: 10000, io-weight: 1}\n"
			"  b:\n"
			"    exec: [/bin/true]\n"
			"    limits: {memory-high: unlimited, memory-swap: unlimited, cpu: 0.25}\n",
		.good = true,
		.want = SPEC " high=33554432 swap=0 tasks=100 cpu=1500 weights=10000/1\n"
			"b argv=[/bin/true] env= user=- group=- directory=/ output=- restart=0 "
			"backoff=100000..30000000 healthy=10000000 limit=10/60000000 stop=15/10000000 "
			"autostart=1 memory=0 nofile=0 swap=18446744073709551615 cpu=250\n",
	},
	{
		.name = "shares of the CPUs have a form and bounds",
		.text = HEAD
			"    limits: {cpu: half, tasks: 0, cpu-weight: 0, io-weight: 10001}\n"
			"  b: {exec: /bin/b, limits: {cpu: 0.001}}\n"
			"  c: {exec: /bin/b, limits: {cpu: 100001%}}\n"
			"  d: {exec: /bin/b, limits: {cpu: 1.2345}}\n"
			"  e: {exec: /bin/b, limits: {cpu: \"\"}}\n",
		.want =
			"4:19: a share of the CPUs, as in 50% or 1.5, is wanted here, not \"half\"\n"
			"4:32: \"0\" is out of bounds: tasks is 1 to 4194304 or unlimited\n"
			"4:47: \"0\" is out of bounds: cpu-weight is 1 to 10000\n"
			"4:61: \"10001\" is out of bounds: io-weight is 1 to 10000\n"
			"5:35: \"0.001\" is out of bounds: cpu is 1% to 1000 CPUs, or unlimited\n"
			"6:35: \"100001%\" is out of bounds: cpu is 1% to 1000 CPUs, or unlimited\n"
			"7:35: a share of the CPUs, as in 50% or 1.5, is wanted here, not \"1.2345\"\n"
			"8:35: a share of the CPUs, as in 50% or 1.5, is wanted here, not \"\"\n",
	},
	{
		.name = "a limit is given once",
		.text = HEAD
			"    limits: {nofile: 100, core: 0}\n"
			"    rlimits: {nofile: 100, core: 0}\n",
		.want =
			"2:3: core is given in limits and in rlimits: keep one\n"
			"2:3: nofile is given in limits and in rlimits: keep one\n",
	},
	{
		.name = "rlimits have bounds, units and an order",
		.text = HEAD
			"    rlimits: {nofile: 4, stack: {soft: 2M, hard: 1M}, as: {soft: 2M}, nice: 41, "
			"files: 1, rttime: 5, cpu: 5s}\n",
		.want =
			"4:23: \"4\" is out of bounds: nofile is 16 to 1073741824 or unlimited\n"
			"4:33: the soft limit of stack is above the hard one\n"
			"4:59: key \"hard\" is missing: nothing can stand in for it\n"
			"4:77: \"41\" is out of bounds: nice is 0 to 40 or unlimited\n"
			"4:81: unknown key \"files\"; known here: nofile, nproc, stack, memlock, core, "
			"cpu, fsize, as, data, rtprio, rttime, nice, sigpending, msgqueue, locks\n"
			"4:99: \"5\" has no unit: add us, ms, s, min or h, as in 10s\n"
			"4:107: a whole number or unlimited is wanted here, not \"5s\"\n",
	},
	{
		.name = "priorities have bounds",
		.text = HEAD
			"    nice: 20\n"
			"    oom-score-adj: -1001\n"
			"    umask: 0888\n"
			"    cpu-affinity: [3-1, 1024, x]\n"
			"    scheduler: {policy: rr}\n"
			"    io-priority: {class: best-effort, level: 8}\n"
			"  b:\n"
			"    exec: [/bin/true]\n"
			"    nice: low\n"
			"    umask: \"01000\"\n"
			"    cpu-affinity: []\n"
			"    scheduler: {policy: batch, priority: 5}\n",
		.want =
			"4:11: \"20\" is out of bounds: nice is -20 to 19\n"
			"5:20: \"-1001\" is out of bounds: oom-score-adj is -1000 to 1000\n"
			"6:12: permission bits in octal, 0 to 0777, are wanted here, not \"0888\"\n"
			"7:20: a CPU's number up to 1023, or a range as in 0-3, is wanted here, not \"3-1\"\n"
			"7:25: a CPU's number up to 1023, or a range as in 0-3, is wanted here, not \"1024\"\n"
			"7:31: a CPU's number up to 1023, or a range as in 0-3, is wanted here, not \"x\"\n"
			"8:16: priority is missing: the policies fifo and rr need one, 1 to 99\n"
			"9:46: \"8\" is out of bounds: level is 0 to 7\n"
			"12:11: a whole number is wanted here, not \"low\"\n"
			"13:12: permission bits in octal, 0 to 0777, are wanted here, not \"01000\"\n"
			"14:19: cpu-affinity is empty: a process needs a CPU to run on\n"
			"15:16: priority belongs to the policies fifo and rr: use nice\n",
	},
	{
		.name = "capabilities, groups and files are told by name",
		.text = HEAD
			"    capabilities: [NET_BIND_SERVCE, CAP_XYZZY]\n"
			"    groups: [-x]\n"
			"    env-file: [relative, -relative]\n",
		.want =
			"4:20: unknown capability \"NET_BIND_SERVCE\", did you mean \"NET_BIND_SERVICE\"?\n"
			"4:37: unknown capability \"CAP_XYZZY\"\n"
			"5:14: \"-x\" is no group: write its name, or its number up to 4294967294\n"
			"6:16: env-file \"relative\" is not an absolute path: begin it with /\n"
			"6:26: env-file \"relative\" is not an absolute path: begin it with /\n",
	},
};

const struct jobfile_cases cases_process = { .list = cases, .n = ARRAY_SIZE(cases) };
