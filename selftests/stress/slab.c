// SPDX-License-Identifier: GPL-2.0
/* Memory that the kernel has allocated. */
/*
 * A cache's count takes what each processor has at hand for used; to shrink the cache gives that back first.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "selftests/stress/slab.h"

static void shrink(const char *cache)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/shrink", cache);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		perror(path);
	close(fd);
}

static long number_in(const char *cache, const char *name)
{
	char path[256];
	long number = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", cache, name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%ld", &number) != 1)
		number = 0;
	fclose(f);
	return number;
}

long slab_bytes(void)
{
	glob_t caches;
	long bytes = 0;
	size_t i;

	if (glob("/sys/kernel/slab/kmalloc-*", GLOB_NOSORT, NULL, &caches))
		return -1;
	for (i = 0; i < caches.gl_pathc; i++) {
		shrink(caches.gl_pathv[i]);
		bytes += number_in(caches.gl_pathv[i], "objects") *
			 number_in(caches.gl_pathv[i], "object_size");
	}
	globfree(&caches);
	return bytes;
}
