// SPDX-License-Identifier: GPL-2.0
/* One look at one condition: how near its mark it is, in a number and in words. */
#include <stdio.h>

#include "user/agent/foretell.h"
#include "user/agent/job.h"
#include "user/base/clock.h"

enum { PERCENT = 100, HUNDREDTHS = 100, S_PER_MIN = 60 };

struct amount {
	char text[24];
};

static struct amount amount_of(double bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	unsigned int unit = 0;
	struct amount a;

	while (bytes >= 1024 && unit < sizeof(units) / sizeof(*units) - 1) {
		bytes /= 1024;
		unit++;
	}
	snprintf(a.text, sizeof(a.text), "%.4g %s", bytes, units[unit]);
	return a;
}

static int measure_memory(struct job *job, const struct job_condition *c, char *what, size_t size)
{
	double limit = (double)job->spec->memory_max, mark = limit * c->percent / PERCENT;
	uint64_t bytes;

	/* What is clearly below is not raised, or is cleared, whatever of it is cache. */
	if (gauge_memory(&job->foretell->gauge, job, (uint64_t)(mark * 9 / 10), &bytes))
		return FORETELL_UNKNOWN;
	snprintf(what, size, "memory at %.0f %% of %s", (double)bytes * PERCENT / limit,
		 amount_of(limit).text);
	return foretell_share((double)bytes, mark);
}

static int measure_files(struct job *job, const struct job_condition *c, char *what, size_t size)
{
	struct gauge_files files;

	if (gauge_files(&job->foretell->gauge, job, &files))
		return FORETELL_UNKNOWN;
	snprintf(what, size, "%llu of %llu descriptors open in pid %d",
		 (unsigned long long)files.open, (unsigned long long)files.limit, files.pid);
	return foretell_share((double)files.open * PERCENT, (double)files.limit * c->percent);
}

/* A trigger fires once in a window for as long as the stall goes on. */
static int measure_trigger(const struct foretold *f, const struct job_condition *c,
			   const char *resource, uint64_t now_us, char *what, size_t size)
{
	bool stalled = f->stalled_us && now_us - f->stalled_us < 2 * AGENT_STALL_WINDOW_US;

	snprintf(what, size, "%s of its processes stalled for want of %s %u %% of the time or more",
		 c->full ? "all" : "some", resource, c->percent);
	return stalled ? FORETELL_MARK : 0;
}

static int measure_stall(struct foretold *f, const struct job_condition *c, const char *resource,
			 uint64_t now_us, char *what, size_t size)
{
	unsigned int share;

	if (loop_has(&f->stall))
		return measure_trigger(f, c, resource, now_us, what, size);
	if (f->pressure_fd < 0 || gauge_stall(f->pressure_fd, c->full, &share))
		return FORETELL_UNKNOWN;
	snprintf(what, size, "%s of its processes stalled for want of %s %u %% of the time",
		 c->full ? "all" : "some", resource, share / HUNDREDTHS);
	return foretell_share(share, c->percent * HUNDREDTHS);
}

/* The less is free, the greater the share. */
static int measure_disk(const struct job_condition *c, char *what, size_t size)
{
	struct gauge_disk disk;
	double mark;

	if (gauge_disk(c->path, &disk))
		return FORETELL_UNKNOWN;
	mark = c->bytes ? (double)c->bytes : (double)disk.total * c->percent / PERCENT;
	snprintf(what, size, "%.60s has %.2g %% free, %s", c->path,
		 (double)disk.free * PERCENT / (double)disk.total, amount_of((double)disk.free).text);
	return foretell_share(mark, (double)disk.free);
}

/* The sooner the limit is reached, the greater the share. */
static int measure_growth(struct job *job, const struct job_condition *c, uint64_t now_us, char *what,
			  size_t size)
{
	struct foretell *f = job->foretell;
	double limit = (double)job->spec->memory_max, left_s;
	struct trend_fit fit;
	uint64_t bytes;

	if (gauge_memory(&f->gauge, job, 0, &bytes))
		return FORETELL_UNKNOWN;
	trend_add(&f->trend, now_us, (double)bytes, c->window_us);
	trend_fit(&f->trend, &fit);
	left_s = trend_reaches(&fit, c->window_us, c->percent, limit);
	if (left_s < 0)
		return 0;
	snprintf(what, size, "memory grows by %s a minute, and reaches %s in %.0f s",
		 amount_of(fit.slope * S_PER_MIN).text, amount_of(limit).text, left_s);
	return foretell_share((double)c->horizon_us / US_PER_S, left_s);
}

int foretell_measure(struct job *job, enum job_condition_kind kind, uint64_t now_us, char *what,
		     size_t size)
{
	const struct job_condition *c = &job->spec->foretell->conditions[kind];
	struct foretold *f = &job->foretell->of[kind];

	what[0] = '\0';
	switch (kind) {
	case JOB_MEMORY:
		return measure_memory(job, c, what, size);
	case JOB_DESCRIPTORS:
		return measure_files(job, c, what, size);
	case JOB_PRESSURE_MEMORY:
		return measure_stall(f, c, "memory", now_us, what, size);
	case JOB_PRESSURE_IO:
		return measure_stall(f, c, "I/O", now_us, what, size);
	case JOB_PRESSURE_CPU:
		return measure_stall(f, c, "CPU", now_us, what, size);
	case JOB_DISK:
		return measure_disk(c, what, size);
	case JOB_GROWTH:
		return measure_growth(job, c, now_us, what, size);
	default:
		return FORETELL_UNKNOWN;
	}
}
