/* SPDX-License-Identifier: GPL-2.0 */
/* The suite's own client of the family, on libnl-genl: it shares no line with libvigil. */
#ifndef SELFTESTS_KERNEL_CLIENT_H
#define SELFTESTS_KERNEL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/vigil.h>

struct nl_msg;
struct nl_sock;
struct nlmsghdr;

enum {
	CLIENT_BUF = 64 * 1024,		/* larger than any datagram of the family */
	SENTENCE_MAX = 256,
	COMM_MAX = 16,
};

/* An exit record; code and signal are -1 where the attribute was absent. */
struct record {
	bool present;
	uint64_t seq;
	uint64_t boottime_ns;
	uint64_t realtime_ns;
	uint64_t utime_ns;
	uint64_t stime_ns;
	uint64_t maxrss_kib;
	uint32_t cause;
	int code;
	int signal;
};

/* A watch, or an event if type is set. */
struct watch {
	uint32_t type;
	uint64_t seq;
	uint64_t gap_last;
	uint64_t id;
	pid_t pid;
	pid_t tgid;
	uint64_t start_ticks;
	uint64_t start_ns;
	uint32_t flags;
	uint32_t state;
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	char tag[VIGIL_TAG_LEN_MAX + 1];
	char comm[COMM_MAX];
	struct record exit;
};

struct stats {
	uint64_t watches;
	uint64_t dead;
	uint64_t watches_max;
	uint64_t seq;
	uint64_t oldest_seq;
	uint64_t ring_size;
	uint64_t send_failures;
};

/* Why the last call was refused; attr and missing are attribute types, -1 if not told. */
struct refusal {
	char sentence[SENTENCE_MAX];
	int attr;
	int missing;
};

struct client {
	struct nl_sock *sk;
	int family;
	int group;
	bool interrupted;	/* the last dump said that it is inconsistent */
	struct refusal refusal;
	char sent[CLIENT_BUF];
	char buf[CLIENT_BUF] __attribute__((aligned(8)));
};

/* What WATCH_NEW is to carry; pidfd < 0, pid 0, start_ticks 0, NULL: not sent. */
struct request {
	int pidfd;
	pid_t pid;
	uint64_t start_ticks;
	const char *owner;
	const char *tag;
	uint32_t flags;
};

typedef int (*watch_fn)(const struct watch *w, void *arg);

/* All return 0 (or what is said) or a negative errno; refusal tells why the kernel refused. */
int client_open(struct client *c);
void client_close(struct client *c);
int client_watch(struct client *c, const struct request *req, struct watch *out);
int client_watch_pidfd(struct client *c, int pidfd, const char *owner, struct watch *out);
int client_release(struct client *c, uint64_t id);
int client_get(struct client *c, uint64_t id, struct watch *out);
int client_stats(struct client *c, struct stats *out);
int client_dump(struct client *c, const char *owner, watch_fn fn, void *arg);
int client_replay(struct client *c, uint64_t since, watch_fn fn, void *arg);
int client_release_owner(struct client *c, const char *owner);

/* For what the calls above cannot say: a request built by hand. */
struct nl_msg *client_msg(struct client *c, int cmd, int flags);
int client_send(struct client *c, struct nl_msg *msg);
int client_answer(struct client *c, uint32_t seq, watch_fn fn, void *arg);

/* A member of the multicast group. */
struct listener {
	struct nl_sock *sk;
	int family;
	const struct nlmsghdr *next;
	int left;
	char buf[CLIENT_BUF] __attribute__((aligned(8)));
};

/* rcvbuf 0 keeps the default size of the receive buffer. */
int listener_open(struct listener *l, int rcvbuf);
void listener_close(struct listener *l);

/* 1 with an event, 0 if none came in time, -ENOBUFS after an overrun. */
int listener_next(struct listener *l, struct watch *out, int timeout_ms);

#endif /* SELFTESTS_KERNEL_CLIENT_H */
