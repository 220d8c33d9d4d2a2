// SPDX-License-Identifier: GPL-2.0
/* Slots: memory that supervisors, jobs and vigil.ko share. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "user/lib/bounds.h"

/* A page that is cut off is not the one that vigil.ko looks at any more. */
static const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

int vigil_beat_memfd(size_t slots)
{
	int fd, err;

	if (slots == 0 || slots > VNL_SLOTS_MAX)
		return -EINVAL;
	fd = memfd_create("vigil-beat", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	if (!ftruncate(fd, (off_t)(slots * sizeof(struct vigil_beat))) &&
	    !fcntl(fd, F_ADD_SEALS, seals))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Only memory that cannot be cut off is mapped: beating there never ends in SIGBUS. */
static int check(int fd, uint64_t offset)
{
	struct stat st;
	int has = fcntl(fd, F_GET_SEALS);

	if (has < 0)
		return errno == EBADF ? -EBADF : -EINVAL;
	if (!(has & F_SEAL_SHRINK) || fstat(fd, &st))
		return -EINVAL;
	if (offset % sizeof(struct vigil_beat) || offset >= (uint64_t)st.st_size)
		return -EINVAL;
	return 0;
}

static int map(int fd, uint64_t offset, struct vigil_beat **out)
{
	uint64_t within = offset % page_bytes();
	int r = check(fd, offset);
	char *page;

	*out = NULL;
	if (r)
		return r;
	page = mmap(NULL, page_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    (off_t)(offset - within));
	if (page == MAP_FAILED)
		return -errno;
	*out = (void *)(page + within);
	return 0;
}

int vigil_beat_map(int memfd, size_t slot, struct vigil_beat **out)
{
	*out = NULL;
	if (slot >= VNL_SLOTS_MAX)
		return -EINVAL;
	return map(memfd, slot * sizeof(struct vigil_beat), out);
}

/* A number in decimal digits alone, which ends at @end. */
static int read_number(const char *text, char end, uint64_t max, uint64_t *out, const char **after)
{
	char *stop;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*out = strtoull(text, &stop, 10);
	if (errno || *stop != end || *out > max)
		return -EINVAL;
	*after = stop + 1;
	return 0;
}

int vigil_beat_open(struct vigil_beat **out)
{
	const char *at = getenv("VIGIL_BEAT_FD");
	uint64_t fd, offset;
	int r;

	*out = NULL;
	if (!at)
		return -ENOENT;
	if (read_number(at, ':', INT32_MAX, &fd, &at) ||
	    read_number(at, '\0', INT64_MAX, &offset, &at))
		return -EINVAL;
	r = map((int)fd, offset, out);
	if (!r)
		fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	return r;
}

void vigil_beat_unmap(struct vigil_beat *b)
{
	if (b)
		munmap((void *)((uintptr_t)b & ~(uintptr_t)(page_bytes() - 1)), page_bytes());
}
