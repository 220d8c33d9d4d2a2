// SPDX-License-Identifier: GPL-2.0
/* The names of the pipes through which jobs write. */
#include "user/log/fifo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fifo_name_write(char *out, size_t size, const struct fifo_name *name)
{
	int n = snprintf(out, size, "%s,%" PRIu64 ",%s", name->job, name->number,
			 name->stream == RECORD_STDOUT ? "out" : "err");

	return n > 0 && (size_t)n < size ? 0 : -ENAMETOOLONG;
}

int fifo_name_read(const char *text, struct fifo_name *name)
{
	const char *comma = strchr(text, ',');
	size_t len = comma ? (size_t)(comma - text) : 0;
	char *end;

	if (!len || len >= sizeof(name->job) || *text == '.' || comma[1] < '0' || comma[1] > '9')
		return -EINVAL;
	memcpy(name->job, text, len);
	name->job[len] = '\0';
	name->number = strtoull(comma + 1, &end, 10);
	name->stream = strcmp(end, ",err") ? RECORD_STDOUT : RECORD_STDERR;
	return strcmp(end, ",out") && strcmp(end, ",err") ? -EINVAL : 0;
}
