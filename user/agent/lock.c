// SPDX-License-Identifier: GPL-2.0
/*
 * One vigild per run directory.
 *
 * A record lock, not flock(): a child between clone and exec shares the open file and would keep
 * an flock() held for a moment after vigild was killed, so that the next one would refuse to start.
 */
#include "user/agent/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/base/log.h"
#include "user/base/path.h"

static void write_pid(int fd)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d\n", getpid());

	/* For people only; the lock itself tells the holder. A full disk does not matter. */
	if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)n, 0) != n)
		log_debug("cannot write the process ID into the lock file: %s", strerror(errno));
}

int lock_take(const char *run_dir)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_MAX];
	int fd, err;

	err = path_join(path, sizeof(path), run_dir, "vigild.lock", "");
	if (err)
		return err;
	/* Never closed: closing any descriptor of the file would drop the lock. */
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0) {
		err = -errno;
		log_error("cannot open %s: %s", path, strerror(-err));
		return err;
	}
	if (fcntl(fd, F_SETLK, &fl) == 0) {
		write_pid(fd);
		return 0;
	}
	err = errno == EACCES || errno == EAGAIN ? -EBUSY : -errno;
	if (err == -EBUSY && fcntl(fd, F_GETLK, &fl) == 0 && fl.l_type != F_UNLCK)
		log_error("another vigild (pid %d) already runs on %s", fl.l_pid, run_dir);
	else if (err == -EBUSY)
		log_error("another vigild already runs on %s", run_dir);
	else
		log_error("cannot lock %s: %s", path, strerror(-err));
	close(fd);
	return err;
}
