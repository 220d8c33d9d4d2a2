// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors that outlive vigild: kept by a process of their own, the holder.
 *
 * An item is a key and a descriptor. What vigild has and what the holder has differ by the items on
 * the list of pending ones, which are told as fast as the holder reads. A holder that is lost takes copies
 * with it, and no more: all items become pending for the next one.
 */
#include "user/agent/holder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <search.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/agent/bounds.h"
#include "user/agent/clone.h"
#include "user/agent/holder_serve.h"
#include "user/agent/holder_wire.h"
#include "user/base/clock.h"
#include "user/base/fdpass.h"
#include "user/base/log.h"

struct holder_item {
	int fd;			/* -1: to be removed */
	bool held;		/* the holder has something under this key */
	bool pending;
	bool taken;		/* @fd is another's to close */
	TAILQ_ENTRY(holder_item) link;
	char key[];
};

struct holder_message {
	TAILQ_ENTRY(holder_message) link;
	struct fdpass with;
	pid_t pid;
	size_t len;
	char text[];
};

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct holder_item *)a)->key, ((const struct holder_item *)b)->key);
}

static struct holder_item *item_new(const char *key)
{
	size_t len = strlen(key) + 1;
	struct holder_item *it = calloc(1, sizeof(*it) + len);

	if (!it)
		return NULL;
	it->fd = -1;
	memcpy(it->key, key, len);
	return it;
}

static struct holder_item *item_find(struct holder *h, const char *key)
{
	union {
		struct holder_item item;
		char bytes[sizeof(struct holder_item) + HOLDER_KEY_MAX + 1];
	} like;
	struct holder_item **place;

	if (strlen(key) > HOLDER_KEY_MAX)
		return NULL;
	strcpy(like.bytes + offsetof(struct holder_item, key), key);
	place = tfind(&like, &h->root, by_key);
	return place ? *place : NULL;
}

static struct holder_item *item_add(struct holder *h, const char *key)
{
	struct holder_item *it = item_new(key);

	if (it && tsearch(it, &h->root, by_key)) {
		h->n++;
		return it;
	}
	free(it);
	return NULL;
}

static void set_pending(struct holder *h, struct holder_item *it, bool pending)
{
	if (it->pending == pending)
		return;
	if (pending)
		TAILQ_INSERT_TAIL(&h->pending, it, link);
	else
		TAILQ_REMOVE(&h->pending, it, link);
	it->pending = pending;
}

static void item_free(struct holder *h, struct holder_item *it)
{
	set_pending(h, it, false);
	tdelete(it, &h->root, by_key);
	h->n--;
	free(it);
}

static int name_socket(const struct holder *h, struct sockaddr_un *addr)
{
	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return snprintf(addr->sun_path, sizeof(addr->sun_path), "%s/" HOLDER_SOCKET, h->run_dir) <
	       (int)sizeof(addr->sun_path) ? 0 : -ENAMETOOLONG;
}

