/* SPDX-License-Identifier: GPL-2.0 */
/* vigil watch */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/ctl/event.h"
#include "user/ctl/module.h"
#include "user/ctl/wait.h"
#include "user/ctl/watch.h"

#define NS_PER_S 1000000000ull

static pid_t parse_pid(const char *text)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || pid < 1 || pid > INT32_MAX)
		return 0;
	return pid;
}

static bool listed(const struct targets *t, pid_t pid)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->list[i].pid == pid)
			return true;
	return false;
}

int targets_parse(struct targets *t, const struct ctl_args *args)
{
	size_t i;
	pid_t pid;

	t->list = calloc(args->n, sizeof(*t->list));
	if (!t->list) {
		complain("out of memory");
		return CTL_FAILED;
	}
	for (i = 0; i < args->n; i++) {
		pid = parse_pid(args->operands[i]);
		if (!pid) {
			complain("\"%s\" is no process ID; see \"vigil watch --help\"",
				 args->operands[i]);
			return CTL_USAGE;
		}
		if (!listed(t, pid))
			t->list[t->n++] = (struct target){ .pid = pid, .pidfd = -1 };
	}
	t->json = args->json;
	t->flags = VIGIL_WATCH_FLAGS_TRANSIENT | (args->dying ? VIGIL_WATCH_FLAGS_DYING : 0) |
		   (args->tree ? VIGIL_WATCH_FLAGS_TREE : 0);
	return CTL_OK;
}

static uint64_t realtime_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* @of is the process whose descendant it was, 0 if it is watched itself. */
static void print_known(const char *comm, pid_t pid, pid_t of, uint64_t start_ns,
			const struct vigil_exit *e)
{
	struct cause c = cause_text(vigil_cause_name(e->cause), e->code, e->signal);
	double lived = e->boottime_ns > start_ns ?
		       (double)(e->boottime_ns - start_ns) / NS_PER_S : 0;
	char root[32] = "";

	if (of)
		snprintf(root, sizeof(root), ", descendant of %d", of);
	say("%s  %s (%d%s): %s after %s; CPU %.3fs user, %.3fs system; at most %.1f MiB resident\n",
	    moment_of(e->realtime_ns).text, comm, pid, root, c.text, span_of(lived).text,
	    (double)e->utime_ns / NS_PER_S, (double)e->stime_ns / NS_PER_S,
	    (double)e->maxrss_kib / 1024);
}

static void print_empty(const struct vigil_event *ev)
{
	say("%s  %s (%d): it and all its descendants are gone\n",
	    moment_of(ev->realtime_ns).text, ev->watch.comm, ev->watch.pid);
	if (ev->watch.members_missed)
		complain("warning: %u descendants of %d could not be watched",
			 ev->watch.members_missed, ev->watch.pid);
}

void targets_event(const struct targets *t, const struct vigil_event *ev)
{
	const struct vigil_member *m = &ev->member;

	if (t->json)
		print_json_line(event_json(ev));
	else if (ev->type == VIGIL_EVENT_TYPE_DYING)
		say("%s  %s (%d): dying\n", moment_of(ev->realtime_ns).text, ev->watch.comm,
		    ev->watch.pid);
	else if (ev->type == VIGIL_EVENT_TYPE_MEMBER_DEAD)
		print_known(m->comm, m->pid, ev->watch.pid, m->start_ns, &m->exit);
	else if (ev->type == VIGIL_EVENT_TYPE_GROUP_EMPTY)
		print_empty(ev);
}

static void print_unknown(const struct targets *t, const struct target *target)
{
	uint64_t now = realtime_now();

	if (t->json)
		print_json_line(json_pack("{s:s, s:i, s:o, s:{s:s, s:o}}", "type", "dead",
					  "pid", target->pid, "comm", json_text(target->comm),
					  "exit", "cause", "unknown",
					  "realtime_ns", json_u64(now)));
	else
		say("%s  %s (%d): died, nobody knows how\n", moment_of(now).text, target->comm,
		    target->pid);
}

void targets_died(struct targets *t, struct target *target, const struct vigil_event *ev)
{
	if (ev && t->json)
		print_json_line(event_json(ev));
	else if (ev)
		print_known(ev->watch.comm, ev->watch.pid, 0, ev->watch.start_ns, &ev->watch.exit);
	else
		print_unknown(t, target);
	if ((!ev || ev->watch.exit.cause == VIGIL_CAUSE_UNKNOWN) && t->status == CTL_OK)
		t->status = CTL_FAILED;
	target->told = true;
	if (ev && ev->watch.flags & VIGIL_WATCH_FLAGS_TREE)
		return;
	target->id = 0;
	t->alive--;
}

static int watch(struct targets *t)
{
	struct vigil *v;
	int err, status;

	if (wait_prepare()) {
		complain("cannot wait: %s", strerror(errno));
		return CTL_FAILED;
	}
	err = vigil_open(&v);
	if (err == -ENOENT && t->flags != VIGIL_WATCH_FLAGS_TRANSIENT)
		return module_error("cannot watch so", err, "");
	if (err == -ENOENT) {
		complain("warning: vigil.ko is not loaded: a death is seen, but not how it came; "
			 "load it with \"modprobe vigil\"");
		return watch_by_pidfd(t);
	}
	if (err)
		return module_error("cannot watch", err, "");
	status = watch_by_kernel(t, v);
	vigil_close(v);
	return status;
}

static int run(const struct ctl_args *args)
{
	struct targets t = {};
	int status;

	if (args->deadline_ms)
		return watch_command(args);
	if (args->on_hang != VIGIL_BEAT_ACTION_NONE) {
		complain("--on-hang goes with --deadline; see \"vigil watch --help\"");
		return CTL_USAGE;
	}
	status = targets_parse(&t, args);
	if (status == CTL_OK)
		status = watch(&t);
	free(t.list);
	return status;
}

const struct ctl_command cmd_watch = {
	.name = "watch",
	.operands = "PID... | COMMAND...",
	.summary = "Wait for any processes to die, and tell how they did",
	.help = "They need not be children. Ends when all of them are dead; exits with 0 if it could tell\n"
		"how each died, whatever that was, with 1 if not, with 6 if one did not exist, with 130\n"
		"when interrupted. Without vigil.ko nobody but a parent learns how a process died: then\n"
		"only that it died is told, and --dying and --tree cannot be had. With vigil.ko CAP_NET_ADMIN\n"
		"is needed. With -o json each event is an object on a line.\n\n"
		"With --deadline the operands are a command and its arguments, best after \"--\". It is started\n"
		"and finds in VIGIL_BEAT_FD where to beat, as vigil_beat_open() of libvigil does. That it\n"
		"misses its beat, and beats again, is told too. This needs vigil.ko.\n",
	.options = CTL_DYING | CTL_TREE | CTL_DEADLINE | CTL_ON_HANG | CTL_OUTPUT,
	.min = 1,
	.max = WATCH_PIDS_MAX,
	.run = run,
};
