/* SPDX-License-Identifier: GPL-2.0 */
/* Ways to learn of deaths, behind one interface, so that one loop measures them all. */
#ifndef SELFTESTS_BENCH_METHOD_H
#define SELFTESTS_BENCH_METHOD_H

#include <stdbool.h>
#include <sys/types.h>

enum {
	RCVBUF_BYTES = 8 << 20,		/* of every socket that can overflow; as libvigil's */
	LOST_AFTER_MS = 3000,		/* silence after which what is missing is called lost */
};

/* A death, collected and identified: status as wait(2) gives it. */
struct death {
	pid_t pid;
	int status;
};

/**
 * struct method - one way to learn of deaths
 * @name: for the table
 * @parent: it works for the parent alone, and reaps
 * @early: it tells that the process will die, not how
 * @open: returns the state, or NULL
 * @add: a process to hear of; called after the process exists
 * @next: waits for the next death; false if nothing more comes
 * @close: frees the state
 */
struct method {
	const char *name;
	bool parent;
	bool early;
	void *(*open)(void);
	bool (*add)(void *state, pid_t pid);
	bool (*next)(void *state, struct death *d);
	void (*close)(void *state);
};

enum method_id {
	METHOD_VIGIL,
	METHOD_WAITID,
	METHOD_SIGNALFD,
	METHOD_PIDFD,
	METHOD_CN_PROC,
	METHODS,
};

/* In the order of enum method_id. */
extern const struct method *const methods[METHODS];

extern const struct method method_vigil;
extern const struct method method_waitid;
extern const struct method method_signalfd;
extern const struct method method_pidfd;
extern const struct method method_cn_proc;
extern const struct method method_dying;
extern const struct method method_eventfd;

/* From waitid()'s form to wait()'s. */
int wait_status(int code, int value);

#endif /* SELFTESTS_BENCH_METHOD_H */
