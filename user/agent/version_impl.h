/* SPDX-License-Identifier: GPL-2.0 */
/* Between version.c and version_store.c only. */
#ifndef VIGIL_AGENT_VERSION_IMPL_H
#define VIGIL_AGENT_VERSION_IMPL_H

#include "user/agent/version.h"

/** version_set - with a reference of its own. */
void version_set(struct version *v, struct jobsrc *src, const struct job_spec *spec);

/** version_go_back - have job->spec be that of v->good, as of now. 0 or -ENOMEM, with nothing changed. */
int version_go_back(struct job *job, const char *why);

#endif /* VIGIL_AGENT_VERSION_IMPL_H */
