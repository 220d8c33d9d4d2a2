// SPDX-License-Identifier: GPL-2.0
/*
 * Conditions that foretell the failure of a job.
 *
 *             foretell_follow(): it runs          foretell_decide(): its turn
 *   resting ----------------------------> looked at ------------------------> life_foretold()
 *      ^                                    |   ^                                   |
 *      +------ foretell_follow(): it does not   +--- raised, but too soon, or       |
 *      |       run                                   others are down: flagged       |
 *      +----------------------------------------------------------------------------+
 *
 * The jobs that are looked at are in a heap of their own; one timer of the loop is set to the
 * first of them, rounded up, so that those that are due together cost one turn. Each begins a part
 * of the interval after the one before it.
 *
 * What is raised of an instance goes with it; a disk stays as full as it is. The store has what is
 * raised, so that the next vigild goes on from there; how the memory grew it learns anew.
 */
#include "user/agent/foretell.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/life.h"
#include "user/agent/status.h"
#include "user/base/clock.h"
#include "user/base/log.h"

_Static_assert((int)TREND_SAMPLES_MIN == (int)JOB_TREND_SAMPLES_MIN, "a window has room for them");

/* Cleared below these thousandths of the mark. */
enum { CLEAR_LEVEL = 950, CLEAR_GROWTH = 667 };

static const char *const names[JOB_CONDITIONS] = {
	[JOB_MEMORY] = "memory",
	[JOB_DESCRIPTORS] = "descriptors",
	[JOB_PRESSURE_MEMORY] = "pressure-memory",
	[JOB_PRESSURE_IO] = "pressure-io",
	[JOB_PRESSURE_CPU] = "pressure-cpu",
	[JOB_DISK] = "disk",
	[JOB_GROWTH] = "growth",
};

static const char *const pressure_files[JOB_CONDITIONS] = {
	[JOB_PRESSURE_MEMORY] = "memory.pressure",
	[JOB_PRESSURE_IO] = "io.pressure",
	[JOB_PRESSURE_CPU] = "cpu.pressure",
};

const char *foretell_name(enum job_condition_kind kind)
{
	return names[kind];
}

static const struct job_condition *spec_of(const struct job *job, int kind)
{
	return &job->spec->foretell->conditions[kind];
}

/* When. */

static void set_timer(struct agent *a)
{
	const struct loop_timer *first = timers_first(&a->foretell.due);
	uint64_t grid = AGENT_FORETELL_GRID_US;

	if (first)
		loop_arm(&a->loop, &a->foretell.timer, (first->due_us + grid - 1) / grid * grid);
	else
		loop_disarm(&a->loop, &a->foretell.timer);
}

static void look_after(struct job *job, uint64_t due_us)
{
	timers_arm(&job->agent->foretell.due, &job->foretell->timer, due_us);
}

/* A golden section of the interval after the one before: evenly spread, however many there are. */
static uint64_t first_look(struct job *job)
{
	struct foretell_clock *clock = &job->agent->foretell;
	uint64_t interval_us = job->spec->foretell->interval_us;

	clock->spread_us = (clock->spread_us + interval_us * 618 / 1000) % interval_us;
	return clock_us() + clock->spread_us;
}

/* Pressure: the kernel tells of stalls by itself. */

static void forget_stall(struct foretold *of)
{
	int fd = of->stall.fd;

	if (loop_has(&of->stall)) {
		loop_del(&of->job->agent->loop, &of->stall);
		close(fd);
	}
	if (of->pressure_fd >= 0)
		close(of->pressure_fd);
	of->pressure_fd = -1;
	of->stalled_us = 0;
}

static void stalled(void *arg, uint32_t events)
{
	struct foretold *of = arg;

	/* Its cgroup is gone. */
	if (events & EPOLLERR)
		forget_stall(of);
	else
		of->stalled_us = clock_us();
}

/* A trigger, where the kernel has them for a cgroup. */
static int watch_stall(struct foretold *of, int fd, const struct job_condition *c)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%s %d %d", c->full ? "full" : "some",
			   AGENT_STALL_WINDOW_US / 100 * (int)c->percent, AGENT_STALL_WINDOW_US);

	/* The kernel takes the final zero for the text's end. */
	if (write(fd, text, (size_t)len + 1) < 0)
		return -errno;
	return loop_add(&of->job->agent->loop, &of->stall, fd, EPOLLPRI);
}

