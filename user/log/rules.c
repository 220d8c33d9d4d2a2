// SPDX-License-Identifier: GPL-2.0
/* How the output of one job is kept. */
#include "user/log/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "user/log/fifo.h"

enum { TEXT_SIZE = 160 };

#define FORM "1 %" SCNu64 " %" SCNu32 " %" SCNu32 " %" SCNu64 " %d %d"

struct log_rules rules_default(void)
{
	return (struct log_rules){
		.max_size = 10 << 20,
		.max_files = 5,
		.rate_max = 10000,
		.rate_within_us = 30 * 1000 * 1000,
		.syslog = -1,
	};
}

static void name_of(char *out, const char *job, const char *suffix)
{
	snprintf(out, FIFO_NAME_SIZE, "%s,rules%s", job, suffix);
}

static int write_text(int fd, const struct log_rules *r)
{
	int n = dprintf(fd, "1 %" PRIu64 " %" PRIu32 " %" PRIu32 " %" PRIu64 " %d %d\n",
			r->max_size, r->max_files, r->rate_max, r->rate_within_us, r->journald,
			r->syslog);

	return n < 0 ? -errno : 0;
}

int rules_write(int dir_fd, const char *job, const struct log_rules *rules)
{
	char name[FIFO_NAME_SIZE], fresh[FIFO_NAME_SIZE];
	int fd, err;

	name_of(name, job, "");
	name_of(fresh, job, ".new");
	fd = openat(dir_fd, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = write_text(fd, rules);
	close(fd);
	if (!err && renameat(dir_fd, fresh, dir_fd, name))
		err = -errno;
	if (err)
		unlinkat(dir_fd, fresh, 0);
	return err;
}

int rules_read(int dir_fd, const char *job, struct log_rules *rules)
{
	char name[FIFO_NAME_SIZE], text[TEXT_SIZE];
	struct log_rules r;
	int fd, journald;
	ssize_t n;

	*rules = rules_default();
	name_of(name, job, "");
	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return -EIO;
	text[n] = '\0';
	if (sscanf(text, FORM, &r.max_size, &r.max_files, &r.rate_max, &r.rate_within_us, &journald,
		   &r.syslog) != 6)
		return -EINVAL;
	r.journald = journald;
	*rules = r;
	return 0;
}

void rules_forget(int dir_fd, const char *job)
{
	char name[FIFO_NAME_SIZE];

	name_of(name, job, "");
	unlinkat(dir_fd, name, 0);
}
