/* SPDX-License-Identifier: GPL-2.0 */
/* A folder of sysfs as JSON. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/ctl/death.h"
#include "user/ctl/sysdir.h"

enum {
	VALUE_BYTES_MAX = 4096,	/* as much as a file of sysfs can hold */
	DEPTH_MAX = 4,
};

static json_t *read_value(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char value[VALUE_BYTES_MAX + 1];
	ssize_t n = fd < 0 ? -1 : read(fd, value, VALUE_BYTES_MAX);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return json_null();
	if (n && value[n - 1] == '\n')
		n--;
	value[n] = '\0';
	return json_text(value);
}

static json_t *read_folder(int dir, unsigned int depth);

static json_t *read_entry(int dir, const char *name, unsigned int depth)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return NULL;
	if (S_ISREG(st.st_mode))
		return st.st_mode & 0444 ? read_value(dir, name) : NULL;
	if (!S_ISDIR(st.st_mode) || !depth)
		return NULL;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? NULL : read_folder(fd, depth - 1);
}

/* @fd is closed. */
static json_t *read_folder(int fd, unsigned int depth)
{
	json_t *object = json_object(), *value;
	struct dirent **names;
	int n, i;

	n = scandirat(fd, ".", &names, NULL, alphasort);
	for (i = 0; i < n; i++) {
		value = names[i]->d_name[0] == '.' ? NULL :
			read_entry(fd, names[i]->d_name, depth);
		if (value)
			json_object_set_new(object, names[i]->d_name, value);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	close(fd);
	return object;
}

json_t *sysdir_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? NULL : read_folder(fd, DEPTH_MAX);
}