static void open_stall(struct job *job, int kind)
{
	struct foretold *of = &job->foretell->of[kind];
	int fd = cgroup_job_open_file(&job->cgroup, pressure_files[kind], O_RDWR | O_NONBLOCK);

	of->missing = false;
	if (fd >= 0 && watch_stall(of, fd, spec_of(job, kind)) == 0)
		return;
	if (fd >= 0)
		close(fd);
	of->pressure_fd = cgroup_job_open_file(&job->cgroup, pressure_files[kind], O_RDONLY);
	of->missing = of->pressure_fd < 0;
}

/* Beginning and end. */

static bool outlives_instance(int kind)
{
	return kind == JOB_DISK;
}

static void lower(struct foretold *of)
{
	of->level = (struct foretell_level){ 0 };
	of->noted = false;
	of->text[0] = '\0';
}

static void forget_instance(struct job *job)
{
	struct foretell *f = job->foretell;
	int kind;

	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		if (!outlives_instance(kind))
			lower(&f->of[kind]);
	trend_reset(&f->trend);
	f->note[0] = '\0';
}

static void rest(struct job *job)
{
	struct foretell *f = job->foretell;
	int kind;

	if (!f->on)
		return;
	f->on = false;
	timers_disarm(&job->agent->foretell.due, &f->timer);
	gauge_close(&f->gauge);
	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		forget_stall(&f->of[kind]);
	forget_instance(job);
}

static struct foretell *make(struct job *job)
{
	struct foretell *f = job->foretell;
	int kind;

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	if (!f) {
		log_error("%s: out of memory: nothing is foretold of it", job->name);
		return NULL;
	}
	f->timer.arg = job;
	gauge_init(&f->gauge);
	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		f->of[kind] = (struct foretold){
			.job = job,
			.pressure_fd = -1,
			.stall = { .fd = -1, .fn = stalled, .arg = &f->of[kind] },
		};
	job->foretell = f;
	return f;
}

static void begin(struct job *job)
{
	struct foretell *f = make(job);
	int kind;

	if (!f || f->on)
		return;
	f->on = true;
	/* What an earlier vigild has flagged may be of another instance. */
	if (f->pid != job->inst.pid || f->start_ticks != job->inst.start_ticks)
		forget_instance(job);
	f->pid = 0;
	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		if (pressure_files[kind] && spec_of(job, kind)->given)
			open_stall(job, kind);
	look_after(job, first_look(job));
	set_timer(job->agent);
}

void foretell_follow(struct job *job)
{
	if (job->spec->foretell && job->state == JOB_RUNNING && job->inst.pid)
		begin(job);
	else if (job->foretell)
		rest(job);
}

void foretell_free(struct job *job)
{
	if (job->foretell)
		rest(job);
	free(job->foretell);
	job->foretell = NULL;
}

void foretell_redefined(struct job *job)
{
	uint64_t restarted_us = job->foretell ? job->foretell->restarted_us : 0;

	foretell_free(job);
	if (!job->spec->foretell)
		return;
	foretell_follow(job);
	if (job->foretell)
		job->foretell->restarted_us = restarted_us;
	persist_job(job);
}

/* What is done about it. */

static size_t stem(const char *name)
{
	return strcspn(name, "@");
}

/* A replica of the same definition, or of the same group. */
static bool goes_with(const struct job *job, const struct job *other)
{
	size_t len = stem(job->name);

	if (other == job || other->removed || other->slot)
		return false;
	if (job->spec->team && job->spec->team == other->spec->team)
		return true;
	return job->name[len] && stem(other->name) == len && other->name[len] &&
	       strncmp(job->name, other->name, len) == 0;
}

/* Wanted up, and not there: it must not miss another one as well. */
static bool is_down(const struct job *job)
{
	if (job->want == WANT_DOWN || job->state == JOB_STOPPED || job->state == JOB_DONE ||
	    job->state == JOB_LISTENING)
		return false;
	return job->state != JOB_RUNNING || job->want != WANT_UP;
}

static unsigned int others_down(const struct job *job, const struct job **first)
{
	const struct jobs *js = &job->agent->jobs;
	unsigned int n = 0;
	size_t i;

	*first = NULL;
	for (i = 0; i < js->n; i++) {
		if (!goes_with(job, js->list[i]) || !is_down(js->list[i]))
			continue;
		if (!n++)
			*first = js->list[i];
	}
	return n;
}

