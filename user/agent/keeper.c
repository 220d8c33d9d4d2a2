// SPDX-License-Identifier: GPL-2.0
/* vigild as the keeper of the node: the kernel brings it back. */
#include "user/agent/keeper.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/bounds.h"
#include "user/agent/proc.h"
#include "user/base/clock.h"
#include "user/base/log.h"

/* Not that of the jobs' watches, whose tags are names of jobs. */
#define KEEPER_OWNER "vigild-keeper"

/* The watches of vigild itself: this one's, and dead ones that can go. */
struct own_watches {
	uint64_t id;
	uint64_t stale[AGENT_STALE_MAX];
	unsigned int nstale;
};

static int sort_out(const struct vigil_watch *w, void *arg)
{
	struct own_watches *own = arg;

	if (w->state == VIGIL_WATCH_STATE_ALIVE && w->pid == getpid())
		own->id = w->id;
	else if (w->state == VIGIL_WATCH_STATE_DEAD && own->nstale < AGENT_STALE_MAX)
		own->stale[own->nstale++] = w->id;
	return 0;
}

/* One that was upgraded by an exec in place is watched already. */
static int watch_itself(struct agent *a, uint64_t *id)
{
	struct own_watches own = { 0 };
	struct vigil_watch w;
	unsigned int i;
	int pidfd, err;

	err = vigil_list(a->watcher.v, KEEPER_OWNER, sort_out, &own);
	if (err)
		return err;
	for (i = 0; i < own.nstale; i++)
		watch_release(a, own.stale[i]);
	*id = own.id;
	if (own.id)
		return 0;
	pidfd = proc_pidfd_open(getpid());
	if (pidfd < 0)
		return pidfd;
	err = vigil_watch_pidfd(a->watcher.v, pidfd, KEEPER_OWNER, NULL, 0, &w);
	close(pidfd);
	*id = w.id;
	return err;
}

/* The program by the path that it has now; the rest of the command line as it was given. */
static int set_keeper(struct agent *a, uint64_t id, char **argv)
{
	const char *words[VIGIL_KEEPER_WORDS_MAX + 2] = { NULL };
	const struct vigil_keeper_plan plan = {
		.argv = words, .env = a->keeper.inherit.list, .last_resort = -1
	};
	static char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	int i;

	if (len < 0)
		return -errno;
	program[len] = '\0';
	words[0] = program;
	/* One word too many is left in, so that the library refuses a command line too long. */
	for (i = 1; argv[i] && i <= VIGIL_KEEPER_WORDS_MAX; i++)
		words[i] = argv[i];
	return vigil_keeper_set(a->watcher.v, id, &plan);
}

/* In the loop itself, so that it stops when the loop does. */
static void beat(void *arg)
{
	struct agent *a = arg;

	vigil_beat(a->keeper.slot);
	loop_arm(&a->loop, &a->keeper.beat,
		 clock_us() + (uint64_t)a->opt.keeper_ms * US_PER_MS / AGENT_KEEPER_BEATS);
}

/* A vigild that hangs is killed, and then brought back. */
static int demand_beat(struct agent *a, uint64_t id)
{
	const struct vigil_deadline deadline = {
		.ms = a->opt.keeper_ms, .action = VIGIL_BEAT_ACTION_KILL
	};
	int fd = vigil_beat_memfd(1);
	int err = fd < 0 ? fd : vigil_beat_map(fd, 0, &a->keeper.slot);

	if (fd >= 0)
		close(fd);
	if (!err)
		err = vigil_beat_set(a->watcher.v, id, &deadline, a->keeper.slot);
	if (err)
		return err;
	a->keeper.beat = (struct loop_timer){ .fn = beat, .arg = a };
	beat(a);
	return 0;
}

static void stop_beating(struct agent *a)
{
	if (timer_armed(&a->keeper.beat))
		loop_disarm(&a->loop, &a->keeper.beat);
	vigil_beat_unmap(a->keeper.slot);
	a->keeper.slot = NULL;
}

static void fail(struct agent *a, int err, const char *sentence)
{
	snprintf(a->keeper.why, sizeof(a->keeper.why), "%s",
		 *sentence ? sentence : strerror(-err));
	log_error("the kernel will not bring this vigild back: %s", a->keeper.why);
}

void keeper_register(struct agent *a, char **argv)
{
	uint64_t id = 0;
	int err;

	if (!a->opt.keeper)
		return;
	if (!a->watcher.v) {
		fail(a, 0, a->watcher.why);
		return;
	}
	err = watch_itself(a, &id);
	if (!err)
		err = demand_beat(a, id);
	if (!err)
		err = set_keeper(a, id, argv);
	if (!err) {
		a->keeper.id = id;
		log_notice("the kernel keeps this vigild");
		return;
	}
	fail(a, err, vigil_error(a->watcher.v));
	if (id)
		watch_release(a, id);
	stop_beating(a);
}

void keeper_resign(struct agent *a)
{
	int err;

	if (!a->keeper.id || !a->watcher.v)
		return;
	err = vigil_keeper_resign(a->watcher.v, getpid());
	if (err)
		log_warning("cannot resign as the keeper: %s", vigil_error(a->watcher.v));
	watch_release(a, a->keeper.id);
	a->keeper.id = 0;
	stop_beating(a);
}

void keeper_forget(struct agent *a)
{
	a->keeper.id = 0;
	stop_beating(a);
	snprintf(a->keeper.why, sizeof(a->keeper.why), "vigil.ko was unloaded");
}
