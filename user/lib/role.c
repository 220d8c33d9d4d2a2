// SPDX-License-Identifier: GPL-2.0
/* The role of this process: what its environment and its eventfds say. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <vigil/vigil.h>

/* The furthest that was seen: a program that reads its eventfd all the same keeps its role. */
static int seen = VIGIL_ROLE_STANDBY;

static bool is_standby(void)
{
	const char *text = getenv("VIGIL_ROLE");

	return text && strcmp(text, "standby") == 0;
}

/* -ENOENT if there is no such variable. */
static int descriptor(const char *name)
{
	const char *text = getenv(name);
	int64_t n = 0;

	if (!text)
		return -ENOENT;
	if (!*text)
		return -EINVAL;
	for (; *text >= '0' && *text <= '9' && n <= INT_MAX; text++)
		n = 10 * n + (*text - '0');
	if (*text || n > INT_MAX || fcntl((int)n, F_GETFD) < 0)
		return -EINVAL;
	return (int)n;
}

int vigil_role_fd(enum vigil_role role)
{
	int fd;

	if (role != VIGIL_ROLE_PRIMARY && role != VIGIL_ROLE_TAKEOVER)
		return -EINVAL;
	if (!is_standby())
		return -ENOENT;
	fd = role == VIGIL_ROLE_TAKEOVER ? descriptor("VIGIL_PREPARE_FD") : -ENOENT;
	if (fd == -ENOENT)
		fd = descriptor("VIGIL_ROLE_FD");
	return fd == -ENOENT ? -EINVAL : fd;
}

static bool is_rung(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	do {
		n = poll(&p, 1, 0);
	} while (n < 0 && errno == EINTR);
	return n == 1 && p.revents & POLLIN;
}

/* Never back: of two threads the one that saw less may come last. */
static enum vigil_role note(enum vigil_role role)
{
	int was = __atomic_load_n(&seen, __ATOMIC_RELAXED);

	while (was < (int)role &&
	       !__atomic_compare_exchange_n(&seen, &was, (int)role, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
	return was < (int)role ? role : (enum vigil_role)was;
}

enum vigil_role vigil_role(void)
{
	int saved = errno, fd;
	enum vigil_role role = VIGIL_ROLE_STANDBY;

	if (!is_standby() || __atomic_load_n(&seen, __ATOMIC_RELAXED) == VIGIL_ROLE_PRIMARY)
		return VIGIL_ROLE_PRIMARY;
	fd = vigil_role_fd(VIGIL_ROLE_PRIMARY);
	if (fd >= 0 && is_rung(fd)) {
		role = VIGIL_ROLE_PRIMARY;
	} else {
		fd = vigil_role_fd(VIGIL_ROLE_TAKEOVER);
		if (fd >= 0 && is_rung(fd))
			role = VIGIL_ROLE_TAKEOVER;
	}
	errno = saved;
	return note(role);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int rest_ms(int64_t due_ms)
{
	int64_t rest = due_ms - now_ms();

	return rest < 0 ? 0 : (int)rest;
}

/* A singleton's first word may be the second one: both are looked at. */
int vigil_role_wait(enum vigil_role role, int timeout_ms)
{
	int64_t due_ms = timeout_ms > 0 ? now_ms() + timeout_ms : 0;
	struct pollfd p[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int n;

	if (vigil_role() >= role)
		return 0;
	p[0].fd = vigil_role_fd(role);
	p[1].fd = vigil_role_fd(VIGIL_ROLE_PRIMARY);
	if (p[0].fd < 0 || p[1].fd < 0)
		return p[0].fd < 0 ? p[0].fd : p[1].fd;
	do {
		n = poll(p, p[0].fd == p[1].fd ? 1 : 2, timeout_ms > 0 ? rest_ms(due_ms) : timeout_ms);
		if (n < 0)
			return -errno;
		if ((p[0].revents | p[1].revents) & POLLIN) {
			note(p[1].revents & POLLIN ? VIGIL_ROLE_PRIMARY : role);
			return 0;
		}
		if ((p[0].revents | p[1].revents))
			return -EINVAL;
	} while (timeout_ms < 0 || (timeout_ms > 0 && rest_ms(due_ms)));
	return -ETIMEDOUT;
}

const char *vigil_role_name(enum vigil_role role)
{
	switch (role) {
	case VIGIL_ROLE_STANDBY:
		return "standby";
	case VIGIL_ROLE_TAKEOVER:
		return "takeover";
	case VIGIL_ROLE_PRIMARY:
		return "primary";
	}
	return "unknown";
}
