// SPDX-License-Identifier: GPL-2.0
/* One process of the fuzzer: threads that call, listen, and change the world meanwhile. */
#include <errno.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/fuzz/link.h"
#include "selftests/fuzz/request.h"
#include "selftests/fuzz/tally.h"
#include "selftests/fuzz/worker.h"

enum {
	THREADS = 2,
	LINKS = 3,
	BATCH_MAX = 3,
	STIR_EVERY = 30,	/* calls, on average */
	STREAMS = 64,		/* of random numbers, for each worker */
};

struct thread {
	const struct worker *w;
	unsigned int number;
	pthread_t id;
	struct hand hand;
	struct link links[LINKS];
};

static void open_some(struct thread *t, struct link *l)
{
	int err = link_open(l, rng_once_in(&t->hand.rng, 4));

	if (err && !t->w->reloading)
		tally_complain(t->w->tally, "a socket could not be opened: %s", strerrorname_np(-err));
}

static void count(struct tally *t, const struct probe *r)
{
	atomic_fetch_add(&t->sent, 1);
	if (!r->spoilt)
		atomic_fetch_add(&t->op[r->op->cmd].asked, 1);
}

/* Several messages in a datagram: one that is spoilt may swallow the next. */
static void call(struct thread *t, struct link *l)
{
	uint8_t dgram[BATCH_MAX * REQUEST_BYTES] __attribute__((aligned(8)));
	unsigned int n = rng_once_in(&t->hand.rng, 4) ? 1 + rng_below(&t->hand.rng, BATCH_MAX) : 1;
	struct probe r;
	uint32_t len = 0;

	while (n--) {
		request_make(&t->hand, l->family, &r);
		if (rng_once_in(&t->hand.rng, 3))
			request_spoil(&t->hand, &r);
		if (len && (r.spoilt || l->asked[l->seq % LINK_ASKED].spoilt))
			r.mute = true;
		if (len + NLMSG_ALIGN(r.len) > sizeof(dgram))
			break;
		link_ask(l, &r, dgram, &len);
		count(t->w->tally, &r);
	}
	if (!request_denied(dgram, len, l->family))
		link_send(l, dgram, len);
}

/* Now and then an answer is left half read, and a dump with it. */
static void hear(struct thread *t, struct link *l)
{
	unsigned int left = rng_once_in(&t->hand.rng, 6) ? rng_below(&t->hand.rng, 3) : ~0u;

	while (left-- && link_hear(l, &t->hand, t->w->tally))
		continue;
}

static void reopen(struct thread *t, struct link *l)
{
	link_close(l);
	open_some(t, l);
}

static void *run(void *arg)
{
	struct thread *t = arg;
	unsigned int i;
	struct link *l;

	for (i = 0; i < LINKS; i++)
		open_some(t, &t->links[i]);
	for (i = 0; i < t->w->calls; i++) {
		l = &t->links[rng_below(&t->hand.rng, LINKS)];
		if (!l->nl || rng_once_in(&t->hand.rng, 100))
			reopen(t, l);
		if (!l->nl)
			continue;
		call(t, l);
		hear(t, l);
		if (rng_once_in(&t->hand.rng, STIR_EVERY))
			hand_stir(&t->hand);
	}
	for (i = 0; i < LINKS; i++)
		link_close(&t->links[i]);
	return NULL;
}

static int work(const struct worker *w)
{
	struct thread *t = calloc(THREADS, sizeof(*t));
	unsigned int i;

	if (!t)
		return 1;
	for (i = 0; i < THREADS; i++) {
		t[i].w = w;
		if (hand_open(&t[i].hand, rng_split(w->seed, w->number * STREAMS + i)) ||
		    pthread_create(&t[i].id, NULL, run, &t[i]))
			return 1;
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(t[i].id, NULL);
		hand_close(&t[i].hand);
	}
	if (w->kind != WORKER_HOST && !w->reloading)
		ward_check(w->tally);
	return 0;
}

/* In a PID namespace the child is the one that is in it, with a /proc that shows it. */
static int work_in_pid_namespace(const struct worker *w)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS))
		return 1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
		mount("proc", "/proc", "proc", 0, NULL);
		_exit(work(w));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	if (WIFSIGNALED(status))
		raise(WTERMSIG(status));
	return WEXITSTATUS(status);
}

static int begin(const struct worker *w)
{
	switch (w->kind) {
	case WORKER_NET:
		return unshare(CLONE_NEWNET) ? 1 : work(w);
	case WORKER_USER:
		return unshare(CLONE_NEWUSER | CLONE_NEWNET) ? 1 : work(w);
	case WORKER_PID:
		return work_in_pid_namespace(w);
	case WORKER_KNOBS:
		knobs_turn(w);
		return 0;
	default:
		return work(w);
	}
}

pid_t worker_start(const struct worker *w)
{
	pid_t pid = fork();

	if (pid)
		return pid < 0 ? -errno : pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(begin(w));
}
