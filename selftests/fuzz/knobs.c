// SPDX-License-Identifier: GPL-2.0
/* The knobs in sysfs: each takes a value or refuses it, and keeps the old one then. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "selftests/fuzz/random.h"
#include "selftests/fuzz/tally.h"
#include "selftests/fuzz/worker.h"

#define KNOBS "/sys/kernel/vigil"

enum {
	VALUE_BYTES = 4096,
	TURNS = 6,
	OPEN_FDS = 8,
};

/* What could reset the guest, or open its watchdog: neither these knobs nor these words are used. */
static const char *const denied[] = { "watchdog", "last", "nowayout", "device", "respawn", "panic" };

static const char *const values[] = {
	"", "0", "1", "-1", "2", "10", "1000", "1000000", "4294967295", "4294967296",
	"18446744073709551615", "18446744073709551616", "0x10", "1 2", "y", "none", "\n", "\n1\n",
	"\xff", "a long word that no knob can have any use for whatsoever, not even this one",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* nftw() hands nothing on. */
static const struct worker *turner;
static struct rng rng;

static bool is_denied(const char *path)
{
	size_t i;

	for (i = 0; i < COUNT(denied); i++)
		if (strstr(path + strlen(KNOBS), denied[i]))
			return true;
	return false;
}

static int read_knob(const char *path, char *value)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int len = fd < 0 ? -1 : (int)read(fd, value, VALUE_BYTES - 1);

	if (fd >= 0)
		close(fd);
	if (len >= 0)
		value[len] = '\0';
	return len;
}

static int write_knob(const char *path, const char *value, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, value, len) < 0)
		err = errno;
	close(fd);
	return err;
}

static void turn(const char *path)
{
	const char *value = values[rng_below(&rng, COUNT(values))];
	char before[VALUE_BYTES], after[VALUE_BYTES];
	int err;

	if (read_knob(path, before) < 0)
		return;
	err = write_knob(path, value, strlen(value));
	if (err && (read_knob(path, after) < 0 || strcmp(before, after))) {
		atomic_fetch_add(&turner->tally->malformed, 1);
		tally_complain(turner->tally, "%s refused a value and is another after it", path);
	}
	if (!err)
		write_knob(path, before, strlen(before));
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	int i;

	(void)at;
	if (kind != FTW_F || !(st->st_mode & 0222) || is_denied(path))
		return 0;
	for (i = 0; i < TURNS; i++)
		turn(path);
	return 0;
}

void knobs_turn(const struct worker *w)
{
	turner = w;
	rng = rng_split(w->seed, w->number);
	nftw(KNOBS, visit, OPEN_FDS, FTW_PHYS);
}
