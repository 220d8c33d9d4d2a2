// SPDX-License-Identifier: GPL-2.0
/* Datagrams as the kernel would send them, and others. */
#include "selftests/lib/dgram.h"

#include <assert.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <string.h>

static struct nlmsghdr *begin(struct dgram *d, struct envelope to)
{
	struct nlmsghdr *nlh;

	assert(d->len + 1024 <= sizeof(d->bytes));
	memset(d->bytes + d->len, 0, sizeof(d->bytes) - d->len);
	nlh = mnl_nlmsg_put_header(d->bytes + d->len);
	nlh->nlmsg_type = to.type;
	nlh->nlmsg_flags = to.flags;
	nlh->nlmsg_seq = to.seq;
	nlh->nlmsg_pid = to.portid;
	return nlh;
}

struct nlmsghdr *dgram_begin(struct dgram *d, struct envelope to, uint8_t cmd)
{
	struct nlmsghdr *nlh = begin(d, to);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

void dgram_end(struct dgram *d, struct nlmsghdr *nlh)
{
	d->len += NLMSG_ALIGN(nlh->nlmsg_len);
}

void put_exit(struct nlmsghdr *nlh, uint64_t seq)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, VIGIL_A_WATCH_EXIT);

	mnl_attr_put_u64(nlh, VIGIL_A_EXIT_SEQ, seq);
	mnl_attr_put_u64(nlh, VIGIL_A_EXIT_BOOTTIME, seq * 1000);
	mnl_attr_put_u64(nlh, VIGIL_A_EXIT_REALTIME, seq * 1000 + 1);
	mnl_attr_put_u32(nlh, VIGIL_A_EXIT_CAUSE, VIGIL_CAUSE_SIGNALLED);
	mnl_attr_put_u32(nlh, VIGIL_A_EXIT_SIGNAL, 9);
	mnl_attr_put_u64(nlh, VIGIL_A_EXIT_UTIME, 70);
	mnl_attr_put_u64(nlh, VIGIL_A_EXIT_STIME, 80);
	mnl_attr_put_u64(nlh, VIGIL_A_EXIT_MAXRSS, 90);
	mnl_attr_nest_end(nlh, nest);
}

void put_watch(struct nlmsghdr *nlh, uint64_t id)
{
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_ID, id);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_PID, (uint32_t)id + 100);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_TGID, (uint32_t)id + 100);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_START_TICKS, id * 10);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_START_TIME, id * 20);
	mnl_attr_put_strz(nlh, VIGIL_A_WATCH_OWNER, "owner");
	mnl_attr_put_strz(nlh, VIGIL_A_WATCH_TAG, "tag");
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_FLAGS, VIGIL_WATCH_FLAGS_TRANSIENT);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_STATE, VIGIL_WATCH_STATE_DEAD);
	mnl_attr_put_strz(nlh, VIGIL_A_WATCH_COMM, "victim");
	put_exit(nlh, id);
}

void dgram_watch(struct dgram *d, struct envelope to, uint8_t cmd, uint64_t id)
{
	struct nlmsghdr *nlh = dgram_begin(d, to, cmd);

	put_watch(nlh, id);
	dgram_end(d, nlh);
}

void dgram_dead(struct dgram *d, struct envelope to, uint8_t cmd, uint64_t seq)
{
	struct nlmsghdr *nlh = dgram_begin(d, to, cmd);

	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_EVENT_TYPE, VIGIL_EVENT_TYPE_DEAD);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, seq);
	put_watch(nlh, seq);
	dgram_end(d, nlh);
}

void dgram_gap(struct dgram *d, struct envelope to, uint8_t cmd, uint64_t seq, uint64_t last)
{
	struct nlmsghdr *nlh = dgram_begin(d, to, cmd);

	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_EVENT_TYPE, VIGIL_EVENT_TYPE_GAP);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, seq);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_GAP_LAST, last);
	dgram_end(d, nlh);
}

