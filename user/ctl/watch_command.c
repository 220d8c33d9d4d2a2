/* SPDX-License-Identifier: GPL-2.0 */
/* vigil watch --deadline: a command that is to beat. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/ctl/event.h"
#include "user/ctl/module.h"
#include "user/ctl/wait.h"
#include "user/ctl/watch.h"

/**
 * struct job - the command and what belongs to it
 * @gate: it waits here until it is watched, and then starts
 * @failure: tells errno here if it cannot
 */
struct job {
	const struct ctl_args *args;
	struct target target;
	int memfd;
	struct vigil_beat *slot;
	int gate[2];
	int failure[2];
};

static void start_command(struct job *j)
{
	char *const *argv = j->args->operands;
	char value[32], byte;
	sigset_t none;
	int err;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	snprintf(value, sizeof(value), "%d:0", j->memfd);
	close(j->gate[1]);
	if (setenv("VIGIL_BEAT_FD", value, 1) || fcntl(j->memfd, F_SETFD, 0) ||
	    read(j->gate[0], &byte, 1) != 1)
		_exit(CTL_FAILED);
	execvp(argv[0], argv);
	err = errno;
	if (write(j->failure[1], &err, sizeof(err)) != sizeof(err))
		_exit(CTL_FAILED);
	_exit(CTL_FAILED);
}

static int prepare(struct job *j)
{
	j->memfd = vigil_beat_memfd(1);
	if (j->memfd < 0 || vigil_beat_map(j->memfd, 0, &j->slot) ||
	    pipe2(j->gate, O_CLOEXEC) || pipe2(j->failure, O_CLOEXEC))
		return -1;
	fflush(NULL);
	j->target.pid = fork();
	if (!j->target.pid)
		start_command(j);
	close(j->gate[0]);
	close(j->failure[1]);
	return j->target.pid < 0 ? -1 : 0;
}

/* Watched first, then let go: no beat is demanded of what has not begun. */
static int let_go(struct job *j)
{
	int err = 0;

	if (write(j->gate[1], "", 1) != 1)
		return CTL_FAILED;
	if (read(j->failure[0], &err, sizeof(err)) != sizeof(err))
		return CTL_OK;
	complain("cannot start %s: %s", j->args->operands[0], strerror(err));
	return err == ENOENT ? CTL_NOT_FOUND : CTL_FAILED;
}

static int watch_it(struct job *j, struct vigil *v)
{
	struct vigil_deadline d = {
		.ms = j->args->deadline_ms, .action = j->args->on_hang, .signal = j->args->signal,
	};
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	struct vigil_watch w;
	int err;

	snprintf(owner, sizeof(owner), "vigil-watch-%d", getpid());
	err = vigil_watch_pid(v, j->target.pid, 0, owner, NULL, VIGIL_WATCH_FLAGS_TRANSIENT, &w);
	if (!err)
		err = vigil_beat_set(v, w.id, &d, j->slot);
	j->target.id = w.id;
	return err ? module_error("cannot watch the command", err, vigil_error(v)) : CTL_OK;
}

static void print_stall(const struct vigil_event *ev)
{
	bool hung = ev->type == VIGIL_EVENT_TYPE_HUNG;

	say("%s  %s (%d): %s%s%s\n", moment_of(ev->realtime_ns).text, ev->watch.comm, ev->watch.pid,
	    event_text(ev).text, hung ? "; " : "", hung ? action_text(&ev->hang).text : "");
}

/* Events are lost, but not the watch. */
static void look(struct targets *t, struct vigil *v)
{
	struct vigil_event ev = { .type = VIGIL_EVENT_TYPE_DEAD };

	if (vigil_get(v, t->list->id, &ev.watch) || ev.watch.state != VIGIL_WATCH_STATE_DEAD)
		return;
	ev.seq = ev.watch.exit.seq;
	targets_died(t, t->list, &ev);
}

static void tell(struct targets *t, struct vigil *v, const struct vigil_event *ev)
{
	if (ev->type == VIGIL_EVENT_TYPE_GAP) {
		look(t, v);
		return;
	}
	if (!t->list->id || ev->watch.id != t->list->id)
		return;
	if (ev->type == VIGIL_EVENT_TYPE_DEAD)
		targets_died(t, t->list, ev);
	else if (t->json)
		print_json_line(event_json(ev));
	else
		print_stall(ev);
}

static int take(struct targets *t, struct vigil *v, struct vigil_events *events)
{
	struct vigil_event ev;
	int r;

	while ((r = vigil_events_next(events, &ev)) > 0)
		tell(t, v, &ev);
	return r ? module_error("cannot read the events", r, vigil_events_error(events)) : CTL_OK;
}

static int follow(struct job *j, struct vigil *v, struct vigil_events *events)
{
	struct targets t = {
		.list = &j->target, .n = 1, .alive = 1, .json = j->args->json,
	};
	struct pollfd fds[3] = { { .fd = vigil_events_fd(events), .events = POLLIN } };
	int status = take(&t, v, events);
	enum wait_result w;

	while (status == CTL_OK && t.alive) {
		w = wait_for(fds, 1);
		status = w == WAIT_READY ? take(&t, v, events) : wait_status(w);
	}
	return status == CTL_OK ? t.status : status;
}

static int run_job(struct job *j, struct vigil *v, struct vigil_events *events)
{
	int status;

	if (prepare(j)) {
		complain("cannot start %s: %s", j->args->operands[0], strerror(errno));
		return CTL_FAILED;
	}
	status = watch_it(j, v);
	if (status == CTL_OK)
		status = let_go(j);
	if (status == CTL_OK)
		return follow(j, v, events);
	kill(j->target.pid, SIGKILL);
	waitpid(j->target.pid, NULL, 0);
	return status;
}

int watch_command(const struct ctl_args *args)
{
	struct vigil_events *events;
	struct job j = { .args = args };
	struct vigil *v;
	int err, status;

	if (wait_prepare()) {
		complain("cannot wait: %s", strerror(errno));
		return CTL_FAILED;
	}
	err = vigil_open(&v);
	if (err)
		return module_error("cannot demand beats", err, "");
	err = vigil_events_open(0, &events);
	if (err) {
		vigil_close(v);
		return module_error("cannot demand beats", err, "");
	}
	status = run_job(&j, v, events);
	vigil_events_close(events);
	vigil_close(v);
	return status;
}
