// SPDX-License-Identifier: GPL-2.0
/*
 * The holder: a process that keeps descriptors while no vigild runs.
 *
 * It serves one vigild at a time, and does what it is told. A vigild that was killed may have left
 * packets: they are taken before the next one is heard. What it keeps it does not touch, but for one
 * socket: while nobody is connected it takes the jobs' notifications, which would else have to wait for room there,
 * and tells the next vigild. It ends by itself when nobody is connected and it keeps nothing.
 */
#include "user/agent/holder_serve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <search.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/agent/holder_spool.h"
#include "user/agent/holder_wire.h"
#include "user/base/fdpass.h"

struct held {
	int fd;
	char key[];
};

static struct {
	void *root;	/* of struct held, by key */
	size_t n;
	int client;	/* -1: none */
} holder = { .client = -1 };

static int last_fd = INT_MAX;	/* above it none is stored */
static int run_fd = -1;
static ino_t own_name;		/* inode of the socket's name; 0: not known */

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct held *)a)->key, ((const struct held *)b)->key);
}

/* A packet's key as something to be looked for. */
static struct held *held_new(const char *key)
{
	size_t len = strlen(key) + 1;
	struct held *h = malloc(sizeof(*h) + len);

	if (!h)
		return NULL;
	h->fd = -1;
	memcpy(h->key, key, len);
	return h;
}

static void forget(const char *key)
{
	struct held *like = held_new(key), *h;
	struct held **place = like ? tfind(like, &holder.root, by_key) : NULL;

	if (place) {
		h = *place;
		tdelete(h, &holder.root, by_key);
		holder.n--;
		fdpass_close_one(h->fd);
		free(h);
	}
	free(like);
}

static void hang_up(void)
{
	if (holder.client >= 0)
		close(holder.client);
	holder.client = -1;
}

static void say(enum holder_letter letter, const char *key, int fd)
{
	char packet[HOLDER_PACKET_MAX + 1] = { (char)letter };
	size_t len = strlen(key);

	memcpy(packet + 1, key, len);
	/* It may wait for vigild to read: there is nobody else to be served. */
	if (holder.client >= 0 && fdpass_send(holder.client, packet, 1 + len, fd, 0))
		hang_up();
}

static void store(const char *key, int fd)
{
	struct held *h;

	forget(key);
	h = fd >= 0 && fd < last_fd && holder.n < HOLDER_ITEMS_MAX ? held_new(key) : NULL;
	if (h && tsearch(h, &holder.root, by_key)) {
		h->fd = fd;
		holder.n++;
		return;
	}
	free(h);
	if (fd >= 0)
		close(fd);
	say(HOLDER_FULL, key, -1);
}

static void list_one(const void *node, VISIT visit, int depth)
{
	const struct held *h = *(struct held *const *)node;

	(void)depth;
	if (visit == postorder || visit == leaf)
		say(HOLDER_ENTRY, h->key, h->fd);
}

static int tell_message(const char *packet, size_t len, const struct fdpass *with)
{
	int err = fdpass_send_all(holder.client, packet, len, with->fds, with->nfds, 0);

	if (err)
		hang_up();
	return err;
}

static void list_all(void)
{
	spool_each(tell_message);
	twalk(holder.root, list_one);
	say(HOLDER_END, "", -1);
}

static int notify_socket(void)
{
	struct held *like = held_new(HOLDER_NOTIFY_KEY);
	struct held **place = like ? tfind(like, &holder.root, by_key) : NULL;

	free(like);
	return place ? (*place)->fd : -1;
}

static void obey(char *packet, size_t len, int fd)
{
	packet[len] = '\0';
	switch (packet[0]) {
	case HOLDER_STORE:
		store(packet + 1, fd);
		return;
	case HOLDER_REMOVE:
		forget(packet + 1);
		break;
	case HOLDER_LIST:
		list_all();
		break;
	case HOLDER_HEARD:
		spool_forget();
		break;
	}
	if (fd >= 0)
		close(fd);
}

/* All that is there to be read, without waiting for more. */
static void hear(void)
{
	char packet[HOLDER_PACKET_MAX + 1];
	ssize_t n = 0;
	int fd;

	while (holder.client >= 0) {
		n = fdpass_recv(holder.client, packet, HOLDER_PACKET_MAX, &fd, MSG_DONTWAIT);
		if (n <= 0)
			break;
		obey(packet, (size_t)n, fd);
	}
	if (n == 0 || (n < 0 && n != -EAGAIN && n != -EINTR))
		hang_up();
}

static bool may_speak(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 && cred.uid == geteuid();
}

static void take_client(void)
{
	int fd = accept4(HOLDER_LISTENER_FD, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (!may_speak(fd)) {
		close(fd);
		return;
	}
	hear();
	hang_up();
	holder.client = fd;
}

static void note_name(const char *run_dir)
{
	struct stat st;

	run_fd = run_dir ? open(run_dir, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (run_fd >= 0 && fstatat(run_fd, HOLDER_SOCKET, &st, AT_SYMLINK_NOFOLLOW) == 0)
		own_name = st.st_ino;
}

/* Its name is another's: vigild has given it up, and nobody will ever connect. */
static bool replaced(void)
{
	struct stat st;

	return own_name && (fstatat(run_fd, HOLDER_SOCKET, &st, AT_SYMLINK_NOFOLLOW) ||
			    st.st_ino != own_name);
}

static void be_a_daemon(const char *run_dir)
{
	struct rlimit files;

	prctl(PR_SET_NAME, HOLDER_NAME);
	signal(SIGHUP, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
		last_fd = files.rlim_max > INT_MAX ? INT_MAX : (int)files.rlim_max;
		last_fd -= last_fd > 2 * HOLDER_FDS_SPARE ? HOLDER_FDS_SPARE : last_fd / 2;
	}
	note_name(run_dir);
	if (chdir("/"))
		errno = 0;	/* it only keeps a mount busy */
}

int holder_serve(const char *run_dir)
{
	struct pollfd fds[] = {
		{ .fd = HOLDER_LISTENER_FD, .events = POLLIN },
		{ .events = POLLIN },
		{ .events = POLLIN },
	};

	be_a_daemon(run_dir);
	/* At first the one that has started it is on its way. */
	do {
		fds[1].fd = holder.client;
		fds[2].fd = holder.client < 0 ? notify_socket() : -1;
		if (poll(fds, 3, holder.client < 0 ? HOLDER_LOOK_MS : -1) < 0 && errno != EINTR)
			return EXIT_FAILURE;
		if (holder.client < 0 && replaced())
			return EXIT_SUCCESS;
		if (fds[1].revents)
			hear();
		if (fds[2].revents)
			spool_read(fds[2].fd);
		if (fds[0].revents & POLLIN)
			take_client();
		else if (fds[0].revents)
			return EXIT_FAILURE;
	} while (holder.client >= 0 || holder.n);
	return EXIT_SUCCESS;
}
