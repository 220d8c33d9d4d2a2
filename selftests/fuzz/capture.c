// SPDX-License-Identifier: GPL-2.0
/* Writes what the kernel says, datagram by datagram, as seeds for the fuzzer of libvigil's parsers. */
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/vigil.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "selftests/fuzz/link.h"
#include "selftests/kernel/victim.h"

enum { QUIET_MS = 2000 };

static const char *folder;

static void write_seed(const char *name, const void *bytes, size_t len)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		exit(1);
	close(fd);
}

/* The answer is there when the call returns; an event is waited for. */
static void keep(struct link *l, const char *name)
{
	static char buf[LINK_BUF];
	struct pollfd pfd = { .fd = l->fd, .events = POLLIN };
	ssize_t got;

	if (poll(&pfd, 1, QUIET_MS) != 1)
		exit(1);
	got = recv(l->fd, buf, sizeof(buf), 0);
	if (got < 0)
		exit(1);
	write_seed(name, buf, got);
	while (recv(l->fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		continue;
}

static struct nlmsghdr *begin(struct link *l, char *buf, uint16_t type, int flags, int cmd)
{
	struct nlmsghdr *hdr = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	hdr->nlmsg_type = type;
	hdr->nlmsg_flags = NLM_F_REQUEST | flags;
	hdr->nlmsg_seq = ++l->seq;
	genl = mnl_nlmsg_put_extra_header(hdr, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return hdr;
}

static void call(struct link *l, struct nlmsghdr *hdr, const char *name)
{
	if (mnl_socket_sendto(l->nl, hdr, hdr->nlmsg_len) < 0)
		exit(1);
	keep(l, name);
}

static void watch(struct link *l, const struct victim *v, const char *owner, const char *name)
{
	char buf[REQUEST_BYTES];
	struct nlmsghdr *hdr = begin(l, buf, l->family, 0, VIGIL_CMD_WATCH_NEW);

	mnl_attr_put_u32(hdr, VIGIL_A_WATCH_PIDFD, v->pidfd);
	mnl_attr_put_strz(hdr, VIGIL_A_WATCH_OWNER, owner);
	mnl_attr_put_strz(hdr, VIGIL_A_WATCH_TAG, name);
	call(l, hdr, name);
}

static void ask(struct link *l, int flags, int cmd, const char *name)
{
	char buf[REQUEST_BYTES];

	call(l, begin(l, buf, l->family, flags, cmd), name);
}

static void ask_family(struct link *l)
{
	char buf[REQUEST_BYTES];
	struct nlmsghdr *hdr = begin(l, buf, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY);

	mnl_attr_put_strz(hdr, CTRL_ATTR_FAMILY_NAME, VIGIL_FAMILY_NAME);
	call(l, hdr, "family");
}

int main(int argc, char **argv)
{
	struct link l, events;
	struct victim v[2];
	int code = 7;

	if (argc != 2 || link_open(&l, false) || link_open(&events, true) ||
	    victim_start(&v[0], life_exit, &code) || victim_start(&v[1], life_pause, NULL))
		return 1;
	folder = argv[1];
	ask_family(&l);
	watch(&l, &v[0], "capture", "watch");
	watch(&l, &v[1], "capture", "other");
	watch(&l, &v[1], "capture", "refused");
	victim_go(&v[0]);
	keep(&events, "exited");
	victim_end(&v[1]);
	keep(&events, "killed");
	ask(&l, NLM_F_DUMP, VIGIL_CMD_WATCH_GET, "dump");
	ask(&l, NLM_F_DUMP, VIGIL_CMD_EVENT_GET, "replay");
	ask(&l, NLM_F_ACK, VIGIL_CMD_STATS_GET, "stats");
	ask(&l, 0, VIGIL_CMD_WATCH_DEL, "missing");
	victim_end(&v[0]);
	return 0;
}