static enum foretell_deed decide(struct job *job, uint64_t now_us)
{
	const struct job_foretell *spec = job->spec->foretell;
	struct foretell *f = job->foretell;
	const struct job *first;
	struct foretell_view view = {
		.up = job->state == JOB_RUNNING && job->want == WANT_UP,
		.restarted_us = f->restarted_us,
		.spacing_us = spec->spacing_us,
		.at_once = spec->at_once,
		.down = others_down(job, &first),
	};
	enum foretell_deed deed = foretell_decide(&view, now_us);

	f->note[0] = '\0';
	if (deed == FORETELL_TOO_SOON)
		snprintf(f->note, sizeof(f->note),
			 "not restarted: it was %.0f s before, and is at most every %g s",
			 (double)(now_us - f->restarted_us) / US_PER_S,
			 (double)spec->spacing_us / US_PER_S);
	else if (deed == FORETELL_WAIT)
		snprintf(f->note, sizeof(f->note), "not restarted yet: waits for %s (%s)", first->name,
			 job_state_name(first->state));
	return deed;
}

static const struct foretold *cause_of_restart(const struct job *job)
{
	int kind;

	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		if (job->foretell->of[kind].level.raised &&
		    spec_of(job, kind)->action == JOB_FORETELL_RESTART)
			return &job->foretell->of[kind];
	return NULL;
}

static void note_flags(struct job *job)
{
	struct foretell *f = job->foretell;
	char text[STORE_EVENT_TEXT_MAX];
	int kind;

	for (kind = 0; kind < JOB_CONDITIONS; kind++) {
		struct foretold *of = &f->of[kind];
		bool waits = spec_of(job, kind)->action == JOB_FORETELL_RESTART && f->note[0];

		if (!of->level.raised || of->noted)
			continue;
		of->noted = true;
		snprintf(text, sizeof(text), "%s%s%s", of->text, waits ? "; " : "",
			 waits ? f->note : "");
		log_warning("%s: flagged: %s", job->name, text);
		history_note(job, HISTORY_FLAGGED, text);
	}
}

static void act(struct job *job, uint64_t now_us)
{
	const struct foretold *cause = cause_of_restart(job);
	char text[AGENT_FORETOLD_MAX];

	if (cause || job->foretell->note[0])
		view_touch(job);
	job->foretell->note[0] = '\0';
	if (cause && decide(job, now_us) == FORETELL_RESTART) {
		job->foretell->restarted_us = now_us;
		/* Resting forgets it. */
		memcpy(text, cause->text, sizeof(text));
		life_foretold(job, text);
		return;
	}
	note_flags(job);
}

static void raise_flag(struct foretold *of, const char *what)
{
	of->realtime_ns = clock_realtime_ns();
	snprintf(of->text, sizeof(of->text), "%.120s for %.3g s", what,
		 (double)of->level.held_us / US_PER_S);
	persist_job(of->job);
}

static void clear_flag(struct foretold *of, int kind)
{
	if (of->noted) {
		log_notice("%s: no longer flagged for %s", of->job->name, names[kind]);
		history_note(of->job, HISTORY_UNFLAGGED, names[kind]);
	}
	lower(of);
	persist_job(of->job);
}

static void look_at(struct job *job, int kind, uint64_t now_us)
{
	const struct job_condition *c = spec_of(job, kind);
	struct foretold *of = &job->foretell->of[kind];
	char what[AGENT_FORETOLD_MAX];
	int share = foretell_measure(job, kind, now_us, what, sizeof(what));

	switch (foretell_level_step(&of->level, share, kind == JOB_GROWTH ? CLEAR_GROWTH : CLEAR_LEVEL,
				    c->for_us, now_us)) {
	case FORETELL_RAISED:
		raise_flag(of, what);
		break;
	case FORETELL_CLEARED:
		clear_flag(of, kind);
		break;
	case FORETELL_SAME:
		break;
	}
}

static void look(struct job *job, uint64_t now_us)
{
	int kind;

	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		if (spec_of(job, kind)->given)
			look_at(job, kind, now_us);
	act(job, now_us);
}

/* A bounded number in one turn; the rest are due at once. */
static void timer_over(void *arg)
{
	struct agent *a = arg;
	uint64_t now_us = clock_us();
	struct loop_timer *first;
	int n;

	for (n = 0; n < AGENT_FORETELLS_PER_TURN; n++) {
		struct job *job;

		first = timers_first(&a->foretell.due);
		if (!first || first->due_us > now_us)
			break;
		job = first->arg;
		look_after(job, now_us + job->spec->foretell->interval_us);
		look(job, now_us);
	}
	set_timer(a);
}

