/* SPDX-License-Identifier: GPL-2.0 */
/* The same request for each of several jobs. */
#ifndef CTL_JOBS_H
#define CTL_JOBS_H

#include "user/ctl/daemon.h"

enum { CTL_JOBS_MAX = 10000 };

/*
 * Asks @cmd of each job named, and says what became of it. Returns the first exit status that is not
 * CTL_OK; the jobs after it are asked for all the same, unless vigild cannot be reached.
 */
int jobs_ask(const struct ctl_args *args, const char *cmd, enum daemon_patience patience);

#endif /* CTL_JOBS_H */
