// SPDX-License-Identifier: GPL-2.0
/*
 * Jobs that beat through vigil.ko: their slots, and the deadline of their watches.
 *
 * Each instance gets a memory file of its own, which holds one slot. The kernel holds the slot's page and the
 * deadline as long as the watch: a vigild that comes later need do nothing for that. The holder keeps
 * the file for what may have to be asked of the kernel again.
 */
#include "user/agent/beat.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "user/agent/agent.h"
#include "user/agent/holder_wire.h"
#include "user/agent/passfd.h"
#include "user/agent/standby.h"
#include "user/base/clock.h"
#include "user/base/log.h"

static void name_key(const struct job *job, char *buf, size_t size)
{
	snprintf(buf, size, "beat/%s", job_lane(job));
}

bool beat_wanted(const struct job *job)
{
	return job->spec->ready.watchdog_us && job->spec->ready.beat == JOB_BEAT_MODULE;
}

void beat_close(struct job *job)
{
	char key[HOLDER_KEY_MAX + 1];

	if (job->beat_fd < 0)
		return;
	name_key(job, key, sizeof(key));
	holder_remove(&job->agent->holder, key);
	close(job->beat_fd);
	job->beat_fd = -1;
}

int beat_pass(struct job *job, struct passed_fds *passed)
{
	char key[HOLDER_KEY_MAX + 1], value[24];
	int fd;

	beat_close(job);
	if (!beat_wanted(job))
		return launch_set_env(&job->launch, job->spec, "VIGIL_BEAT_FD", NULL);
	fd = vigil_beat_memfd(1);
	if (fd < 0)
		return fd;
	job->beat_fd = fd;
	name_key(job, key, sizeof(key));
	if (holder_store(&job->agent->holder, key, fd))
		log_warning("%s: its beat cannot be kept for the next vigild", job->name);
	snprintf(value, sizeof(value), "%zu:0", passfd_add_unnamed(passed, fd));
	return launch_set_env(&job->launch, job->spec, "VIGIL_BEAT_FD", value);
}

void beat_demand(struct job *job)
{
	struct vigil *v = job->agent->watcher.v;
	const struct vigil_deadline deadline = {
		.ms = (uint32_t)(job->spec->ready.watchdog_us / US_PER_MS),
		.action = VIGIL_BEAT_ACTION_NONE,
	};
	struct vigil_beat *slot;
	int err;

	if (!beat_wanted(job) || job->beat_fd < 0 || !v || !job->inst.watch_id)
		return;
	err = vigil_beat_map(job->beat_fd, 0, &slot);
	if (!err)
		err = vigil_beat_set(v, job->inst.watch_id, &deadline, slot);
	vigil_beat_unmap(slot);
	if (err)
		log_error("%s: vigil.ko does not wait for its beats: %s %s", job->name,
			  strerror(-err), vigil_error(v));
}

void beat_adopt(struct job *job)
{
	char key[HOLDER_KEY_MAX + 1];

	name_key(job, key, sizeof(key));
	if (beat_wanted(job) && job->beat_fd < 0)
		job->beat_fd = holder_take(&job->agent->holder, key);
	if (job->beat_fd < 0)
		job->beat_fd = -1;
}
