/* SPDX-License-Identifier: GPL-2.0 */
/* The bytes of a job file, bounded. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/jobfile/jobfile.h"

/* Reads to the end of the file; it may grow or shrink meanwhile. */
static int read_all(int fd, char *text, size_t size, size_t *len)
{
	ssize_t n;

	*len = 0;
	do {
		n = read(fd, text + *len, size - *len);
		if (n > 0)
			*len += n;
	} while (n > 0 && *len < size);
	return n < 0 ? -errno : 0;
}

static int read_regular(int fd, char **text, size_t *len)
{
	struct stat st;
	size_t size;
	int ret;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (st.st_size > JOB_FILE_SIZE_MAX)
		return -EFBIG;
	/* One byte more than wanted shows a file that has grown too large. */
	size = JOB_FILE_SIZE_MAX + 1;
	*text = malloc(size);
	if (!*text)
		return -ENOMEM;
	ret = read_all(fd, *text, size, len);
	if (!ret && *len > JOB_FILE_SIZE_MAX)
		ret = -EFBIG;
	if (ret) {
		free(*text);
		*text = NULL;
	}
	return ret;
}

int job_file_read(const char *path, char **text, size_t *len)
{
	/* A FIFO must not hang the reader. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int ret;

	*text = NULL;
	*len = 0;
	if (fd < 0)
		return -errno;
	ret = read_regular(fd, text, len);
	close(fd);
	return ret;
}
