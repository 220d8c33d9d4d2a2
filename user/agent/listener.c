// SPDX-License-Identifier: GPL-2.0
/* One socket of a job: made, or taken back from a process that has a copy of it. */
#include "user/agent/listener.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/agent/account.h"
#include "user/base/log.h"
#include "user/base/path.h"

/* Descriptors of a process that are looked at. */
enum { FDS_LOOKED_AT_MAX = 4096 };

static const char *path_of(const struct job_socket *s)
{
	const struct sockaddr_un *un = &s->address.un;

	return un->sun_family == AF_UNIX && un->sun_path[0] ? un->sun_path : NULL;
}

static bool listens(const struct job_socket *s)
{
	return s->type != SOCK_DGRAM;
}

static int switch_on(int fd, int level, int option)
{
	const int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on));
}

/* Connections of the last instance that are not quite over must not keep the next one away. */
static int set_options(int fd, const struct job_socket *s)
{
	const int only6 = !s->both;

	if (s->address.any.sa_family == AF_UNIX)
		return 0;
	if (switch_on(fd, SOL_SOCKET, SO_REUSEADDR))
		return -errno;
	if (s->reuse_port && switch_on(fd, SOL_SOCKET, SO_REUSEPORT))
		return -errno;
	if (s->address.any.sa_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only6, sizeof(only6)))
		return -errno;
	return 0;
}

/* Does nobody listen on this file any more? */
static bool is_stale(const struct job_socket *s)
{
	int fd = socket(AF_UNIX, s->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool stale;

	if (fd < 0)
		return false;
	stale = connect(fd, &s->address.any, s->address_len) && errno == ECONNREFUSED;
	close(fd);
	return stale;
}

/* The umask: at no time has anybody more rights to the file than are wanted. */
static int bind_file(int fd, const struct job_socket *s, const char *path)
{
	mode_t old = umask(0777 & ~s->mode);
	int err = bind(fd, &s->address.any, s->address_len) ? -errno : 0;

	if (err == -EADDRINUSE && is_stale(s) && unlink(path) == 0)
		err = bind(fd, &s->address.any, s->address_len) ? -errno : 0;
	umask(old);
	return err;
}

static int make_parent(const char *path)
{
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash == dir)
		return 0;
	*slash = '\0';
	return path_make_dirs(dir, 0755);
}

/* @uid, @gid: of whom it is if nobody is named; -1: as it is. */
static int own_file(const struct job_socket *s, const char *path, uid_t uid, gid_t gid)
{
	if ((s->user && account_uid(s->user, &uid)) || (s->group && account_gid(s->group, &gid)))
		return -ENOENT;
	if (uid == (uid_t)-1 && gid == (gid_t)-1)
		return 0;
	return lchown(path, uid, gid) ? -errno : 0;
}

static int bind_it(int fd, const struct job_socket *s)
{
	const char *path = path_of(s);
	int err = set_options(fd, s);

	if (err)
		return err;
	if (!path)
		return bind(fd, &s->address.any, s->address_len) ? -errno : 0;
	err = make_parent(path);
	if (!err)
		err = bind_file(fd, s, path);
	return err ? err : own_file(s, path, (uid_t)-1, (gid_t)-1);
}

static int open_it(const struct job_socket *s)
{
	int fd = socket(s->address.any.sa_family, s->type | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	err = bind_it(fd, s);
	if (!err && listens(s) && listen(fd, (int)s->backlog))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* The same port of IPv4 alone. */
static struct job_socket without_ipv6(const struct job_socket *s)
{
	struct job_socket v4 = *s;

	v4.both = false;
	memset(&v4.address, 0, sizeof(v4.address));
	v4.address.in.sin_family = AF_INET;
	v4.address.in.sin_port = s->address.in6.sin6_port;
	v4.address_len = sizeof(v4.address.in);
	return v4;
}

int listener_open(const struct job_socket *s, char *why, size_t size)
{
	struct job_socket v4;
	int fd = open_it(s);

	if (fd == -EAFNOSUPPORT && s->both) {
		v4 = without_ipv6(s);
		fd = open_it(&v4);
	}
	if (fd < 0)
		snprintf(why, size, "cannot open the socket %s: %s", s->text, fd == -ENOENT ?
			 "there is no such user, group or directory" : strerror(-fd));
	return fd;
}

void listener_renew(int fd, const struct job_socket *s)
{
	const char *path = path_of(s);

	if (listens(s) && listen(fd, (int)s->backlog))
		log_warning("the socket %s keeps its backlog: %s", s->text, strerror(errno));
	/* The job's user may have put a link in its place. */
	if (path && (fchmodat(AT_FDCWD, path, s->mode, AT_SYMLINK_NOFOLLOW) ||
		     own_file(s, path, geteuid(), getegid())))
		log_warning("the socket %s keeps its mode or owner", s->text);
}

void listener_discard(int fd, const struct job_socket *s)
{
	const char *path = path_of(s);

	close(fd);
	if (path)
		unlink(path);
}

static int option(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) ? -1 : value;
}

static bool has_address(int fd, const struct job_socket *s)
{
	union job_address a = { 0 };
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.any, &len) || a.any.sa_family != s->address.any.sa_family)
		return false;
	switch (a.any.sa_family) {
	case AF_INET:
		return a.in.sin_port == s->address.in.sin_port &&
		       a.in.sin_addr.s_addr == s->address.in.sin_addr.s_addr;
	case AF_INET6:
		return a.in6.sin6_port == s->address.in6.sin6_port &&
		       !memcmp(&a.in6.sin6_addr, &s->address.in6.sin6_addr, sizeof(a.in6.sin6_addr));
	default:
		return len == s->address_len && !memcmp(&a.un, &s->address.un, len);
	}
}

bool listener_is(int fd, const struct job_socket *s)
{
	const struct job_socket v4 = without_ipv6(s);

	return option(fd, SO_TYPE) == s->type && option(fd, SO_ACCEPTCONN) == listens(s) &&
	       (has_address(fd, s) || (s->both && has_address(fd, &v4)));
}

static bool names_socket(int dir, const char *name)
{
	char target[16];
	ssize_t len = readlinkat(dir, name, target, sizeof(target));

	return len >= 7 && !memcmp(target, "socket:", 7);
}

int listener_take_back(pid_t pid, int pidfd, const struct job_socket *s)
{
	char path[32];
	struct dirent *e;
	int i, fd;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	d = opendir(path);
	if (!d)
		return -ENOENT;
	for (i = 0; i < FDS_LOOKED_AT_MAX && (e = readdir(d)); i++) {
		if (!names_socket(dirfd(d), e->d_name))
			continue;
		fd = (int)syscall(SYS_pidfd_getfd, pidfd, atoi(e->d_name), 0);
		if (fd < 0)
			continue;
		if (listener_is(fd, s)) {
			closedir(d);
			return fd;
		}
		close(fd);
	}
	closedir(d);
	return -ENOENT;
}
