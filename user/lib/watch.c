// SPDX-License-Identifier: GPL-2.0
/* Making, reading and ending watches; the counters. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/lib/handle.h"

/* What names the process in a request. */
struct target {
	int pidfd;		/* -1: named by the two below */
	pid_t pid;
	uint64_t start_ticks;
};

static int refuse(struct vigil *v, int err, const char *sentence)
{
	return vnl_conn_explain(&v->ctl, err, sentence);
}

/* The kernel checks these too; here they bound the request. */
static int check_names(struct vigil *v, const char *owner, const char *tag)
{
	size_t owner_len = owner ? strnlen(owner, VIGIL_OWNER_LEN_MAX + 1) : 0;

	if (owner_len == 0)
		return refuse(v, -EINVAL, "a watch needs the name of its owner");
	if (owner_len > VIGIL_OWNER_LEN_MAX)
		return refuse(v, -EINVAL, "the name of the owner is too long");
	if (tag && strnlen(tag, VIGIL_TAG_LEN_MAX + 1) > VIGIL_TAG_LEN_MAX)
		return refuse(v, -EINVAL, "the tag is too long");
	return 0;
}

static int watch_new(struct vigil *v, const struct target *t, const char *owner, const char *tag,
		     uint32_t flags, struct vigil_watch *out)
{
	struct vigil_watch unwanted;
	union vnl_request rq;
	int r;

	r = check_names(v, owner, tag);
	if (r)
		return r;
	vnl_request_init(&rq, VIGIL_CMD_WATCH_NEW, VIGIL_FAMILY_VERSION);
	if (t->pidfd >= 0) {
		mnl_attr_put_u32(&rq.nlh, VIGIL_A_WATCH_PIDFD, (uint32_t)t->pidfd);
	} else {
		mnl_attr_put_u32(&rq.nlh, VIGIL_A_WATCH_PID, (uint32_t)t->pid);
		mnl_attr_put_u64(&rq.nlh, VIGIL_A_WATCH_START_TICKS, t->start_ticks);
	}
	mnl_attr_put_strz(&rq.nlh, VIGIL_A_WATCH_OWNER, owner);
	if (tag && *tag)
		mnl_attr_put_strz(&rq.nlh, VIGIL_A_WATCH_TAG, tag);
	if (flags)
		mnl_attr_put_u32(&rq.nlh, VIGIL_A_WATCH_FLAGS, flags);
	return vnl_handle_do(v, &rq, vnl_parse_watch, out ?: &unwanted);
}

int vigil_watch_pidfd(struct vigil *v, int pidfd, const char *owner, const char *tag,
		      uint32_t flags, struct vigil_watch *out)
{
	const struct target t = { .pidfd = pidfd };

	if (pidfd < 0)
		return refuse(v, -EBADF, "a pidfd is no negative number");
	return watch_new(v, &t, owner, tag, flags, out);
}

/* Whatever process has the ID now: the pidfd holds on to it while the kernel looks. */
static int watch_pid_now(struct vigil *v, pid_t pid, const char *owner, const char *tag,
			 uint32_t flags, struct vigil_watch *out)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int r;

	if (pidfd < 0 && (errno == EINVAL || errno == ENOENT || errno == ESRCH))
		return refuse(v, -ESRCH, "no process has this ID (a thread's is none)");
	if (pidfd < 0)
		return refuse(v, -errno, "");
	r = vigil_watch_pidfd(v, pidfd, owner, tag, flags, out);
	close(pidfd);
	return r;
}

int vigil_watch_pid(struct vigil *v, pid_t pid, uint64_t start_ticks, const char *owner,
		    const char *tag, uint32_t flags, struct vigil_watch *out)
{
	const struct target t = { .pidfd = -1, .pid = pid, .start_ticks = start_ticks };

	if (pid <= 0)
		return refuse(v, -EINVAL, "a process ID is greater than 0");
	if (start_ticks == 0)
		return watch_pid_now(v, pid, owner, tag, flags, out);
	return watch_new(v, &t, owner, tag, flags, out);
}

int vigil_watch_set_eventfd(struct vigil *v, uint64_t id, int eventfd)
{
	union vnl_request rq;

	if (eventfd < 0)
		return refuse(v, -EBADF, "an eventfd is no negative number");
	vnl_request_init(&rq, VIGIL_CMD_WATCH_SET, VIGIL_FAMILY_VERSION);
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_WATCH_ID, id);
	mnl_attr_put_u32(&rq.nlh, VIGIL_A_WATCH_EVENTFD, (uint32_t)eventfd);
	return vnl_handle_do(v, &rq, NULL, NULL);
}

int vigil_release(struct vigil *v, uint64_t id)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_WATCH_DEL, VIGIL_FAMILY_VERSION);
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_WATCH_ID, id);
	return vnl_handle_do(v, &rq, NULL, NULL);
}

int vigil_get(struct vigil *v, uint64_t id, struct vigil_watch *out)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_WATCH_GET, VIGIL_FAMILY_VERSION);
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_WATCH_ID, id);
	return vnl_handle_do(v, &rq, vnl_parse_watch, out);
}

int vigil_stats_get(struct vigil *v, struct vigil_stats *out)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_STATS_GET, VIGIL_FAMILY_VERSION);
	return vnl_handle_do(v, &rq, vnl_parse_stats, out);
}
