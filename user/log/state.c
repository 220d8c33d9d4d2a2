// SPDX-License-Identifier: GPL-2.0
/* All that the logger must not forget when it is killed. */
#include "user/log/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_FILE "state"
#define LAYOUT VIGIL_VERSION "/1"

/* FNV-1a */
static uint32_t hash(const char *name)
{
	uint32_t h = 2166136261u;

	while (*name)
		h = (h ^ (unsigned char)*name++) * 16777619u;
	return h;
}

static bool fits(const struct log_state *s, const char *boot_id)
{
	return strcmp(s->version, LAYOUT) == 0 && strcmp(s->boot_id, boot_id) == 0;
}

static bool has_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size == sizeof(struct log_state);
}

/*
 * Zeroed, and all of it had now: a run directory that fills up later cannot end the logger. The
 * version comes last, it says that all is there.
 */
static int make_anew(int fd, struct log_state *s, const char *boot_id)
{
	if (ftruncate(fd, 0) || fallocate(fd, 0, 0, sizeof(*s)))
		return -errno;
	snprintf(s->boot_id, sizeof(s->boot_id), "%s", boot_id);
	snprintf(s->version, sizeof(s->version), "%s", LAYOUT);
	return 0;
}

struct log_state *state_open(int dir_fd, const char *boot_id)
{
	int fd = openat(dir_fd, STATE_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600), err = 0;
	struct log_state *s;

	if (fd < 0)
		return NULL;
	if (!has_size(fd) && (ftruncate(fd, 0) || ftruncate(fd, sizeof(*s)))) {
		err = errno;
		goto close_fd;
	}
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (s == MAP_FAILED) {
		err = errno;
		goto close_fd;
	}
	err = fits(s, boot_id) ? 0 : -make_anew(fd, s, boot_id);
	if (err)
		state_close(s);
close_fd:
	close(fd);
	errno = err;
	return err ? NULL : s;
}

void state_close(struct log_state *s)
{
	munmap(s, sizeof(*s));
}

/* An empty slot ends the search: a slot that was ever used keeps a name. */
int state_job(const struct log_state *s, const char *name)
{
	uint32_t home = hash(name), i;

	for (i = 0; i < LOG_JOBS; i++) {
		uint32_t slot = (home + i) % LOG_JOBS;

		if (!s->jobs[slot].name[0])
			return -1;
		if (strcmp(s->jobs[slot].name, name) == 0)
			return (int)slot;
	}
	return -1;
}

static int take_slot(struct log_state *s, int slot, const char *name)
{
	struct log_job *job = &s->jobs[slot];

	memset(&job->tally, 0, sizeof(*job) - offsetof(struct log_job, tally));
	snprintf(job->name, sizeof(job->name), "%s", name);
	return slot;
}

int state_job_make(struct log_state *s, const char *name, bool (*may_take)(void *arg, int slot),
		   void *arg)
{
	uint32_t home = hash(name), i;
	int slot = state_job(s, name);

	if (slot >= 0)
		return slot;
	for (i = 0; i < LOG_JOBS; i++) {
		slot = (int)((home + i) % LOG_JOBS);
		if (!s->jobs[slot].name[0])
			return take_slot(s, slot, name);
	}
	for (i = 0; i < LOG_JOBS; i++) {
		slot = (int)((home + i) % LOG_JOBS);
		if (may_take(arg, slot))
			return take_slot(s, slot, name);
	}
	return -1;
}

int state_part(const struct log_state *s, const char *fifo)
{
	int i;

	for (i = 0; i < LOG_PARTS; i++)
		if (strcmp(s->parts[i].fifo, fifo) == 0)
			return i;
	return -1;
}

int state_look(int dir_fd)
{
	int fd = openat(dir_fd, STATE_FILE, O_RDONLY | O_CLOEXEC);
	char version[sizeof(((struct log_state *)0)->version)];

	if (fd < 0)
		return -errno;
	if (has_size(fd) && pread(fd, version, sizeof(version), 0) == sizeof(version) &&
	    strncmp(version, LAYOUT, sizeof(version)) == 0)
		return fd;
	close(fd);
	return -EINVAL;
}

int state_look_job(int fd, const char *name, struct log_job *job)
{
	uint32_t home = hash(name), i;
	off_t at;

	for (i = 0; i < LOG_JOBS; i++) {
		at = (off_t)(offsetof(struct log_state, jobs) +
			     (home + i) % LOG_JOBS * sizeof(*job));
		if (pread(fd, job, sizeof(*job), at) != sizeof(*job))
			return -EIO;
		if (!job->name[0])
			return -ENOENT;
		if (strncmp(job->name, name, sizeof(job->name)) == 0)
			return 0;
	}
	return -ENOENT;
}

uint64_t state_look_beat(int fd)
{
	uint64_t beat = 0;

	if (pread(fd, &beat, sizeof(beat), offsetof(struct log_state, beat)) != sizeof(beat))
		return 0;
	return beat;
}
