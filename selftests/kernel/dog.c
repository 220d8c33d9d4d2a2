// SPDX-License-Identifier: GPL-2.0
/* Requests about the hardware watchdog, and its files in sysfs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "selftests/kernel/decode.h"
#include "selftests/kernel/dog.h"
#include "selftests/kernel/pace.h"

enum { LINE = 256, DOGS_MAX = 10 };

static struct nla_policy policy[VIGIL_A_WATCHDOG_MAX + 1] = {
	[VIGIL_A_WATCHDOG_STATE] = { .type = NLA_NESTED },
	[VIGIL_A_WATCHDOG_GRACE_MS] = { .type = NLA_U32 },
	[VIGIL_A_WATCHDOG_INTERVAL_MS] = { .type = NLA_U32 },
	[VIGIL_A_WATCHDOG_PETS] = { .type = NLA_U64 },
	[VIGIL_A_WATCHDOG_WARNINGS] = { .type = NLA_U64 },
	[VIGIL_A_WATCHDOG_RECOVERIES] = { .type = NLA_U64 },
};

static char name[DEVICE_MAX];

bool dog_load(void)
{
	if (system("modprobe softdog soft_noboot=1"))
		return false;
	for (int i = 0; i < DOGS_MAX; i++) {
		snprintf(name, sizeof(name), "watchdog%d", i);
		if (!strcmp(knob_read(dog_file("identity")), "Software Watchdog"))
			return true;
	}
	return false;
}

const char *dog_name(void)
{
	return name;
}

const char *dog_device(void)
{
	static char path[LINE];

	snprintf(path, sizeof(path), "/dev/%s", name);
	return path;
}

const char *dog_file(const char *file)
{
	static char path[LINE];

	snprintf(path, sizeof(path), "/sys/class/watchdog/%s/%s", name, file);
	return path;
}

static int decode_status(const struct nlmsghdr *hdr, struct dog_status *out)
{
	struct nlattr *tb[VIGIL_A_WATCHDOG_MAX + 1];

	if (hdr->nlmsg_type == NLMSG_ERROR)
		return 0;
	if (nlmsg_parse((struct nlmsghdr *)hdr, GENL_HDRLEN, tb, VIGIL_A_WATCHDOG_MAX, policy))
		return -EPROTO;
	for (int i = VIGIL_A_WATCHDOG_GRACE_MS; i <= VIGIL_A_WATCHDOG_MAX; i++)
		if (!tb[i])
			return -EPROTO;
	out->grace_ms = nla_get_u32(tb[VIGIL_A_WATCHDOG_GRACE_MS]);
	out->interval_ms = nla_get_u32(tb[VIGIL_A_WATCHDOG_INTERVAL_MS]);
	out->pets = nla_get_u64(tb[VIGIL_A_WATCHDOG_PETS]);
	out->warnings = nla_get_u64(tb[VIGIL_A_WATCHDOG_WARNINGS]);
	out->recoveries = nla_get_u64(tb[VIGIL_A_WATCHDOG_RECOVERIES]);
	return decode_dog(tb[VIGIL_A_WATCHDOG_STATE], &out->now);
}

/* The answer is looked at before client_answer() takes it, which knows watches only. */
static int call(struct client *c, struct nl_msg *msg, struct dog_status *out)
{
	const struct nlmsghdr *sent = (const void *)c->sent;
	struct dog_status unwanted;
	int err = client_send(c, msg);
	int ret;

	if (err)
		return err;
	if (recv(nl_socket_get_fd(c->sk), c->buf, sizeof(c->buf), MSG_PEEK) < 0)
		return -errno;
	ret = decode_status((const void *)c->buf, out ? out : &unwanted);
	return client_answer(c, sent->nlmsg_seq, NULL, NULL) ?: ret;
}

int dog_arm(struct client *c, const struct dog_wish *wish, struct dog_status *out)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_WATCHDOG_ARM, 0);

	if (wish->fd >= 0)
		nla_put_u32(msg, VIGIL_A_WATCHDOG_FD, wish->fd);
	if (wish->device)
		nla_put_string(msg, VIGIL_A_WATCHDOG_DEVICE, wish->device);
	if (wish->timeout_s)
		nla_put_u32(msg, VIGIL_A_WATCHDOG_TIMEOUT_S, wish->timeout_s);
	if (wish->grace_ms)
		nla_put_u32(msg, VIGIL_A_WATCHDOG_GRACE_MS, *wish->grace_ms);
	return call(c, msg, out);
}

int dog_disarm(struct client *c)
{
	int err = client_send(c, client_msg(c, VIGIL_CMD_WATCHDOG_DISARM, NLM_F_ACK));
	const struct nlmsghdr *sent = (const void *)c->sent;

	return err ? err : client_answer(c, sent->nlmsg_seq, NULL, NULL);
}

int dog_get(struct client *c, struct dog_status *out)
{
	return call(c, client_msg(c, VIGIL_CMD_WATCHDOG_GET, 0), out);
}

static void path_of(char *path, const char *file)
{
	snprintf(path, LINE, "%s%s", file[0] == '/' ? "" : KNOBS, file);
}

int knob_write(const char *file, const char *text)
{
	char path[LINE];
	int fd, ret;

	path_of(path, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

const char *knob_read(const char *file)
{
	static char line[LINE];
	char path[LINE];
	ssize_t n;
	int fd;

	path_of(path, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, line, sizeof(line) - 1);
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
	return line;
}

/* No file of sysfs can be waited for; it is looked at again and again. */
bool knob_becomes(const char *file, const char *text)
{
	return AWAIT(!strcmp(knob_read(file), text));
}
