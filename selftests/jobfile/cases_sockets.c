/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets that a job is given open. */
#include "selftests/jobfile/cases.h"

#define HEAD "jobs:\n  a:\n    exec: [/bin/true]\n"
#define SPEC " argv=[/bin/true] env= user=- group=- directory=/ output=- restart=0 " \
	"backoff=100000..30000000 healthy=10000000 limit=10/60000000 stop=15/10000000 " \
	"autostart=1 memory=0 nofile=0"

static const struct jobfile_case cases[] = {
	{
		.name = "every kind of address is taken",
		.text = HEAD
			"    sockets:\n"
			"      - {stream: 127.0.0.1:80}\n"
			"      - {stream: \"[::1]:65535\", name: six, backlog: 1, reuse-port: true}\n"
			"      - {datagram: \"*:53\"}\n"
			"      - {seqpacket: /run/a.sock, mode: 0600, user: root, group: \"5\", on-demand: true}\n"
			"      - {stream: \"@a\"}\n",
		.good = true,
		.want = "a" SPEC
			" socket=a/1/127.0.0.1:80/16/4096 socket=six/1/[::1]:65535/28/1/reuse "
			"socket=a/2/*:53/28/4096 socket=a/5//run/a.sock/14/4096/600:root:5/demand "
			"socket=a/1/@a/4/4096\n",
	},
	{
		.name = "addresses differ from replica to replica",
		.text =
			"jobs:\n"
			"  a: {exec: /bin/true, replicas: 2, sockets: [{stream: \"127.0.0.1:80%i\"}]}\n",
		.good = true,
		.want = "a@1" SPEC " socket=a@1/1/127.0.0.1:801/16/4096\n"
			"a@2" SPEC " socket=a@2/1/127.0.0.1:802/16/4096\n",
	},
	{
		.name = "what is no address is told",
		.text = HEAD
			"    sockets:\n"
			"      - {stream: \"8080\"}\n"
			"      - {stream: 127.0.0.1:0}\n"
			"      - {stream: 127.0.0.1:65536}\n"
			"      - {stream: 127.0.0.256:1}\n"
			"      - {stream: \"::1:80\"}\n"
			"      - {stream: \"[::1]\"}\n"
			"      - {stream: localhost:80}\n"
			"      - {stream: \"/\"}\n"
			"      - {stream: \"\"}\n",
		.want =
			"5:18: \"8080\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a path, or "
			"\"@name\"\n"
			"6:18: \"127.0.0.1:0\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a "
			"path, or \"@name\"\n"
			"7:18: \"127.0.0.1:65536\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a "
			"path, or \"@name\"\n"
			"8:18: \"127.0.0.256:1\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a "
			"path, or \"@name\"\n"
			"9:18: \"::1:80\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a path, or "
			"\"@name\"\n"
			"10:18: \"[::1]\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a path, or "
			"\"@name\"\n"
			"11:18: \"localhost:80\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a "
			"path, or \"@name\"\n"
			"12:18: \"/\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a path, or "
			"\"@name\"\n"
			"13:18: \"\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a path, or "
			"\"@name\"\n",
	},
	{
		.name = "what does not go with an address is told",
		.text = HEAD
			"    sockets:\n"
			"      - {}\n"
			"      - {stream: 127.0.0.1:80, datagram: 127.0.0.1:80}\n"
			"      - {seqpacket: 127.0.0.1:80}\n"
			"      - {stream: 127.0.0.1:81, mode: 0600}\n"
			"      - {stream: \"@x\", user: root}\n"
			"      - {stream: /x, reuse-port: true}\n"
			"      - {stream: 127.0.0.1:82}\n"
			"      - {stream: 127.0.0.1:82}\n"
			"      - {datagram: 127.0.0.1:82, name: \"a:b\"}\n"
			"      - {stream: 127.0.0.1:83, backlog: 0}\n"
			"      - x\n",
		.want =
			"5:9: a socket needs an address: one of stream, datagram and seqpacket\n"
			"6:42: a socket is one of stream, datagram and seqpacket: keep one\n"
			"7:21: seqpacket is for paths and names with @: use stream\n"
			"8:9: mode, user and group belong to a socket with a path\n"
			"9:9: mode, user and group belong to a socket with a path\n"
			"10:9: reuse-port belongs to a socket with a port\n"
			"12:9: address \"127.0.0.1:82\" is given twice: keep one\n"
			"13:40: bad socket name \"a:b\": up to 255 visible ASCII characters but \":\"\n"
			"14:41: \"0\" is out of bounds: backlog is 1 to 65535\n"
			"15:9: a mapping, as in {stream: 127.0.0.1:80}, is wanted here, not one word\n",
	},
	{
		.name = "sockets are a list",
		.text = HEAD "    sockets: {stream: 127.0.0.1:80}\n",
		.want =
			"4:14: a list, as in [{stream: 127.0.0.1:80}], is wanted here, not a mapping\n",
	},
};

const struct jobfile_cases cases_sockets = { .list = cases, .n = ARRAY_SIZE(cases) };
