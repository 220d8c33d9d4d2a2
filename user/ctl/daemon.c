/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to vigild: Documentation/control-socket.md. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "user/ctl/daemon.h"
#include "user/ctl/say.h"

enum {
	SOON_MS = 10000,
	ANSWER_SIZE_MAX = 64 << 20,
	MS_PER_S = 1000,
	NS_PER_MS = 1000000,
};

struct exchange {
	const char *path;
	int fd;
	int64_t deadline_ms;	/* -1: none */
	char *in;
	size_t len, size;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * MS_PER_S + ts.tv_nsec / NS_PER_MS;
}

static int unreachable(const char *path, int err)
{
	if (err == EACCES || err == EPERM) {
		complain("cannot reach vigild at %s: %s; run this as root", path, strerror(err));
		return CTL_DENIED;
	}
	complain("cannot reach vigild at %s: %s; start vigild, or name its socket with --socket",
		 path, err == ENOENT ? "there is no such socket" :
		 err == ECONNREFUSED ? "nobody listens there" : strerror(err));
	return CTL_NO_DAEMON;
}

static int connect_to(struct exchange *x)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int err;

	if (strlen(x->path) >= sizeof(addr.sun_path))
		return unreachable(x->path, ENAMETOOLONG);
	memcpy(addr.sun_path, x->path, strlen(x->path));
	x->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (x->fd >= 0 && !connect(x->fd, (struct sockaddr *)&addr, sizeof(addr)))
		return CTL_OK;
	err = errno;
	if (x->fd >= 0)
		close(x->fd);
	x->fd = -1;
	return unreachable(x->path, err);
}

/* vigild may answer and hang up before it reads, as it does to strangers: read even so. */
static void send_request(struct exchange *x, const char *text)
{
	struct iovec iov[] = { { (char *)text, strlen(text) }, { "\n", 1 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	if (sendmsg(x->fd, &msg, MSG_NOSIGNAL) < 0)
		return;
	shutdown(x->fd, SHUT_WR);
}

static bool wait_readable(const struct exchange *x)
{
	struct pollfd p = { .fd = x->fd, .events = POLLIN };
	int64_t left = -1;
	int n;

	do {
		if (x->deadline_ms >= 0)
			left = x->deadline_ms > now_ms() ? x->deadline_ms - now_ms() : 0;
		n = poll(&p, 1, (int)left);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static bool grow(struct exchange *x)
{
	size_t size = x->size ? 2 * x->size : 4096;
	char *in;

	if (x->size - x->len > 1)
		return true;
	in = size <= ANSWER_SIZE_MAX ? realloc(x->in, size) : NULL;
	if (!in)
		return false;
	x->in = in;
	x->size = size;
	return true;
}

/* Up to the end of the line. Returns NULL or what went wrong. */
static const char *receive(struct exchange *x)
{
	ssize_t n;

	do {
		if (!grow(x))
			return "its answer is too large";
		if (!wait_readable(x))
			return "it does not answer in time";
		n = recv(x->fd, x->in + x->len, x->size - x->len - 1, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return "it ended the connection without an answer";
		x->len += n;
	} while (x->in[x->len - 1] != '\n');
	return NULL;
}

static int status_of_errno(const char *name)
{
	if (!strcmp(name, "ENOENT"))
		return CTL_NOT_FOUND;
	return strcmp(name, "EACCES") ? CTL_FAILED : CTL_DENIED;
}

static int judge(const char *path, json_t *answer)
{
	const char *err = "", *text = "no reason given";
	int ok;

	if (json_unpack(answer, "{s:b, s?s, s?s}", "ok", &ok, "errno", &err, "error", &text)) {
		complain("vigild at %s gave an answer of an unknown form: is it another version?", path);
		return CTL_FAILED;
	}
	if (ok)
		return CTL_OK;
	complain("%s%s", text, strcmp(err, "ENOENT") ? "" : "; \"vigil status\" lists the jobs");
	return status_of_errno(err);
}

static int parse(struct exchange *x, json_t **answer)
{
	int status;

	*answer = json_loadb(x->in, x->len, JSON_REJECT_DUPLICATES, NULL);
	status = judge(x->path, *answer);
	if (status != CTL_OK) {
		json_decref(*answer);
		*answer = NULL;
	}
	return status;
}

static int exchange(struct exchange *x, const char *request, json_t **answer)
{
	const char *wrong;

	send_request(x, request);
	wrong = receive(x);
	if (!wrong)
		return parse(x, answer);
	complain("vigild at %s: %s; see its log", x->path, wrong);
	return CTL_NO_DAEMON;
}

/* Takes over @request; @about is what may have made it impossible. */
static int ask(const struct ctl_args *args, json_t *request, const char *about,
	       enum daemon_patience patience, json_t **answer)
{
	struct exchange x = { .path = args->socket, .fd = -1, .deadline_ms = -1 };
	char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	int status;

	*answer = NULL;
	if (patience == DAEMON_SOON)
		x.deadline_ms = now_ms() + SOON_MS;
	if (!text) {
		complain("\"%s\" cannot be a job's name; \"vigil status\" lists the jobs", about);
		status = CTL_NOT_FOUND;
	} else {
		status = connect_to(&x);
	}
	if (status == CTL_OK)
		status = exchange(&x, text, answer);
	if (x.fd >= 0)
		close(x.fd);
	free(x.in);
	free(text);
	json_decref(request);
	return status;
}

int daemon_ask(const struct ctl_args *args, const char *cmd, const char *job,
	       enum daemon_patience patience, json_t **answer)
{
	return ask(args, json_pack("{s:s, s:s*}", "cmd", cmd, "job", job), job, patience, answer);
}

int daemon_reload(const struct ctl_args *args, const char *id, json_t **answer)
{
	return ask(args, json_pack("{s:s, s:s*}", "cmd", "reload", "plan", id), id, DAEMON_SOON, answer);
}
