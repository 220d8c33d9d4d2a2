// SPDX-License-Identifier: GPL-2.0
/*
 * The API's thread.
 *
 * It has an epoll set of its own, with that of libmicrohttpd in it, and shares with the loop: two rings, by
 * which calls go to the loop and come back (call.h says who owns one when); what is published (published.h);
 * three descriptors and two flags. No lock: neither waits for the other, however slow a client is.
 *
 * vigild makes processes while this thread runs. A child is a copy of the loop's thread alone, and does
 * nothing until its exec but system calls, so that it does not matter what this thread was
 * amid. All descriptors are closed on exec. The thread has ended before vigild becomes another program.
 */
#include "user/api/server_impl.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "user/api/answer.h"
#include "user/base/clock.h"
#include "user/base/log.h"

static void library_says(void *arg, const char *fmt, va_list ap)
{
	char text[256];

	(void)arg;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	log_debug("api: %s", text);
}

/* Addresses are matched as they are sent, and what names something is decoded by us: it may have a slash in it. */
static size_t leave_escaped(void *arg, struct MHD_Connection *mhd, char *text)
{
	(void)arg;
	(void)mhd;
	return strlen(text);
}

static struct MHD_Daemon *start_daemon(struct api_server *s)
{
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
				exchange_take, s,
				MHD_OPTION_EXTERNAL_LOGGER, library_says, NULL,
				MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned int)API_CONNECTIONS_MAX,
				MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)API_IDLE_MS / 1000,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)API_MEMORY_MAX,
				MHD_OPTION_STRICT_FOR_CLIENT, 1,
				MHD_OPTION_NOTIFY_CONNECTION, conn_notify, s,
				MHD_OPTION_NOTIFY_COMPLETED, exchange_over, s,
				MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, s,
				MHD_OPTION_END);
}

static void take_answers(struct api_server *s)
{
	struct api_call *call;

	while ((call = ring_get(&s->answers)))
		exchange_resume(caa_container_of(call, struct exchange, call));
}

static int add_fd(const struct api_server *s, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

static int time_left(const struct api_server *s)
{
	uint64_t now_ms = server_now_ms(), left = API_SWEEP_MS;
	MHD_UNSIGNED_LONG_LONG library_ms;

	if (s->sweep_ms <= now_ms)
		return 0;
	if (s->sweep_ms - now_ms < left)
		left = s->sweep_ms - now_ms;
	if (MHD_get_timeout(s->daemon, &library_ms) == MHD_YES && library_ms < left)
		left = library_ms;
	/* With nobody there, nothing is late. */
	return TAILQ_EMPTY(&s->conns) ? -1 : (int)left;
}

static void look_at_times(struct api_server *s)
{
	uint64_t now_ms = server_now_ms();

	if (now_ms < s->sweep_ms)
		return;
	s->sweep_ms = now_ms + API_SWEEP_MS;
	conn_sweep(s);
	if (now_ms < s->beat_ms)
		return;
	s->beat_ms = now_ms + API_HEARTBEAT_MS;
	stream_resume_all(s, true);
}

static void turn(struct api_server *s, int timeout_ms)
{
	struct epoll_event events[4];
	eventfd_t n;

	if (epoll_wait(s->epoll_fd, events, 4, timeout_ms) < 0 && errno != EINTR)
		log_error("the API's epoll fails: %s", strerror(errno));
	eventfd_read(s->wake_fd, &n);
	take_answers(s);
	stream_resume_all(s, false);
	look_at_times(s);
	MHD_run(s->daemon);
}

static void refuse_all(struct api_server *s)
{
	struct exchange *x;

	while ((x = TAILQ_FIRST(&s->waiting))) {
		x->call.answer = answer_refusal("ESHUTDOWN", "vigild ends");
		exchange_resume(x);
	}
}

/* A connection that is suspended when the library ends would be a bug to it. */
static void end(struct api_server *s)
{
	uint64_t due_ms = server_now_ms() + API_END_MS;

	MHD_quiesce_daemon(s->daemon);
	take_answers(s);
	refuse_all(s);
	stream_resume_all(s, false);
	while (s->busy && server_now_ms() < due_ms)
		turn(s, 10);
	stream_resume_all(s, false);
	MHD_stop_daemon(s->daemon);
}

static void *serve(void *arg)
{
	struct api_server *s = arg;

	pthread_setname_np(pthread_self(), "vigild-api");
	rcu_register_thread();
	while (!atomic_load(&s->ending))
		turn(s, time_left(s));
	end(s);
	rcu_unregister_thread();
	return NULL;
}

/* The signals are the loop's. The thread that frees what is retired is made here, for the same reason. */
static int start_thread(struct api_server *s)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&s->thread, NULL, serve, s);
	if (!err)
		get_default_call_rcu_data();
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -err;
}

static void free_server(struct api_server *s)
{
	close(s->epoll_fd);
	close(s->wake_fd);
	close(s->call_fd);
	free(s);
}

static int watch_fds(struct api_server *s)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	return !info || add_fd(s, info->epoll_fd) || add_fd(s, s->wake_fd) ? -errno : 0;
}

struct api_server *api_start(int listen_fd, const struct api_config *config)
{
	struct api_server *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return NULL;
	s->config = *config;
	s->listen_fd = listen_fd;
	TAILQ_INIT(&s->conns);
	TAILQ_INIT(&s->waiting);
	TAILQ_INIT(&s->followers);
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->call_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->daemon = start_daemon(s);
	err = s->daemon ? watch_fds(s) : -EIO;
	if (!err)
		err = start_thread(s);
	if (!err)
		return s;
	if (s->daemon) {
		MHD_quiesce_daemon(s->daemon);
		MHD_stop_daemon(s->daemon);
	}
	free_server(s);
	errno = -err;
	return NULL;
}

int api_call_fd(const struct api_server *s)
{
	return s->call_fd;
}

struct api_call *api_next_call(struct api_server *s)
{
	return ring_get(&s->calls);
}

void api_answer(struct api_server *s, struct api_call *call)
{
	/* There are no more calls than the ring has room for. */
	ring_put(&s->answers, call);
	eventfd_write(s->wake_fd, 1);
}

void api_wake(struct api_server *s)
{
	if (atomic_load(&s->followed))
		eventfd_write(s->wake_fd, 1);
}

int api_end(struct api_server *s)
{
	int listen_fd = s->listen_fd;

	atomic_store(&s->ending, true);
	eventfd_write(s->wake_fd, 1);
	pthread_join(s->thread, NULL);
	free_server(s);
	return listen_fd;
}
