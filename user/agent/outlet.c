// SPDX-License-Identifier: GPL-2.0
/*
 * The named pipes that instances write to.
 *
 * The instance gets each open for reading as well as writing, so that it never breaks; from then on
 * it needs nobody. What is in a pipe goes with its last descriptor, though, and that may be before the logger
 * has read it, if it is being brought back. So vigild holds a descriptor until the logger removes the pipe's
 * name, which it does when it has read all, and has the holder hold one beyond its own death.
 */
#include "user/agent/outlet.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/standby.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/base/path.h"
#include "user/log/logger.h"
#include "user/log/rules.h"

#define KEY_PREFIX "log/"

_Static_assert(sizeof(((struct job *)0)->name) <= sizeof(((struct fifo_name *)0)->job),
	       "a pipe's name holds its job's");

/* A pipe gets its name when it has a writer: one without is at its end. */
#define HALF_MADE ".new"

struct outlet {
	char fifo[FIFO_NAME_SIZE];
	int fd;
	TAILQ_ENTRY(outlet) link;	/* while it drains */
};

static void key_of(char *out, size_t size, const char *fifo)
{
	snprintf(out, size, KEY_PREFIX "%.*s", FIFO_NAME_SIZE - 1, fifo);
}

static struct outlet *outlet_new(const char *fifo, int fd)
{
	size_t len = strlen(fifo) + 1;
	struct outlet *o = len <= FIFO_NAME_SIZE ? calloc(1, sizeof(*o)) : NULL;

	if (!o)
		return NULL;
	memcpy(o->fifo, fifo, len);
	o->fd = fd;
	return o;
}

static void outlet_free(struct outlet *o)
{
	close(o->fd);
	free(o);
}

static void let_go(struct agent *a, struct outlet *o)
{
	char key[FIFO_NAME_SIZE + sizeof(KEY_PREFIX)];

	key_of(key, sizeof(key), o->fifo);
	holder_remove(&a->holder, key);
	outlet_free(o);
}

static bool is_drained(const struct outlet *o)
{
	struct stat st;

	return fstat(o->fd, &st) || !st.st_nlink;
}

static void drain(struct agent *a, struct outlet *o)
{
	TAILQ_INSERT_TAIL(&a->outlets.draining, o, link);
	if (!timer_armed(&a->outlets.sweep))
		loop_arm(&a->loop, &a->outlets.sweep, clock_us() + AGENT_OUTLET_SWEEP_US);
}

static void sweep(void *arg)
{
	struct agent *a = arg;
	struct outlet_list *list = &a->outlets.draining;
	struct outlet *o = TAILQ_FIRST(list), *next;

	for (; o; o = next) {
		next = TAILQ_NEXT(o, link);
		if (!is_drained(o))
			continue;
		TAILQ_REMOVE(list, o, link);
		let_go(a, o);
	}
	if (!TAILQ_EMPTY(list))
		loop_arm(&a->loop, &a->outlets.sweep, clock_us() + AGENT_OUTLET_SWEEP_US);
}

void outlets_open(struct agent *a)
{
	char dir[PATH_MAX];
	int err = path_join(dir, sizeof(dir), a->opt.run_dir, LOGGER_DIR, "");

	a->outlets = (struct outlets){ .dir_fd = -1, .sweep = { .fn = sweep, .arg = a } };
	TAILQ_INIT(&a->outlets.draining);
	if (!err)
		err = path_make_dirs(dir, 0700);
	if (!err) {
		a->outlets.dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = a->outlets.dir_fd < 0 ? -errno : 0;
	}
	if (err)
		log_error("the output of jobs is lost: %s: %s", dir, strerror(-err));
}

static bool is_of(const struct job *job, const struct fifo_name *name)
{
	return job && job->inst.pid && !job->outlets[name->stream];
}

/* A job's name may have the same letters in it. */
static bool is_half_made(const char *name)
{
	size_t len = strlen(name), end = strlen(HALF_MADE);

	return len > end && strcmp(name + len - end, HALF_MADE) == 0;
}

/* Of which instance it was is unknown: then it goes when its writers are gone, as all do. */
static void adopt(struct agent *a, const char *fifo)
{
	char key[FIFO_NAME_SIZE + sizeof(KEY_PREFIX)];
	struct fifo_name name;
	struct outlet *o;
	struct job *job;
	int fd;

	if (fifo_name_read(fifo, &name)) {
		if (is_half_made(fifo))
			unlinkat(a->outlets.dir_fd, fifo, 0);
		return;
	}
	key_of(key, sizeof(key), fifo);
	fd = holder_take(&a->holder, key);
	if (fd < 0) {
		fd = openat(a->outlets.dir_fd, fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0)
			holder_store(&a->holder, key, fd);
	}
	o = fd < 0 ? NULL : outlet_new(fifo, fd);
	job = jobs_find(&a->jobs, name.job);
	if (o && is_of(job, &name))
		job->outlets[name.stream] = o;
	else if (o)
		drain(a, o);
	else if (fd >= 0)
		close(fd);
}

