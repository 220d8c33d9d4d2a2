// SPDX-License-Identifier: GPL-2.0
/* Reading the black box over netlink. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/notes.h"

static int decode(const struct nlmsghdr *hdr, struct note *out)
{
	struct nlattr *tb[VIGIL_A_NOTE_MAX + 1];
	int type;

	if (genlmsg_parse((struct nlmsghdr *)hdr, 0, tb, VIGIL_A_NOTE_MAX, NULL))
		return -EPROTO;
	for (type = VIGIL_A_NOTE_KIND; type <= VIGIL_A_NOTE_MAX; type++)
		if (!tb[type])
			return -EPROTO;
	if (nla_len(tb[VIGIL_A_NOTE_KIND]) != sizeof(out->kind) ||
	    nla_len(tb[VIGIL_A_NOTE_NUMBER]) != sizeof(out->number) ||
	    nla_len(tb[VIGIL_A_NOTE_BOOTTIME]) != sizeof(out->boottime_ns) ||
	    nla_len(tb[VIGIL_A_NOTE_TEXT]) > (int)sizeof(out->text))
		return -EPROTO;
	out->kind = nla_get_u32(tb[VIGIL_A_NOTE_KIND]);
	out->number = nla_get_u64(tb[VIGIL_A_NOTE_NUMBER]);
	out->boottime_ns = nla_get_u64(tb[VIGIL_A_NOTE_BOOTTIME]);
	nla_strlcpy(out->text, tb[VIGIL_A_NOTE_TEXT], sizeof(out->text));
	return 0;
}

/* Returns 1 at the end of the dump. */
static int take(struct client *c, struct notes *out, int len)
{
	struct nlmsghdr *hdr;
	int err;

	for (hdr = (void *)c->buf; nlmsg_ok(hdr, len); hdr = nlmsg_next(hdr, &len)) {
		if (hdr->nlmsg_type == NLMSG_ERROR || hdr->nlmsg_type == NLMSG_DONE) {
			err = *(const int *)nlmsg_data(hdr);
			return err ? err : 1;
		}
		if (out->count == NOTES_MAX || decode(hdr, &out->note[out->count++]))
			return -EPROTO;
	}
	return 0;
}

int notes_read(struct client *c, struct notes *out)
{
	int ret = client_send(c, client_msg(c, VIGIL_CMD_BLACKBOX_GET, NLM_F_DUMP));
	int len;

	out->count = 0;
	while (!ret) {
		len = recv(nl_socket_get_fd(c->sk), c->buf, sizeof(c->buf), 0);
		ret = len < 0 ? -errno : take(c, out, len);
	}
	return ret < 0 ? ret : 0;
}

const struct note *notes_find(const struct notes *n, uint32_t kind, const char *part)
{
	int i;

	for (i = n->count - 1; i >= 0; i--)
		if (n->note[i].kind == kind && strstr(n->note[i].text, part))
			return &n->note[i];
	return NULL;
}
