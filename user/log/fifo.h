/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of the pipes through which jobs write: JOB,NUMBER,out and JOB,NUMBER,err in the logger's
 * directory. A job's name has no comma.
 */
#ifndef VIGIL_LOG_FIFO_H
#define VIGIL_LOG_FIFO_H

#include <stddef.h>
#include <stdint.h>

#include "user/log/record.h"

enum { FIFO_NAME_SIZE = 96 };

struct fifo_name {
	char job[64];
	uint64_t number;	/* of the instance: later ones are higher */
	enum record_stream stream;
};

/** fifo_name_write - Returns 0 or -ENAMETOOLONG. */
int fifo_name_write(char *out, size_t size, const struct fifo_name *name);

/** fifo_name_read - Returns 0, or -EINVAL if @text is not the name of a pipe. */
int fifo_name_read(const char *text, struct fifo_name *name);

#endif /* VIGIL_LOG_FIFO_H */
