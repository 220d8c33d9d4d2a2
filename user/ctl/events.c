/* SPDX-License-Identifier: GPL-2.0 */
/* vigil events */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vigil/vigil.h>

#include "user/ctl/command.h"
#include "user/ctl/event.h"
#include "user/ctl/module.h"
#include "user/ctl/wait.h"

static const char failed_text[] = "cannot read the events";

/* Padded by characters, which printf() would count as bytes. */
static void column(const char *text, size_t width)
{
	char *clean = clean_text(*text ? text : "-", false);
	size_t w = clean ? text_width(clean) : 0;

	printf("%s%*s", clean ? clean : "?", (int)(w < width ? width - w : 0) + 1, "");
	free(clean);
}

static void print_heads(void)
{
	printf("%s%-8s %-23s %-7s %-15s %-20s %-12s %s%s\n", colour_on(BOLD), "SEQ", "TIME", "PID",
	       "COMMAND", "CAUSE", "OWNER", "TAG", colour_off(BOLD));
}

/* What concerns the node has no process, owner and tag. */
static void print_text(const struct vigil_event *ev)
{
	bool member = ev->type == VIGIL_EVENT_TYPE_MEMBER_DEAD;
	const struct vigil_watch *w = &ev->watch;

	if (ev->type == VIGIL_EVENT_TYPE_GAP) {
		say("%" PRIu64 " to %" PRIu64 ": these events are lost, the ring no longer holds them\n",
		    ev->seq, ev->gap_last);
		return;
	}
	printf("%-8" PRIu64 " %-23s ", ev->seq, moment_of(ev->realtime_ns).text);
	if (event_is_of_watch(ev)) {
		printf("%-7d ", member ? ev->member.pid : w->pid);
		column(member ? ev->member.comm : w->comm, 15);
		column(event_text(ev).text, 20);
		column(w->owner, 12);
		column(w->tag, 0);
	} else {
		column(event_text(ev).text, 0);
	}
	putchar('\n');
}

/* All that are there now. */
static int take(const struct ctl_args *args, struct vigil_events *ev)
{
	struct vigil_event event;
	int r;

	while ((r = vigil_events_next(ev, &event)) > 0) {
		if (args->json)
			print_json_line(event_json(&event));
		else
			print_text(&event);
		if (ferror(stdout))
			return CTL_FAILED;
	}
	return r ? module_error(failed_text, r, vigil_events_error(ev)) : CTL_OK;
}

static int follow(const struct ctl_args *args, struct vigil_events *ev)
{
	struct pollfd fds[3] = { { .fd = vigil_events_fd(ev), .events = POLLIN } };
	int status = take(args, ev);
	enum wait_result w;

	while (status == CTL_OK) {
		w = wait_for(fds, 1);
		status = w == WAIT_READY ? take(args, ev) : wait_status(w);
	}
	return status;
}

/* Without --since, what the ring has lost was not asked for. */
static int oldest(uint64_t *since)
{
	struct vigil_stats s;
	struct vigil *v;
	int err = vigil_open(&v), status = CTL_OK;

	if (err)
		return module_error(failed_text, err, "");
	err = vigil_stats_get(v, &s);
	if (err)
		status = module_error(failed_text, err, vigil_error(v));
	else
		*since = s.oldest_seq ? s.oldest_seq : 1;
	vigil_close(v);
	return status;
}

static int open_events(const struct ctl_args *args, struct vigil_events **ev)
{
	uint64_t since = args->since;
	int status = CTL_OK, err;

	if (!since && !args->since_now)
		status = oldest(&since);
	if (status != CTL_OK)
		return status;
	err = vigil_events_open(since, ev);
	return err ? module_error(failed_text, err, "") : CTL_OK;
}

static int run(const struct ctl_args *args)
{
	struct vigil_events *ev;
	int status;

	if (args->follow && wait_prepare()) {
		complain("cannot wait for events: %s", strerror(errno));
		return CTL_FAILED;
	}
	status = open_events(args, &ev);
	if (status != CTL_OK)
		return status;
	if (!args->json)
		print_heads();
	status = args->follow ? follow(args, ev) : take(args, ev);
	vigil_events_close(ev);
	return status;
}

const struct ctl_command cmd_events = {
	.name = "events",
	.operands = "",
	.summary = "Show the deaths and other events that vigil.ko has told",
	.help = "Prints the events that the kernel's ring still holds, those of every owner in this network\n"
		"namespace, and then ends unless told to follow. Events that the ring has lost are told as\n"
		"such. With -o json each event is an object on a line of its own. Needs CAP_NET_ADMIN.\n",
	.options = CTL_FOLLOW | CTL_SINCE | CTL_OUTPUT,
	.run = run,
};
