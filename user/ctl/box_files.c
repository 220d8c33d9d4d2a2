/* SPDX-License-Identifier: GPL-2.0 */
/* Where the records of earlier kernel logs are. */
/*
 * The kernel shows them in a file system of their own, which is of a bounded size; systemd moves them to a
 * folder on the disk at each boot.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "user/ctl/box_files.h"
#include "user/ctl/command.h"
#include "user/ctl/say.h"

#define PSTORE "/sys/fs/pstore"
#define ARCHIVE "/var/lib/systemd/pstore"
#define BACKEND "/sys/module/pstore/parameters/backend"

enum {
	RECORD_BYTES_MAX = 16 << 20,	/* no kernel log is longer */
	RECORDS_MAX = 10000,
	DEPTH_MAX = 4,
};

static int cannot_read(const char *path, int err)
{
	complain("cannot read %s: %s%s", path, strerror(err),
		 err == EACCES || err == EPERM ? "; run this as root" : "");
	if (err == EACCES || err == EPERM)
		return CTL_DENIED;
	return err == ENOENT ? CTL_NOT_FOUND : CTL_FAILED;
}

static ssize_t read_all(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += n;
	}
	return len;
}

static int read_record(struct box *b, const char *path, const struct stat *st)
{
	uint64_t made_us = (uint64_t)st->st_mtim.tv_sec * 1000000 + st->st_mtim.tv_nsec / 1000;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = fd < 0 ? NULL : malloc(RECORD_BYTES_MAX);
	ssize_t len = text ? read_all(fd, text, RECORD_BYTES_MAX) : -1;
	int status = CTL_OK;

	if (len < 0)
		status = cannot_read(path, errno);
	else if (box_read(b, text, len, path, made_us))
		status = cannot_read(path, ENOMEM);
	free(text);
	if (fd >= 0)
		close(fd);
	return status;
}

/* One that was damaged beyond what the kernel could unpack is left as it was stored. */
static bool is_packed(const char *name)
{
	const char *end = strstr(name, ".enc.z");

	return end && !end[strlen(".enc.z")];
}

static int read_entry(struct box *b, const FTSENT *e, size_t *records)
{
	switch (e->fts_info) {
	case FTS_F:
		if (*records >= RECORDS_MAX)
			return CTL_OK;
		if (is_packed(e->fts_name))
			complain("%s is damaged: the kernel could not unpack it", e->fts_path);
		++*records;
		return read_record(b, e->fts_path, e->fts_statp);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return cannot_read(e->fts_path, e->fts_errno);
	default:
		return CTL_OK;
	}
}

int box_files_read(struct box *b, const char *path, size_t *records)
{
	char *const paths[] = { (char *)path, NULL };
	FTS *tree = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	int status = CTL_OK, one;
	FTSENT *e;

	if (!tree)
		return cannot_read(path, errno);
	while ((e = fts_read(tree))) {
		if (e->fts_info == FTS_D && e->fts_level >= DEPTH_MAX)
			fts_set(tree, e, FTS_SKIP);
		one = read_entry(b, e, records);
		if (status == CTL_OK)
			status = one;
	}
	fts_close(tree);
	return status;
}

static bool backend_is_there(void)
{
	char name[64] = "";
	FILE *f = fopen(BACKEND, "re");

	if (!f)
		return false;
	if (!fgets(name, sizeof(name), f))
		name[0] = '\0';
	fclose(f);
	return name[0] && name[0] != '\n' && strncmp(name, "(null)", strlen("(null)"));
}

static bool pstore_is_mounted(void)
{
	struct statfs fs;

	return !statfs(PSTORE, &fs) && (unsigned long)fs.f_type == PSTOREFS_MAGIC;
}

int box_files_read_node(struct box *b, size_t *records)
{
	int status = CTL_OK, archive = CTL_OK;

	if (!access(ARCHIVE, F_OK))
		archive = box_files_read(b, ARCHIVE, records);
	if (pstore_is_mounted())
		status = box_files_read(b, PSTORE, records);
	else if (!access(PSTORE, F_OK))
		complain("pstore is not mounted: \"mount -t pstore none " PSTORE "\" shows what it holds");
	if (!backend_is_there())
		complain("pstore has nowhere to keep records on this node (ramoops, efi_pstore, erst): "
			 "nothing that is written from now on survives a reset");
	return status != CTL_OK ? status : archive;
}