/* With a limit to waiting, for the time before the loop runs. */
static int connect_to_holder(const struct holder *h)
{
	const struct timeval limit = { .tv_sec = AGENT_HOLDER_WAIT_S };
	struct sockaddr_un addr;
	int fd, err = name_socket(h, &addr);

	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int listen_for_holder(const struct holder *h)
{
	struct sockaddr_un addr;
	int fd, err = name_socket(h, &addr);

	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	unlink(addr.sun_path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0 &&
	    chmod(addr.sun_path, 0600) == 0 && listen(fd, 1) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* The child of a child: it is nobody's to reap, and its end shows by the connection. */
_Noreturn static void be_holder(const char *run_dir, int listener)
{
	char *const argv[] = { HOLDER_NAME, HOLDER_OPTION, (char *)run_dir, NULL };
	char *const env[] = { NULL };
	sigset_t none;
	int null, fd;

	setsid();
	if (syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) != 0)
		_exit(EXIT_SUCCESS);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	null = open("/dev/null", O_RDWR);
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (listener == HOLDER_LISTENER_FD)
		fcntl(listener, F_SETFD, 0);
	else
		dup2(listener, HOLDER_LISTENER_FD);
	syscall(SYS_close_range, HOLDER_LISTENER_FD + 1, ~0U, 0);
	execve("/proc/self/exe", argv, env);
	_exit(EXIT_FAILURE);
}

/* Beside the jobs' cgroups: whoever ends vigild's cgroup does not end this. */
static int open_cgroup(const struct holder *h)
{
	if (h->cgroup_fd < 0 || (mkdirat(h->cgroup_fd, "holder", 0755) && errno != EEXIST))
		return -1;
	return openat(h->cgroup_fd, "holder", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int launch(const struct holder *h, int listener)
{
	int cgroup_fd = open_cgroup(h), pidfd = -1, err = 0;
	pid_t pid = clone_into(&pidfd, cgroup_fd);

	if (pid == 0)
		be_holder(h->run_dir, listener);
	if (pid < 0)
		err = -errno;
	else
		waitid(P_PIDFD, (id_t)pidfd, &(siginfo_t){ 0 }, WEXITED);
	if (cgroup_fd >= 0)
		close(cgroup_fd);
	if (pidfd >= 0)
		close(pidfd);
	return err;
}

/* Returns a connection that the new holder will find. */
static int start_holder(const struct holder *h)
{
	int listener = listen_for_holder(h), fd, err;

	if (listener < 0)
		return listener;
	fd = connect_to_holder(h);
	err = fd < 0 ? fd : launch(h, listener);
	close(listener);
	if (!err)
		return fd;
	if (fd >= 0)
		close(fd);
	return err;
}

/* Of a nonblocking connection. */
static int tell(struct holder *h, const struct holder_item *it)
{
	char packet[HOLDER_PACKET_MAX];
	size_t len = strlen(it->key);

	packet[0] = it->fd >= 0 ? HOLDER_STORE : HOLDER_REMOVE;
	memcpy(packet + 1, it->key, len);
	return fdpass_send(h->src.fd, packet, 1 + len, it->fd, MSG_DONTWAIT);
}

static void try_later(struct holder *h)
{
	loop_arm(h->loop, &h->retry, clock_us() + AGENT_HOLDER_RETRY_US);
}

/* What the holder had was copies: they go to the next one. */
static void all_pending(const void *node, VISIT visit, void *arg)
{
	struct holder_item *it = *(struct holder_item *const *)node;

	if (visit != postorder && visit != leaf)
		return;
	it->held = false;
	set_pending(arg, it, true);
}

static void lost(struct holder *h, int err)
{
	int fd = h->src.fd;

	log_warning("the holder of descriptors has gone%s%s", err ? ": " : "",
		    err ? strerror(-err) : "");
	loop_del(h->loop, &h->src);
	close(fd);
	twalk_r(h->root, all_pending, h);
	if (h->n)
		try_later(h);
}

/* Tell what there is to tell, as far as the holder takes it now. */
static void tell_pending(struct holder *h)
{
	struct holder_item *it;
	int err = 0;

	while (!err && (it = TAILQ_FIRST(&h->pending))) {
		if (it->fd >= 0 || it->held)
			err = tell(h, it);
		if (err)
			break;
		set_pending(h, it, false);
		it->held = it->fd >= 0;
		if (it->fd < 0)
			item_free(h, it);
	}
	if (err && err != -EAGAIN && err != -EINTR)
		lost(h, err);
	else
		loop_change(h->loop, &h->src, EPOLLIN | (err ? EPOLLOUT : 0));
}

static int use_connection(struct holder *h, int fd)
{
	int err = loop_add(h->loop, &h->src, fd, EPOLLIN);

	if (err)
		close(fd);
	return err;
}

/* Have a holder, and have it know. */
static void update(struct holder *h)
{
	int fd, err;

	if (loop_has(&h->src)) {
		tell_pending(h);
		return;
	}
	if (!h->n || timer_armed(&h->retry))
		return;
	fd = start_holder(h);
	err = fd < 0 ? fd : use_connection(h, fd);
	if (!err) {
		h->failed = false;
		tell_pending(h);
		return;
	}
	if (!h->failed)
		log_error("descriptors will not outlive vigild, no holder can be had: %s",
			  strerror(-err));
	h->failed = true;
	try_later(h);
}

static void retry(void *arg)
{
	update(arg);
}

static void connection_ready(void *arg, uint32_t events)
{
	struct holder *h = arg;
	char packet[HOLDER_PACKET_MAX + 1];
	ssize_t n;
	int fd;

	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
		n = fdpass_recv(h->src.fd, packet, HOLDER_PACKET_MAX, &fd, MSG_DONTWAIT);
		if (fd >= 0)
			close(fd);
		if (n == 0 || (n < 0 && n != -EAGAIN && n != -EINTR)) {
			lost(h, (int)n);
			return;
		}
		if (n > 0 && packet[0] == HOLDER_FULL) {
			packet[n] = '\0';
			log_error("%s will not outlive vigild: its holder is full", packet + 1);
		}
	}
	tell_pending(h);
}

/* It reads, too: a holder that has something to say would not hear before it is heard. */
void holder_flush(struct holder *h)
{
	uint64_t end = clock_us() + (uint64_t)AGENT_HOLDER_WAIT_S * US_PER_S, now;
	struct pollfd fd = { .events = POLLIN | POLLOUT };

	loop_disarm(h->loop, &h->retry);
	update(h);
	while (loop_has(&h->src) && !TAILQ_EMPTY(&h->pending) && (now = clock_us()) < end) {
		fd.fd = h->src.fd;
		if (poll(&fd, 1, (int)((end - now) / 1000) + 1) > 0)
			connection_ready(h, (uint32_t)fd.revents);
	}
	if (!TAILQ_EMPTY(&h->pending))
		log_error("the holder of descriptors was not told all in time");
}

static void keep_entry(struct holder *h, const char *key, int fd)
{
	struct holder_item *it = item_find(h, key);

	if (!it)
		it = item_add(h, key);
	if (!it || it->fd >= 0) {
		close(fd);
		return;
	}
	it->fd = fd;
	it->held = true;
}

/* @packet is terminated. */
static bool keep_message(struct holder *h, const char *packet, size_t len, const struct fdpass *with)
{
	const char *text = strchr(packet, '\n');
	struct holder_message *m;

	if (!text)
		return false;
	text++;
	len -= (size_t)(text - packet);
	m = malloc(sizeof(*m) + len);
	if (!m)
		return false;
	m->with = *with;
	m->pid = (pid_t)strtol(packet, NULL, 10);
	m->len = len;
	memcpy(m->text, text, len);
	TAILQ_INSERT_TAIL(&h->messages, m, link);
	return true;
}

static void keep_packet(struct holder *h, const char *packet, size_t len, struct fdpass *with)
{
	if (packet[0] == HOLDER_ENTRY && with->nfds == 1)
		keep_entry(h, packet + 1, with->fds[0]);
	else if (packet[0] != HOLDER_MESSAGE || !keep_message(h, packet + 1, len - 1, with))
		fdpass_close(with);
}

/* Waits for each packet, for so long as the connection allows. */
static int read_list(struct holder *h, int sock)
{
	char packet[HOLDER_MESSAGE_MAX + 1];
	struct fdpass with;
	ssize_t n;

	do {
		n = fdpass_recv_all(sock, packet, HOLDER_MESSAGE_MAX, &with, 0);
		if (n <= 0)
			return n ? (int)n : -ECONNRESET;
		packet[n] = '\0';
		keep_packet(h, packet, (size_t)n, &with);
	} while (packet[0] != HOLDER_END);
	return 0;
}

void holder_open(struct holder *h, struct loop *loop, const char *run_dir, int cgroup_fd)
{
	const char list = HOLDER_LIST;
	int fd, err;

	*h = (struct holder){ .loop = loop, .run_dir = run_dir, .cgroup_fd = cgroup_fd };
	TAILQ_INIT(&h->pending);
	TAILQ_INIT(&h->messages);
	h->src = (struct loop_source){ .fd = -1, .fn = connection_ready, .arg = h };
	h->retry = (struct loop_timer){ .fn = retry, .arg = h };
	fd = connect_to_holder(h);
	if (fd < 0)
		return;
	err = fdpass_send(fd, &list, 1, -1, 0);
	if (!err)
		err = read_list(h, fd);
	if (!err) {
		use_connection(h, fd);
		return;
	}
	/* What it has told of is given to the next one. */
	log_error("the holder of descriptors does not answer: %s", strerror(-err));
	close(fd);
	twalk_r(h->root, all_pending, h);
	update(h);
}

static void drop_messages(struct holder *h)
{
	struct holder_message *m;

	while ((m = TAILQ_FIRST(&h->messages))) {
		TAILQ_REMOVE(&h->messages, m, link);
		fdpass_close(&m->with);
		free(m);
	}
}

void holder_hear(struct holder *h, void (*fn)(void *arg, pid_t pid, const char *text, size_t len,
					      struct fdpass *with), void *arg)
{
	struct holder_message *m;

	TAILQ_FOREACH(m, &h->messages, link) {
		fn(arg, m->pid, m->text, m->len, &m->with);
		h->heard = true;
	}
	drop_messages(h);
}

void holder_heard(struct holder *h)
{
	const char heard = HOLDER_HEARD;

	/* Should it not get there the next vigild obeys them again, which does no harm. */
	if (h->heard && loop_has(&h->src))
		fdpass_send(h->src.fd, &heard, 1, -1, MSG_DONTWAIT);
	h->heard = false;
}

static void item_done(void *item)
{
	struct holder_item *it = item;

	if (it->fd >= 0 && !it->taken)
		close(it->fd);
	free(it);
}

void holder_close(struct holder *h)
{
	int fd = h->src.fd;

	if (!h->loop)
		return;
	loop_disarm(h->loop, &h->retry);
	if (fd >= 0) {
		loop_del(h->loop, &h->src);
		close(fd);
	}
	drop_messages(h);
	tdestroy(h->root, item_done);
	h->root = NULL;
	h->n = 0;
}

int holder_store(struct holder *h, const char *key, int fd)
{
	struct holder_item *it = item_find(h, key);

	if (strlen(key) > HOLDER_KEY_MAX)
		return -ENAMETOOLONG;
	if (!it && h->n >= HOLDER_ITEMS_MAX)
		return -ENOSPC;
	if (!it)
		it = item_add(h, key);
	if (!it)
		return -ENOMEM;
	if (it->fd >= 0 && !it->taken)
		close(it->fd);
	it->fd = fd;
	it->taken = true;
	set_pending(h, it, true);
	update(h);
	return 0;
}

static void remove_item(struct holder *h, struct holder_item *it)
{
	if (it->fd >= 0 && !it->taken)
		close(it->fd);
	it->fd = -1;
	if (it->held) {
		set_pending(h, it, true);
		update(h);
	} else {
		item_free(h, it);
	}
}

void holder_remove(struct holder *h, const char *key)
{
	struct holder_item *it = item_find(h, key);

	if (it && it->fd >= 0)
		remove_item(h, it);
}

int holder_take(struct holder *h, const char *key)
{
	struct holder_item *it = item_find(h, key);

	if (!it || it->fd < 0 || it->taken)
		return -ENOENT;
	it->taken = true;
	return it->fd;
}

/* A list of its own: what is called may change the tree. */
struct untaken {
	const char *prefix;
	struct holder_item **list;
	size_t n, room;
};

static void note_untaken(const void *node, VISIT visit, void *arg)
{
	struct holder_item *it = *(struct holder_item *const *)node;
	struct untaken *u = arg;

	if ((visit == postorder || visit == leaf) && u->n < u->room && it->fd >= 0 && !it->taken &&
	    strncmp(it->key, u->prefix, strlen(u->prefix)) == 0)
		u->list[u->n++] = it;
}

static void find_untaken(struct holder *h, struct untaken *u)
{
	u->list = h->n ? calloc(h->n, sizeof(*u->list)) : NULL;
	u->room = u->list ? h->n : 0;
	twalk_r(h->root, note_untaken, u);
}

void holder_each(struct holder *h, const char *prefix, void (*fn)(void *arg, const char *key),
		 void *arg)
{
	struct untaken u = { .prefix = prefix };
	size_t i;

	find_untaken(h, &u);
	for (i = 0; i < u.n; i++)
		fn(arg, u.list[i]->key);
	free(u.list);
}

void holder_settle(struct holder *h)
{
	struct untaken u = { .prefix = "" };
	size_t i;

	find_untaken(h, &u);
	for (i = 0; i < u.n; i++)
		remove_item(h, u.list[i]);
	free(u.list);
}
