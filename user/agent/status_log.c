// SPDX-License-Identifier: GPL-2.0
/* What becomes of a job's output, as JSON. */
#include "user/agent/status_log.h"

#include <limits.h>

#include "user/agent/view.h"
#include "user/base/path.h"
#include "user/log/state.h"

static json_t *count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

json_t *status_log(const struct job_view *v, const char *logs_dir, int look_fd)
{
	const char *name = v->standby_of ? v->standby_of : v->name;
	struct log_job log = { .name = "" };
	char path[PATH_MAX];

	if (v->output)
		return json_pack("{s:s, s:n, s:n, s:n}", "file", v->output, "lines",
				 "dropped", "unforwarded");
	if (path_join(path, sizeof(path), logs_dir, name, ".log"))
		return json_null();
	if (look_fd < 0 || state_look_job(look_fd, name, &log))
		log = (struct log_job){ .name = "" };
	return json_pack("{s:s, s:o, s:o, s:o}", "file", path,
			 "lines", count(log.tally.lines),
			 "dropped", count(log.tally.dropped + atomic_load(&log.lost_total)),
			 "unforwarded", count(atomic_load(&log.unforwarded)));
}
