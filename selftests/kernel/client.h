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
	uint64_t dying_seq;
};

/* A descendant that died; pid is 0 where there is none. */
struct member {
	pid_t pid;
	uint64_t start_ticks;
	uint64_t start_ns;
	char comm[COMM_MAX];
	struct record exit;
};

/* The deadline of a watch; signal is -1 where the attribute was absent. */
struct beat {
	bool present;
	uint32_t deadline_ms;
	uint32_t action;
	int signal;
	uint32_t state;
	uint32_t missed;
};

/* What a HUNG event tells. */
struct hang {
	bool present;
	uint32_t state;
	uint64_t last_beat_ns;
	uint32_t deadline_ms;
	uint32_t action;
	int signal;
	uint64_t cpu_ns;
	uint64_t cpu_window_ns;
};

enum { DEVICE_MAX = 32 };

/* What the hardware watchdog has come to. */
struct dog {
	uint32_t stage;
	uint32_t gate;
	uint64_t detail;
	uint32_t timeout_s;
	uint32_t reset_in_ms;
	char device[DEVICE_MAX];
};

/* What an event of the keeper tells; pid and error are 0 where the attribute was absent. */
struct keeper_news {
	uint32_t stage;
	uint32_t why;
	pid_t pid;
	uint32_t error;
	uint32_t respawns;
	uint32_t last_resort;
};

/* What an event tells of a lease. */
struct lease_told {
	uint64_t epoch;
	uint64_t timer_late_ns;
	uint64_t kill_late_ns;
	uint32_t stage;
	char name[VIGIL_LEASE_NAME_LEN_MAX + 1];
};

/* A watch, or an event if type is set; one of a lease has nothing of a watch. */
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
	uint64_t boottime_ns;
	uint64_t realtime_ns;
	struct beat beat;
	struct hang hang;
	struct dog dog;
	struct keeper_news keeper;
	uint32_t members;
	uint32_t members_missed;
	struct member member;
	struct lease_told lease;
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
	int (*raw)(const struct nlmsghdr *hdr, void *arg);	/* for answers that are no watches */
	void *raw_arg;
	struct refusal refusal;
	char sent[CLIENT_BUF];
	char buf[CLIENT_BUF] __attribute__((aligned(8)));
};

/* A beat in a request; address and signal are sent if they are not 0. */
struct beat_request {
	uint32_t deadline_ms;
	uint32_t action;
	uint32_t signal;
	const volatile void *address;
};

/* What WATCH_NEW is to carry; pidfd < 0, pid 0, start_ticks 0, eventfd 0, NULL: not sent. */
struct request {
	int pidfd;
	pid_t pid;
	uint64_t start_ticks;
	const char *owner;
	const char *tag;
	uint32_t flags;
	const struct beat_request *beat;
	int eventfd;
};

typedef int (*watch_fn)(const struct watch *w, void *arg);

/* All return 0 (or what is said) or a negative errno; refusal tells why the kernel refused. */
int client_open(struct client *c);
void client_close(struct client *c);
int client_watch(struct client *c, const struct request *req, struct watch *out);
int client_watch_pidfd(struct client *c, int pidfd, const char *owner, struct watch *out);
int client_release(struct client *c, uint64_t id);
int client_beat_set(struct client *c, uint64_t id, const struct beat_request *beat);
int client_beat(struct client *c, uint64_t id);
int client_set_eventfd(struct client *c, uint64_t id, int eventfd);
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
