// SPDX-License-Identifier: GPL-2.0
/* What a job with standbys cannot be. */
#include <string.h>

#include "user/jobfile/standby.h"

/* A standby is named after its job, with "+1" behind. */
enum { SUFFIX_LEN = 2 };

_Static_assert(JOB_STANDBY_MAX < 10, "one digit");

void standby_check(struct parse *p, yaml_node_t *name, const struct job_spec *spec)
{
	if (!spec->standby)
		return;
	if (spec->on_demand)
		refuse(p, name, "standby and a socket that is on-demand exclude each other: keep one");
	if (spec->restart == JOB_RESTART_NEVER)
		refuse(p, name, "standby and restart: never exclude each other: keep one");
	if (spec->ready.how == JOB_READY_FORKS)
		refuse(p, name, "standby and ready: forks exclude each other: their pid-file would be one");
	if (spec->name && strlen(spec->name) + SUFFIX_LEN > JOB_NAME_LEN_MAX)
		refuse(p, name, "the name is longer than %d bytes: too long for a job with standbys",
		       JOB_NAME_LEN_MAX - SUFFIX_LEN);
}
