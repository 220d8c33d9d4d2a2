// SPDX-License-Identifier: GPL-2.0
/* Records passed on to journald and to a syslogd. */
#include "user/log/forward.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "user/base/clock.h"
#include "user/log/record.h"

#define JOURNALD_SOCKET "/run/systemd/journal/socket"
#define SYSLOG_SOCKET "/dev/log"

/* RFC 5424, section 6.2.1. */
enum { SEVERITY_ERR = 3, SEVERITY_WARNING = 4, SEVERITY_INFO = 6, SEVERITIES = 8 };

enum { HEADER_SIZE = 512 };

static int severity(enum record_stream stream)
{
	if (stream == RECORD_STDOUT)
		return SEVERITY_INFO;
	return stream == RECORD_STDERR ? SEVERITY_ERR : SEVERITY_WARNING;
}

void forward_open(struct forward *f)
{
	f->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

void forward_close(struct forward *f)
{
	if (f->fd >= 0)
		close(f->fd);
}

static bool send_to(const struct forward *f, const char *path, const char *header, int header_len,
		    const struct record *r, const char *end)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct iovec iov[] = {
		{ (char *)header, (size_t)header_len },
		{ (char *)r->text, r->text_len },
		{ (char *)end, strlen(end) },
	};
	struct msghdr msg = {
		.msg_name = &addr, .msg_namelen = sizeof(addr), .msg_iov = iov, .msg_iovlen = 3,
	};

	memcpy(addr.sun_path, path, strlen(path));
	return sendmsg(f->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/* A text without newlines needs no length: systemd's "Native Journal Protocol". */
static bool to_journald(const struct forward *f, const char *job, const struct record *r)
{
	char header[HEADER_SIZE];
	int n = snprintf(header, sizeof(header),
			 "PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\nVIGIL_JOB=%s\nVIGIL_STREAM=%s\n"
			 "VIGIL_REALTIME_NS=%llu\nMESSAGE=", severity(r->stream), job, job,
			 record_stream_name(r->stream), (unsigned long long)r->realtime_ns);

	return send_to(f, JOURNALD_SOCKET, header, n, r, "\n");
}

/* Local time without a year, and no host: what a syslogd expects on its socket. */
static bool to_syslog(const struct forward *f, const char *job, int facility,
		      const struct record *r)
{
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
	};
	time_t s = (time_t)(r->realtime_ns / NS_PER_S);
	char header[HEADER_SIZE];
	struct tm tm;
	int n;

	if (!localtime_r(&s, &tm))
		return false;
	n = snprintf(header, sizeof(header), "<%d>%s %2d %02d:%02d:%02d %s: ",
		     facility * SEVERITIES + severity(r->stream), months[tm.tm_mon], tm.tm_mday,
		     tm.tm_hour, tm.tm_min, tm.tm_sec, job);
	return send_to(f, SYSLOG_SOCKET, header, n, r, "");
}

static uint64_t forward_line(const struct forward *f, const char *job, const struct log_rules *rules,
			     const struct record *r)
{
	bool taken = true;

	if (rules->journald)
		taken = to_journald(f, job, r);
	if (rules->syslog >= 0)
		taken = to_syslog(f, job, rules->syslog, r) && taken;
	return !taken;
}

uint64_t forward_entry(const struct forward *f, const char *job, const struct ring_entry *e)
{
	const char *at = e->text, *end = e->text + e->len, *newline;
	struct record r;
	uint64_t lost = 0;

	if (!e->rules.journald && e->rules.syslog < 0)
		return 0;
	while (at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		if (record_parse(at, (size_t)(newline - at), &r) == 0)
			lost += forward_line(f, job, &e->rules, &r);
		at = newline + 1;
	}
	return lost;
}
