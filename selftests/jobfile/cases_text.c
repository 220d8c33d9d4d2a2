/* SPDX-License-Identifier: GPL-2.0 */
/* The text below: YAML that is none or goes too far, bytes that are no text. */
#include "selftests/jobfile/cases.h"

static const struct jobfile_case cases[] = {
	{
		.name = "columns count characters, not bytes",
		.text =
			"jobs:\n"
			"  a: {env: {\303\204: \303\251}, exec: [/bin/\346\227\245\346\234\254, "
			"\350\252\236], nope: 1}\n",
		.want =
			"2:13: \"\303\204\" is no variable's name: letters, digits and _, no "
			"digit first\n"
			"2:40: unknown key \"nope\"; vigil-job(5) tells the known ones\n",
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
			"2:26: unknown key \"b?d\"; vigil-job(5) tells the known ones\n",
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
			"\274\303\274\303\274\303\274\303\274\303\274\303\274...\"; "
			"vigil-job(5) tells the known ones\n",
	},
};

const struct jobfile_cases cases_text = { .list = cases, .n = ARRAY_SIZE(cases) };
