// SPDX-License-Identifier: GPL-2.0
/* The event loop: descriptors, timers and signals on one epoll. */
#include "user/base/loop.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "user/base/clock.h"

static void timer_fd_ready(void *arg, uint32_t events)
{
	struct loop *l = arg;
	uint64_t expirations;

	(void)events;
	/* Only to clear readiness: the heap says what is due. */
	if (read(l->timer_src.fd, &expirations, sizeof(expirations)) > 0)
		l->timer_set_us = 0;
}

int loop_init(struct loop *l, size_t timers_max)
{
	int fd, err;

	memset(l, 0, sizeof(*l));
	l->timer_src = (struct loop_source){ .fd = -1, .fn = timer_fd_ready, .arg = l };
	l->signal_src.fd = -1;
	err = timers_init(&l->timers, timers_max);
	if (err)
		return err;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0) {
		err = -errno;
		goto fini_timers;
	}
	fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd < 0) {
		err = -errno;
		goto close_epoll;
	}
	err = loop_add(l, &l->timer_src, fd, EPOLLIN);
	if (!err)
		return 0;
	close(fd);
close_epoll:
	close(l->epoll_fd);
fini_timers:
	timers_fini(&l->timers);
	return err;
}

static void drop_source(struct loop *l, struct loop_source *s)
{
	int fd = s->fd;

	if (fd < 0)
		return;
	loop_del(l, s);
	close(fd);
}

void loop_fini(struct loop *l)
{
	drop_source(l, &l->signal_src);
	drop_source(l, &l->timer_src);
	close(l->epoll_fd);
	timers_fini(&l->timers);
}

static int control(struct loop *l, int op, struct loop_source *s, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = s };

	return epoll_ctl(l->epoll_fd, op, fd, &ev) ? -errno : 0;
}

int loop_add(struct loop *l, struct loop_source *s, int fd, uint32_t events)
{
	int err = control(l, EPOLL_CTL_ADD, s, fd, events);

	s->fd = err ? -1 : fd;
	return err;
}

int loop_change(struct loop *l, struct loop_source *s, uint32_t events)
{
	return control(l, EPOLL_CTL_MOD, s, s->fd, events);
}

void loop_del(struct loop *l, struct loop_source *s)
{
	int i;

	if (s->fd < 0)
		return;
	control(l, EPOLL_CTL_DEL, s, s->fd, 0);
	s->fd = -1;
	for (i = l->batch_at; i < l->batch_len; i++)
		if (l->batch[i].data.ptr == s)
			l->batch[i].data.ptr = NULL;
}

void loop_arm(struct loop *l, struct loop_timer *t, uint64_t due_us)
{
	timers_arm(&l->timers, t, due_us);
}

void loop_disarm(struct loop *l, struct loop_timer *t)
{
	timers_disarm(&l->timers, t);
}

static void signal_fd_ready(void *arg, uint32_t events)
{
	struct loop *l = arg;
	struct signalfd_siginfo si;

	(void)events;
	while (loop_has(&l->signal_src) && read(l->signal_src.fd, &si, sizeof(si)) == sizeof(si))
		l->on_signal(l->signal_arg, (int)si.ssi_signo);
}

int loop_signals(struct loop *l, const sigset_t *set, void (*fn)(void *arg, int signo), void *arg)
{
	int fd, err;

	l->on_signal = fn;
	l->signal_arg = arg;
	l->signal_src.fn = signal_fd_ready;
	l->signal_src.arg = l;
	if (sigprocmask(SIG_BLOCK, set, NULL))
		return -errno;
	fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	err = loop_add(l, &l->signal_src, fd, EPOLLIN);
	if (err)
		close(fd);
	return err;
}

void loop_after(struct loop *l, bool (*fn)(void *arg), void *arg)
{
	l->after = fn;
	l->after_arg = arg;
}

int loop_begin(struct loop *l, size_t timers_max, void (*on_signal)(void *arg, int signo),
	       bool (*after)(void *arg), void *arg)
{
	sigset_t signals;
	int err = loop_init(l, timers_max);

	if (err)
		return err;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	loop_after(l, after, arg);
	return loop_signals(l, &signals, on_signal, arg);
}

static void run_timers(struct loop *l)
{
	uint64_t now = clock_us();
	struct loop_timer *t;

	/* The clock is read once: a timer that re-arms itself for this very moment cannot hold the turn. */
	while ((t = timers_first(&l->timers)) && t->due_us < now) {
		timers_disarm(&l->timers, t);
		t->fn(t->arg);
	}
}

/* The kernel hears only of changes: most turns set no timer. */
static void set_timer_fd(struct loop *l)
{
	struct loop_timer *first = timers_first(&l->timers);
	/* Rounded up, so that the timer is past due when the descriptor fires. */
	uint64_t due = first ? first->due_us + 1 : 0;
	struct itimerspec its = { 0 };

	if (due == l->timer_set_us)
		return;
	its.it_value.tv_sec = (time_t)(due / US_PER_S);
	its.it_value.tv_nsec = (long)(due % US_PER_S) * NS_PER_US;
	timerfd_settime(l->timer_src.fd, TFD_TIMER_ABSTIME, &its, NULL);
	l->timer_set_us = due;
}

static int turn(struct loop *l, bool wait)
{
	int n;

	set_timer_fd(l);
	n = epoll_wait(l->epoll_fd, l->batch, LOOP_BATCH, wait ? -1 : 0);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	l->batch_len = n;
	for (l->batch_at = 0; l->batch_at < l->batch_len;) {
		struct epoll_event *ev = &l->batch[l->batch_at++];
		struct loop_source *s = ev->data.ptr;

		if (s)
			s->fn(s->arg, ev->events);
	}
	l->batch_len = 0;
	run_timers(l);
	return 0;
}

int loop_run(struct loop *l)
{
	bool more = l->after && l->after(l->after_arg);
	int err = 0;

	while (!l->stopping && !err) {
		err = turn(l, !more);
		more = l->after && l->after(l->after_arg);
	}
	return err;
}

void loop_stop(struct loop *l)
{
	l->stopping = true;
}
