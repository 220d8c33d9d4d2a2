/* SPDX-License-Identifier: GPL-2.0 */
/* Keys that say what foretells a failure. */
#include "selftests/jobfile/cases.h"

#define PLAIN "argv=[/bin/a] env= user=- group=- directory=/ output=- restart=0 " \
	"backoff=100000..30000000 healthy=10000000 limit=10/60000000 stop=15/10000000 " \
	"autostart=1"

static const struct jobfile_case cases[] = {
	{
		.name = "conditions have defaults",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"    limits: {memory: 1M}\n"
			"    foretell: {memory: {}, descriptors: {}, pressure-memory: {}, pressure-io: {}, "
			"pressure-cpu: {}, disk: {path: /}, growth: {}}\n",
		.good = true,
		.want =
			"a " PLAIN " memory=1048576 nofile=0 foretell=5000000/600000000/1 "
			"0:90%/30000000/0 1:90%/30000000/0 2:20%/30000000/1 3:50%/30000000/1 "
			"4:50%/30000000/1 5:10%/30000000/1:/ 6:90%/30000000/0:600000000/600000000\n",
	},
	{
		.name = "conditions may be written",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: /bin/a\n"
			"    limits: {memory: 1M}\n"
			"    foretell:\n"
			"      interval: 1s\n"
			"      spacing: 0s\n"
			"      at-once: 2\n"
			"      memory: {above: 80%, for: 1min, action: flag}\n"
			"      pressure-memory: {above: 5%, of: full, for: 0s, action: restart}\n"
			"      disk: {path: /var, below: 1G}\n"
			"      growth: {within: 1h, window: 10s, fit: 50%}\n",
		.good = true,
		.want =
			"a " PLAIN " memory=1048576 nofile=0 foretell=1000000/0/2 "
			"0:80%/60000000/1 2:5%/0/0:full 5:10%/30000000/1:/var<1073741824 "
			"6:50%/30000000/0:10000000/3600000000\n",
	},
	{
		.name = "an instance is filled into the path of a disk",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, replicas: 1, foretell: {disk: {path: /srv/%i, below: 5%}}}\n",
		.good = true,
		.want =
			"a@1 " PLAIN " memory=0 nofile=0 foretell=5000000/600000000/1 "
			"5:5%/30000000/1:/srv/1\n",
	},
	{
		.name = "conditions that cannot be are told",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/a, foretell: {}}\n"
			"  b: {exec: /bin/a, foretell: {memory: {}}}\n"
			"  c: {exec: /bin/a, foretell: {growth: {}}}\n"
			"  d: {exec: /bin/a, foretell: {descriptors: {above: 90}}}\n"
			"  e: {exec: /bin/a, foretell: {descriptors: {above: 101%}}}\n"
			"  f: {exec: /bin/a, foretell: {disk: {}}}\n"
			"  g: {exec: /bin/a, foretell: {disk: {path: /, below: 100%}}}\n"
			"  h: {exec: /bin/a, foretell: {disk: {path: /, below: x}}}\n"
			"  i: {exec: /bin/a, foretell: {pressure-io: {of: most, action: stop}}}\n"
			"  j: {exec: /bin/a, limits: {memory: 1M}, foretell: {interval: 2s, growth: {window: 19s}}}\n"
			"  k: {exec: /bin/a, foretell: {interval: 10ms, memori: {}}}\n"
			"  l: {exec: /bin/a, foretell: flag}\n",
		.want =
			"2:31: foretell names no condition: memory, descriptors, pressure-memory, "
			"pressure-io, pressure-cpu, disk or growth\n"
			"3:3: foretell: memory is a share of limits: memory, which is not given\n"
			"4:3: foretell: growth leads up to limits: memory, which is not given\n"
			"5:53: a percentage, as in 90%, is wanted here, not \"90\"\n"
			"6:53: \"101%\" is out of bounds: above is 1% to 100%\n"
			"7:38: key \"path\" is missing: nothing can stand in for it\n"
			"8:55: \"100%\" is out of bounds: below is 1% to 99%\n"
			"9:55: a percentage or a size, as in 10% or 1G, is wanted here, not \"x\"\n"
			"10:50: some or full is wanted here, not \"most\"\n"
			"10:64: restart or flag is wanted here, not \"stop\"\n"
			"11:3: foretell: the window of growth, 19s, is shorter than 10 times the interval, 2s\n"
			"12:42: \"10ms\" is out of bounds: interval is 100ms to 1h\n"
			"12:48: unknown key \"memori\", did you mean \"memory\"?\n"
			"13:31: a mapping, as in {memory: {above: 90%}}, is wanted here, not one word\n",
	},
};

const struct jobfile_cases cases_foretell = { .list = cases, .n = ARRAY_SIZE(cases) };
