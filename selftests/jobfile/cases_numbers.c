/* SPDX-License-Identifier: GPL-2.0 */
/* Values that are numbers: durations, sizes, counts. */
#include "selftests/jobfile/cases.h"

static const struct jobfile_case cases[] = {
	{
		.name = "the numbers of log have bounds",
		.text =
			"jobs:\n"
			"  a:\n"
			"    exec: [/bin/true]\n"
			"    log:\n"
			"      max-size: 255K\n"
			"      max-files: 0\n"
			"      rate-limit: {max: 1000001, within: 2h}\n"
			"      max-fils: 1\n",
		.want =
			"5:17: \"255K\" is out of bounds: max-size is 256K to 1T\n"
			"6:18: \"0\" is out of bounds: max-files is 1 to 100\n"
			"7:25: \"1000001\" is out of bounds: max is 0 to 1000000\n"
			"7:42: \"2h\" is out of bounds: within is 1s to 1h\n"
			"8:7: unknown key \"max-fils\", did you mean \"max-files\"?\n",
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
};

const struct jobfile_cases cases_numbers = { .list = cases, .n = ARRAY_SIZE(cases) };