void outlets_adopt(struct agent *a)
{
	int fd = a->outlets.dir_fd < 0 ? -1 :
		 openat(a->outlets.dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		adopt(a, entry->d_name);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

void outlets_close(struct agent *a)
{
	struct outlet *o;

	while ((o = TAILQ_FIRST(&a->outlets.draining))) {
		TAILQ_REMOVE(&a->outlets.draining, o, link);
		outlet_free(o);
	}
	loop_disarm(&a->loop, &a->outlets.sweep);
	if (a->outlets.dir_fd >= 0)
		close(a->outlets.dir_fd);
}

void outlets_rules(struct job *job)
{
	const struct job_log *log = &job->spec->log;
	struct log_rules rules = {
		.max_size = log->max_size,
		.max_files = log->max_files,
		.rate_max = log->rate_max,
		.rate_within_us = log->rate_within_us,
		.journald = log->journald,
		.syslog = log->syslog,
	};
	int err;

	if (job->spec->output || job->agent->outlets.dir_fd < 0)
		return;
	err = rules_write(job->agent->outlets.dir_fd, standby_base(job), &rules);
	if (err)
		log_error("%s: its log settings cannot be told to the logger: %s", job->name,
			  strerror(-err));
}

/* Its user may open what is its output by the name of /dev/stdout, too. */
static int open_ends(struct job *job, const char *fifo, int *writer)
{
	const struct launch *l = &job->launch;
	int dir_fd = job->agent->outlets.dir_fd, fd, err;

	if (mkfifoat(dir_fd, fifo, 0600))
		return -errno;
	fd = openat(dir_fd, fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	*writer = fd < 0 ? -1 : openat(dir_fd, fifo, O_RDWR | O_CLOEXEC);
	if (*writer >= 0 && (!l->set_uid || fchown(*writer, l->uid, l->gid) == 0))
		return fd;
	err = -errno;
	if (*writer >= 0)
		close(*writer);
	if (fd >= 0)
		close(fd);
	*writer = -1;
	unlinkat(dir_fd, fifo, 0);
	return err;
}

/* Half made: it has no name yet by which the logger would find it. */
static struct outlet *make(struct job *job, const struct fifo_name *name, int *writer, int *err)
{
	char fifo[FIFO_NAME_SIZE], half[FIFO_NAME_SIZE + sizeof(HALF_MADE)];
	struct agent *a = job->agent;
	struct outlet *o;
	int fd = fifo_name_write(fifo, sizeof(fifo), name);

	snprintf(half, sizeof(half), "%s%s", fifo, HALF_MADE);
	if (!fd)
		fd = open_ends(job, half, writer);
	*err = fd < 0 ? fd : 0;
	if (fd < 0)
		return NULL;
	o = outlet_new(fifo, fd);
	if (!o) {
		unlinkat(a->outlets.dir_fd, half, 0);
		close(*writer);
		*writer = -1;
		close(fd);
		*err = -ENOMEM;
		return NULL;
	}
	return o;
}

static int finish(struct agent *a, const struct outlet *o)
{
	char half[FIFO_NAME_SIZE + sizeof(HALF_MADE)], key[FIFO_NAME_SIZE + sizeof(KEY_PREFIX)];
	int err;

	snprintf(half, sizeof(half), "%s%s", o->fifo, HALF_MADE);
	if (renameat(a->outlets.dir_fd, half, a->outlets.dir_fd, o->fifo)) {
		err = -errno;
		unlinkat(a->outlets.dir_fd, half, 0);
		return err;
	}
	key_of(key, sizeof(key), o->fifo);
	holder_store(&a->holder, key, o->fd);
	return 0;
}

static void tell_lost(struct job *job, int err)
{
	snprintf(job->reason, sizeof(job->reason), "output is lost: cannot make a pipe for it: %s",
		 strerror(-err));
	log_warning("%s: %s", job->name, job->reason);
}

/* Of those streams that the job has kept; of a stream that has none the pipe is -1. 0 or a negative errno. */
static int make_all(struct job *job, int pipes[OUTLETS], struct outlet *made[OUTLETS])
{
	const struct job_log *log = &job->spec->log;
	const bool wanted[OUTLETS] = { log->out, log->err };
	struct fifo_name name = { .number = clock_us() };
	int i, err = 0;

	/* The log of a job has what its standbys write, too: one of them may be the job tomorrow. */
	snprintf(name.job, sizeof(name.job), "%s", standby_base(job));
	for (i = 0; i < OUTLETS; i++) {
		pipes[i] = -1;
		made[i] = NULL;
		name.stream = (enum record_stream)i;
		if (job->spec->output || !wanted[i] || err)
			continue;
		if (job->agent->outlets.dir_fd < 0)
			err = -ENOENT;
		else
			made[i] = make(job, &name, &pipes[i], &err);
	}
	return err;
}

void outlets_make(struct job *job)
{
	int err;

	outlets_ended(job);
	err = make_all(job, job->launch.pipes, job->outlets);
	if (err)
		tell_lost(job, err);
}

void outlets_beside(struct job *job, int pipes[OUTLETS])
{
	struct outlet *made[OUTLETS];
	int i, err = make_all(job, pipes, made);

	for (i = 0; i < OUTLETS; i++) {
		int failed = made[i] ? finish(job->agent, made[i]) : 0;

		if (made[i])
			drain(job->agent, made[i]);
		if (failed)
			err = failed;
	}
	if (err)
		log_debug("%s: the output of a command is lost: %s", job->name, strerror(-err));
}

void outlets_passed_on(struct job *job)
{
	int i, err = 0, failed;

	for (i = 0; i < OUTLETS; i++) {
		if (job->launch.pipes[i] < 0)
			continue;
		failed = finish(job->agent, job->outlets[i]);
		if (failed)
			err = failed;
		close(job->launch.pipes[i]);
		job->launch.pipes[i] = -1;
	}
	if (err)
		tell_lost(job, err);
}

void outlets_ended(struct job *job)
{
	int i;

	for (i = 0; i < OUTLETS; i++) {
		if (job->outlets[i])
			drain(job->agent, job->outlets[i]);
		job->outlets[i] = NULL;
	}
}

void outlets_forget(struct job *job)
{
	outlets_ended(job);
	if (job->agent->outlets.dir_fd >= 0 && !job->slot)
		rules_forget(job->agent->outlets.dir_fd, job->name);
}
