/* SPDX-License-Identifier: GPL-2.0 */
/* How the output of one job is kept: written by vigild, read by the logger. */
#ifndef VIGIL_LOG_RULES_H
#define VIGIL_LOG_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_rules {
	uint64_t max_size;		/* bytes of one file */
	uint64_t rate_within_us;
	uint32_t rate_max;		/* lines within that time; 0: no limit */
	uint32_t max_files;		/* the one that is written included */
	bool journald;
	int syslog;			/* facility, or -1 */
};

/** rules_default - what a job gets of which nothing is known. */
struct log_rules rules_default(void);

/** rules_write - for @job, at once and wholly. Returns 0 or a negative errno. */
int rules_write(int dir_fd, const char *job, const struct log_rules *rules);

/** rules_read - Returns 0, or a negative errno with the defaults. */
int rules_read(int dir_fd, const char *job, struct log_rules *rules);

/** rules_forget - the job is gone for good. */
void rules_forget(int dir_fd, const char *job);

#endif /* VIGIL_LOG_RULES_H */