int foretell_open(struct agent *a)
{
	a->foretell.timer = (struct loop_timer){ .fn = timer_over, .arg = a };
	return timers_init(&a->foretell.due, AGENT_JOBS_MAX);
}

void foretell_close(struct agent *a)
{
	loop_disarm(&a->loop, &a->foretell.timer);
	timers_fini(&a->foretell.due);
}

/* The store, and what is told. */

static bool any_raised(const struct foretell *f)
{
	int kind;

	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		if (f->of[kind].level.raised)
			return true;
	return false;
}

/* A line for each: its name, since when, and its sentence. */
static void write_flags(const struct foretell *f, char *buf, size_t size)
{
	size_t len = 0;
	int kind;

	buf[0] = '\0';
	for (kind = 0; kind < JOB_CONDITIONS; kind++) {
		const struct foretold *of = &f->of[kind];

		if (of->level.raised && len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s %" PRIu64 " %s\n",
						names[kind], of->realtime_ns, of->text);
	}
}

int foretell_put(struct job *job, struct store *store)
{
	const struct foretell *f = job->foretell;
	char flags[JOB_CONDITIONS * (AGENT_FORETOLD_MAX + 48)];

	if (!f || (!f->restarted_us && !any_raised(f))) {
		if (!job->foretell_stored)
			return 0;
		job->foretell_stored = false;
		return store_del_foretell(store, job->name);
	}
	job->foretell_stored = true;
	write_flags(f, flags, sizeof(flags));
	return store_put_foretell(store, &(struct store_foretell){
		.name = job->name,
		.boot_id = job->agent->boot_id,
		.pid = job->inst.pid,
		.start_ticks = job->inst.start_ticks,
		.restarted_us = f->restarted_us,
		.flags = flags,
	});
}

static void read_flag(struct job *job, const char *line, size_t len)
{
	int kind, at = 0;
	uint64_t since_ns;
	char name[32];

	if (sscanf(line, "%31s %" SCNu64 " %n", name, &since_ns, &at) != 2 || !at || (size_t)at > len)
		return;
	for (kind = 0; kind < JOB_CONDITIONS; kind++) {
		struct foretold *of = &job->foretell->of[kind];

		if (strcmp(names[kind], name) != 0 || !spec_of(job, kind)->given)
			continue;
		of->level.raised = true;
		of->noted = true;
		of->realtime_ns = since_ns;
		snprintf(of->text, sizeof(of->text), "%.*s", (int)(len - (size_t)at), line + at);
	}
}

static void load_one(void *arg, const struct store_foretell *row)
{
	struct agent *a = arg;
	struct job *job = jobs_find(&a->jobs, row->name);
	const char *line, *end;

	if (!job)
		return;
	job->foretell_stored = true;
	if (!job->spec->foretell || strcmp(row->boot_id, a->boot_id) != 0 || !make(job))
		return;
	job->foretell->restarted_us = row->restarted_us;
	job->foretell->pid = (pid_t)row->pid;
	job->foretell->start_ticks = row->start_ticks;
	for (line = row->flags; (end = strchr(line, '\n')); line = end + 1)
		read_flag(job, line, (size_t)(end - line));
}

void foretell_load(struct agent *a)
{
	struct store *store = persist_source(a);

	if (store && store_each_foretell(store, load_one, a))
		log_error("cannot read which jobs were flagged: %s", store_error(store));
}

json_t *foretell_flags(const struct job *job)
{
	const struct foretell *f = job->foretell;
	json_t *list = json_array();
	int kind;

	for (kind = 0; list && f && job->spec->foretell && kind < JOB_CONDITIONS; kind++) {
		const struct foretold *of = &f->of[kind];
		bool restart = spec_of(job, kind)->action == JOB_FORETELL_RESTART;

		json_t *flag;

		if (!of->level.raised)
			continue;
		flag = json_pack("{s:s, s:s, s:o, s:o, s:o}",
				 "condition", names[kind],
				 "action", restart ? "restart" : "flag",
				 "since_ns", status_number(of->realtime_ns),
				 "text", status_text(of->text),
				 "note", restart && f->note[0] ? status_text(f->note) : json_null());
		json_array_append_new(list, flag);
	}
	return list;
}

unsigned int foretell_unseen(const struct job *job)
{
	unsigned int mask = 0;
	int kind;

	for (kind = 0; job->foretell && job->foretell->on && kind < JOB_CONDITIONS; kind++)
		if (job->foretell->of[kind].missing)
			mask |= 1u << kind;
	return mask;
}
