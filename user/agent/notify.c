// SPDX-License-Identifier: GPL-2.0
/*
 * The socket that jobs send their sd_notify(3) messages to.
 *
 * A message is looked at, obeyed, and taken off the socket only when the store has what followed from
 * it: a vigild that is killed in between finds it again, and obeying it twice does no harm.
 */
#include "user/agent/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/holder_wire.h"
#include "user/agent/phase.h"
#include "user/agent/sender.h"
#include "user/base/clock.h"
#include "user/base/fdpass.h"
#include "user/base/log.h"
#include "user/base/path.h"

/* One message as it came. */
struct datagram {
	char text[NOTIFY_TEXT_MAX];
	size_t len;
	struct fdpass with;
};

/* The first message that waits; it stays there. False: there is none. */
static bool look(struct agent *a, struct datagram *d)
{
	ssize_t n = fdpass_recv_all(a->notify.src.fd, d->text, sizeof(d->text), &d->with,
				    MSG_PEEK | MSG_DONTWAIT);

	d->len = n < 0 ? 0 : (size_t)n;
	return n >= 0;
}

/* What came with it is closed after that: fdpass_close() says why. */
static void forget_first(struct agent *a, struct fdpass *with)
{
	char none;

	a->notify.handled = false;
	if (recv(a->notify.src.fd, &none, sizeof(none), MSG_DONTWAIT) < 0)
		log_debug("a message has gone: %s", strerror(errno));
	fdpass_close(with);
}

/* Once in a while: who sends is anybody. */
static void drop(struct agent *a, pid_t pid, const char *why)
{
	struct notify *n = &a->notify;
	uint64_t now = clock_us();

	n->dropped++;
	n->untold++;
	if (now < n->tell_us)
		return;
	log_warning("%" PRIu64 " notification%s dropped, the last from pid %d: %s", n->untold,
		    n->untold == 1 ? " was" : "s were", pid, why);
	n->untold = 0;
	n->tell_us = now + AGENT_DROPPED_TELL_US;
}

/* Whose message it is; NULL: nobody's who may send any. */
static struct job *addressee(struct agent *a, pid_t pid, bool cut)
{
	struct job *job;

	if (cut || pid <= 0) {
		drop(a, pid, "it is too long, or has lost what it carried");
		return NULL;
	}
	job = sender_job(a, pid);
	if (!job || !job->inst.pid) {
		drop(a, pid, "it is no process of a job");
		return NULL;
	}
	if (!ready_hears(job->spec) || phase_command(job)) {
		drop(a, pid, "its job is not to notify, or not yet");
		return NULL;
	}
	if (job->spec->ready.access == JOB_ACCESS_MAIN && pid != job->inst.pid) {
		drop(a, pid, "it is not the main process of its job, which has no notify-access: all");
		return NULL;
	}
	return job;
}

/* True: the store must have what followed. */
static bool obey(struct agent *a, pid_t pid, const char *text, size_t len, struct fdpass *with)
{
	struct job *job = addressee(a, pid, with->cut);
	struct notify_message m;
	bool store = false;

	if (job && notify_parse(text, len, &m))
		drop(a, pid, "it is malformed");
	else if (job)
		store = ready_message(job, &m, with->fds, with->nfds);
	return store;
}

static bool obey_datagram(struct agent *a, struct datagram *d)
{
	return obey(a, d->with.pid, d->text, d->len, &d->with);
}

static void replay(void *arg, pid_t pid, const char *text, size_t len, struct fdpass *with)
{
	obey(arg, pid, text, len, with);
	fdpass_close(with);
}

void notify_replay(struct agent *a)
{
	holder_hear(&a->holder, replay, a);
}

static void readable(void *arg, uint32_t events)
{
	static struct datagram d;
	struct agent *a = arg;
	int n;

	(void)events;
	for (n = 0; n < AGENT_NOTIFIES_PER_TURN && !a->notify.handled && look(a, &d); n++) {
		a->notify.handled = obey_datagram(a, &d);
		if (a->notify.handled)
			a->notify.with = d.with;
		else
			forget_first(a, &d.with);
	}
}

void notify_turn(struct agent *a)
{
	if (a->notify.handled)
		forget_first(a, &a->notify.with);
	holder_heard(&a->holder);
}

void notify_catch_up(struct agent *a)
{
	static struct datagram d;
	int n;

	if (!loop_has(&a->notify.src))
		return;
	if (a->notify.handled)
		forget_first(a, &a->notify.with);
	for (n = 0; n < AGENT_NOTIFIES_CATCH_UP && look(a, &d); n++) {
		obey_datagram(a, &d);
		forget_first(a, &d.with);
	}
}

void notify_move_main(struct job *job, pid_t pid)
{
	int err;

	if (pid == job->inst.pid)
		return;
	/* Asked again when it is watched: by then its ID cannot be another's. */
	if (sender_job(job->agent, pid) != job) {
		log_warning("%s: MAINPID=%d is no process of it", job->name, pid);
		return;
	}
	err = watch_move(job, pid);
	if (err)
		log_error("%s: cannot watch pid %d as its main process: %s", job->name, pid,
			  strerror(-err));
	else
		log_notice("%s: its main process is pid %d now", job->name, pid);
}

static int bind_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int on = 1, err;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	strcpy(addr.sun_path, path);
	unlink(path);
	/* Credentials come with what is sent from now on: before there is a name to send to. */
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0 &&
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0 && chmod(path, 0666) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Jobs run in directories of their own. */
static int name_socket(struct agent *a)
{
	char dir[PATH_MAX];

	if (!realpath(a->opt.run_dir, dir))
		return -errno;
	return path_join(a->notify.path, sizeof(a->notify.path), dir, "notify", "");
}

void notify_open(struct agent *a)
{
	struct notify *n = &a->notify;
	int err = name_socket(a), fd = -1;

	n->src = (struct loop_source){ .fd = -1, .fn = readable, .arg = a };
	if (!err) {
		fd = holder_take(&a->holder, HOLDER_NOTIFY_KEY);
		n->kept = fd >= 0;
		if (fd < 0)
			fd = bind_socket(n->path);
		err = fd < 0 ? fd : loop_add(&a->loop, &n->src, fd, EPOLLIN);
	}
	if (!err)
		return;
	log_error("jobs cannot notify, no socket can be had: %s", strerror(-err));
	if (fd >= 0)
		close(fd);
	n->path[0] = '\0';
}

void notify_keep(struct agent *a)
{
	struct notify *n = &a->notify;

	if (!n->kept && loop_has(&n->src))
		n->kept = holder_store(&a->holder, HOLDER_NOTIFY_KEY, n->src.fd) == 0;
}

void notify_release(struct agent *a)
{
	size_t i;

	for (i = 0; i < a->jobs.n; i++)
		if (a->jobs.list[i]->inst.pid && ready_hears(a->jobs.list[i]->spec))
			return;
	holder_remove(&a->holder, HOLDER_NOTIFY_KEY);
}

void notify_close(struct agent *a)
{
	int fd = a->notify.src.fd;

	if (fd < 0)
		return;
	loop_del(&a->loop, &a->notify.src);
	close(fd);
}
