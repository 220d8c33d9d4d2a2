// SPDX-License-Identifier: GPL-2.0
/* What becomes of a job's output, as JSON. */
#include "user/agent/status_log.h"

#include <limits.h>

#include "user/agent/agent.h"
#include "user/agent/standby.h"
#include "user/base/path.h"
#include "user/log/state.h"

static json_t *count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

json_t *status_log(const struct job *job)
{
	const char *name = standby_base(job);
	struct agent *a = job->agent;
	struct log_job log = { .name = "" };
	char path[PATH_MAX];

	if (job->spec->output)
		return json_pack("{s:s, s:n, s:n, s:n}", "file", job->spec->output, "lines",
				 "dropped", "unforwarded");
	if (path_join(path, sizeof(path), a->opt.logs_dir, name, ".log"))
		return json_null();
	if (logproc_look(a) < 0 || state_look_job(logproc_look(a), name, &log))
		log = (struct log_job){ .name = "" };
	return json_pack("{s:s, s:o, s:o, s:o}", "file", path,
			 "lines", count(log.tally.lines),
			 "dropped", count(log.tally.dropped + atomic_load(&log.lost_total)),
			 "unforwarded", count(atomic_load(&log.unforwarded)));
}
