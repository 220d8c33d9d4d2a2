/* SPDX-License-Identifier: GPL-2.0 */
/* Keys that say when a job is ready, and when it hangs. */
#include "selftests/jobfile/cases.h"

#define PLAIN "argv=[/bin/a] env= user=- group=- directory=/ output=- restart=0 " \
	"backoff=100000..30000000 healthy=10000000 limit=10/60000000 stop=15/10000000 " \
	"autostart=1 memory=0 nofile=0"

static const struct jobfile_case cases[] = {
	{
		.name = "readiness and hangs are taken",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"    ready: notify\n"
			"    start-timeout: 5min\n"
			"    notify-access: all\n"
			"    watchdog: 10s\n"
			"    on-hang: kill\n"
			"    fd-store: 128\n"
			"    reload: {signal: HUP}\n"
			"  b:\n"
			"    exec: /bin/a\n"
			"    watchdog: {time: 2s, by: beat}\n"
			"    on-hang: restart\n"
			"    reload: {exec: [/bin/kill, -HUP]}\n",
		.good = true,
		.want =
			"a " PLAIN " ready=1/300000000 access=1 watchdog=10000000/0 hang=1 reload=1 fds=128\n"
			"b " PLAIN " watchdog=2000000/1 hang=2 reload=[/bin/kill][-HUP]\n",
	},
	{
		.name = "defaults may be written",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, ready: exec, start-timeout: 90s, notify-access: main, "
			"on-hang: core, fd-store: 0}\n",
		.good = true,
		.want = "a " PLAIN "\n",
	},
	{
		.name = "a watchdog's mapping needs its time",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, watchdog: {by: notify}}\n",
		.want =
			"2:31: key \"time\" is missing: nothing can stand in for it\n",
	},
	{
		.name = "a job is reloaded in one way",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, reload: {}}\n"
			"  b: {exec: /bin/a, reload: {signal: HUP, exec: /bin/b}}\n"
			"  c: {exec: /bin/a, reload: {exec: b}}\n"
			"  d: {exec: /bin/a, reload: HUP}\n",
		.want =
			"2:29: reload takes one of signal and exec\n"
			"3:29: reload takes one of signal and exec\n"
			"4:36: program \"b\" is not an absolute path: begin it with /\n"
			"5:29: a mapping, as in {signal: HUP}, is wanted here, not one word\n",
	},
	{
		.name = "probes are taken",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, ready: probe, probe: {tcp: \"127.0.0.1:80\"}}\n"
			"  b:\n"
			"    exec: /bin/a\n"
			"    probe: {exec: [/bin/c, d], interval: 10s, timeout: 2s, failures: 5, successes: 2, "
			"initial-delay: 1s, liveness: true}\n"
			"  c: {exec: /bin/a, ready: probe, probe: {unix: /run/s}}\n"
			"  d: {exec: /bin/a, ready: probe, probe: {tcp: \"[::1]:443\", liveness: false}}\n"
			"  e: {exec: /bin/a, ready: probe, probe: {http: {url: \"http://[::1]/x\", status: 204, "
			"header: {Host: a, X-B: \"c d\"}}}}\n"
			"  f: {exec: /bin/a, ready: probe, probe: {http: {url: \"https://a/\"}}}\n",
		.good = true,
		.want =
			"a " PLAIN " ready=2/90000000 access=0 probe=tcp/2 5000000/1000000 3/1 0 0\n"
			"b " PLAIN " probe=[/bin/c][d] 10000000/2000000 5/2 1000000 1\n"
			"c " PLAIN " ready=2/90000000 access=0 probe=/run/s 5000000/1000000 3/1 0 0\n"
			"d " PLAIN " ready=2/90000000 access=0 probe=tcp/10 5000000/1000000 3/1 0 0\n"
			"e " PLAIN " ready=2/90000000 access=0 probe=http://[::1]/x/204 "
			"headers=[Host: a][X-B: c d] 5000000/1000000 3/1 0 0\n"
			"f " PLAIN " ready=2/90000000 access=0 probe=https://a//0 5000000/1000000 3/1 0 0\n",
	},
	{
		.name = "probes that cannot be are told",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, ready: probe}\n"
			"  b: {exec: /bin/a, probe: {unix: /run/s}}\n"
			"  c: {exec: /bin/a, ready: probe, probe: {}}\n"
			"  d: {exec: /bin/a, ready: probe, probe: {unix: /s, tcp: \"127.0.0.1:1\"}}\n"
			"  e: {exec: /bin/a, ready: probe, probe: {tcp: \"localhost:80\"}}\n"
			"  f: {exec: /bin/a, ready: probe, probe: {tcp: 127.0.0.1}}\n"
			"  g: {exec: /bin/a, ready: probe, probe: {tcp: \"127.0.0.1:0\"}}\n"
			"  h: {exec: /bin/a, ready: probe, probe: {tcp: \"[::1:80\"}}\n"
			"  i: {exec: /bin/a, ready: probe, probe: {tcp: \"127.0.0.1:65536\"}}\n"
			"  k: {exec: /bin/a, ready: probe, probe: {http: {url: \"ftp://a/\", status: 99}}}\n"
			"  l: {exec: /bin/a, ready: probe, probe: {http: {header: {\"a b\": c, d: \"e\\nf\"}}}}\n"
			"  j: {exec: /bin/a, ready: probe, probe: {unix: s, failures: 0, interval: 10ms}}\n",
		.want =
			"2:3: ready: probe needs the key \"probe\"\n"
			"3:3: probe serves nothing: write ready: probe beside it, or liveness: true in it\n"
			"4:42: probe takes one of exec, tcp, http and unix\n"
			"5:42: probe takes one of exec, tcp, http and unix\n"
			"6:48: \"localhost:80\" is no address and port, as in 127.0.0.1:80 or [::1]:80; "
			"names are not looked up\n"
			"7:48: \"127.0.0.1\" is no address and port, as in 127.0.0.1:80 or [::1]:80; "
			"names are not looked up\n"
			"8:48: \"127.0.0.1:0\" is no address and port, as in 127.0.0.1:80 or [::1]:80; "
			"names are not looked up\n"
			"9:48: \"[::1:80\" is no address and port, as in 127.0.0.1:80 or [::1]:80; "
			"names are not looked up\n"
			"10:48: \"127.0.0.1:65536\" is no address and port, as in 127.0.0.1:80 or [::1]:80; "
			"names are not looked up\n"
			"11:55: \"ftp://a/\" is no URL of http or https\n"
			"11:75: \"99\" is out of bounds: status is 100 to 599\n"
			"12:49: key \"url\" is missing: nothing can stand in for it\n"
			"12:59: \"a b\" makes no header of one line\n"
			"12:69: \"d\" makes no header of one line\n"
			"13:49: unix \"s\" is not an absolute path: begin it with /\n"
			"13:62: \"0\" is out of bounds: failures is 1 to 1000\n"
			"13:75: \"10ms\" is out of bounds: interval is 100ms to 24h\n",
	},
	{
		.name = "a daemon that goes into the background is told by its pid file",
		.good = true,
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, ready: forks, pid-file: /run/a.pid}\n"
			"  b: {exec: /bin/a, instances: [x], ready: forks, pid-file: /run/%i.pid}\n",
		.want =
			"a " PLAIN " ready=3/90000000 access=0 pid-file=/run/a.pid\n"
			"b@x " PLAIN " ready=3/90000000 access=0 pid-file=/run/x.pid\n",
	},
	{
		.name = "pid files that serve nothing, or lack, are told",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, ready: forks}\n"
			"  b: {exec: /bin/a, pid-file: /run/b.pid}\n"
			"  c: {exec: /bin/a, ready: forks, pid-file: c.pid}\n",
		.want =
			"2:3: ready: forks needs the key \"pid-file\"\n"
			"3:3: pid-file serves nothing: write ready: forks beside it\n"
			"4:3: ready: forks needs the key \"pid-file\"\n"
			"4:45: pid-file \"c.pid\" is not an absolute path: begin it with /\n",
	},
	{
		.name = "words and bounds of readiness are told",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"    ready: yes\n"
			"    start-timeout: 25h\n"
			"    notify-access: none\n"
			"    watchdog: 99ms\n"
			"    on-hang: ignore\n"
			"    fd-store: 129\n"
			"  b: {exec: /bin/a, watchdog: {time: 2h, by: magic}}\n"
			"  c: {exec: /bin/a, watchdog: [1s]}\n"
			"  d: {exec: /bin/a, watchdog: 10}\n",
		.want =
			"4:12: exec, notify, probe or forks is wanted here, not \"yes\"\n"
			"5:20: \"25h\" is out of bounds: start-timeout is 1ms to 24h\n"
			"6:20: main or all is wanted here, not \"none\"\n"
			"7:15: \"99ms\" is out of bounds: watchdog is 100ms to 1h\n"
			"8:14: core, kill or restart is wanted here, not \"ignore\"\n"
			"9:15: \"129\" is out of bounds: fd-store is 0 to 128\n"
			"10:38: \"2h\" is out of bounds: time is 100ms to 1h\n"
			"10:46: notify or beat is wanted here, not \"magic\"\n"
			"11:31: a time, as in 10s, or a mapping is wanted here, not a list\n"
			"12:31: \"10\" has no unit: add us, ms, s, min or h, as in 10s\n",
	},
};

const struct jobfile_cases cases_ready = { .list = cases, .n = ARRAY_SIZE(cases) };