void put_watchdog(struct nlmsghdr *nlh, uint16_t type)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put_u32(nlh, VIGIL_A_WATCHDOG_STATE_STAGE, VIGIL_WATCHDOG_STAGE_WARNING);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCHDOG_STATE_GATE, VIGIL_WATCHDOG_GATE_CPUS);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCHDOG_STATE_DETAIL, 3);
	mnl_attr_put_strz(nlh, VIGIL_A_WATCHDOG_STATE_DEVICE, "watchdog0");
	mnl_attr_put_u32(nlh, VIGIL_A_WATCHDOG_STATE_TIMEOUT_S, 30);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCHDOG_STATE_RESET_IN_MS, 35000);
	mnl_attr_nest_end(nlh, nest);
}

void dgram_watchdog(struct dgram *d, struct envelope to, uint64_t seq)
{
	struct nlmsghdr *nlh = dgram_begin(d, to, VIGIL_CMD_EVENT_NTF);

	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_EVENT_TYPE, VIGIL_EVENT_TYPE_WATCHDOG);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, seq);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_BOOTTIME, seq * 1000);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_REALTIME, seq * 1000 + 1);
	put_watchdog(nlh, VIGIL_A_WATCH_WATCHDOG);
	dgram_end(d, nlh);
}

void dgram_watchdog_status(struct dgram *d, struct envelope to)
{
	struct nlmsghdr *nlh = dgram_begin(d, to, VIGIL_CMD_WATCHDOG_GET);

	put_watchdog(nlh, VIGIL_A_WATCHDOG_STATE);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCHDOG_GRACE_MS, 5000);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCHDOG_INTERVAL_MS, 1000);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCHDOG_PETS, 7);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCHDOG_WARNINGS, 2);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCHDOG_RECOVERIES, 1);
	dgram_end(d, nlh);
}

void dgram_stats(struct dgram *d, struct envelope to, uint64_t seq)
{
	struct nlmsghdr *nlh = dgram_begin(d, to, VIGIL_CMD_STATS_GET);

	mnl_attr_put_u64(nlh, VIGIL_A_STATS_WATCHES, 1);
	mnl_attr_put_u64(nlh, VIGIL_A_STATS_DEAD, 2);
	mnl_attr_put_u64(nlh, VIGIL_A_STATS_WATCHES_MAX, 3);
	mnl_attr_put_u64(nlh, VIGIL_A_STATS_SEQ, seq);
	mnl_attr_put_u64(nlh, VIGIL_A_STATS_OLDEST_SEQ, 5);
	mnl_attr_put_u64(nlh, VIGIL_A_STATS_RING_SIZE, 6);
	mnl_attr_put_u64(nlh, VIGIL_A_STATS_SEND_FAILURES, 7);
	dgram_end(d, nlh);
}

void dgram_family(struct dgram *d, struct envelope to, uint8_t cmd, uint16_t id,
		  uint32_t version, const char *group, uint32_t group_id)
{
	struct nlmsghdr *nlh = dgram_begin(d, to, cmd);
	struct nlattr *groups, *one;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, "any");
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, id);
	mnl_attr_put_u32(nlh, CTRL_ATTR_VERSION, version);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	one = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, group);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, group_id);
	mnl_attr_nest_end(nlh, one);
	mnl_attr_nest_end(nlh, groups);
	dgram_end(d, nlh);
}

/* Of the message that is answered, a capped one carries the header only. */
void dgram_error(struct dgram *d, struct envelope to, int code, const char *sentence)
{
	struct nlmsghdr *nlh;
	struct nlmsgerr *err;

	to.type = NLMSG_ERROR;
	nlh = begin(d, to);
	nlh->nlmsg_flags |= NLM_F_CAPPED | (sentence ? NLM_F_ACK_TLVS : 0);
	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = code;
	err->msg.nlmsg_len = 100;
	if (sentence)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, sentence);
	dgram_end(d, nlh);
}

void dgram_done(struct dgram *d, struct envelope to, int code)
{
	struct nlmsghdr *nlh;

	to.type = NLMSG_DONE;
	to.flags |= NLM_F_MULTI;
	nlh = begin(d, to);
	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(int)) = code;
	dgram_end(d, nlh);
}
