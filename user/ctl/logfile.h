/* SPDX-License-Identifier: GPL-2.0 */
/* The log of one job: all its files, the oldest first, and what is added to them. */
#ifndef CTL_LOGFILE_H
#define CTL_LOGFILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "user/log/bounds.h"
#include "user/log/record.h"

enum { LOGFILE_LINE_MAX = 1 << 20 };	/* of pieces joined; a longer line is shown as several */

struct logfile {
	const char *job;
	char *path;
	FILE *files[LOG_ROTATED_MAX];	/* the last one is the newest */
	size_t n, at;
	uint64_t since_ns;
	char *line;			/* as it is in the file */
	size_t line_size;
	char *joined[RECORD_STREAMS];	/* pieces of a line, one after the other */
	size_t joined_len[RECORD_STREAMS];
	struct record record;		/* the one read last: a whole line */
	bool ready;			/* it has not been used */
};

/*
 * @path: of the newest file; a copy is made. @since_ns: lines before are passed over. @last: all but so many are, or
 * SIZE_MAX. Returns 0, or -1 with errno: ENOENT if there is no file.
 */
int logfile_open(struct logfile *l, const char *job, const char *path, uint64_t since_ns, size_t last);
void logfile_close(struct logfile *l);

/* Makes l->record the next line. False: there is none now. */
bool logfile_next(struct logfile *l);

#endif /* CTL_LOGFILE_H */
