// SPDX-License-Identifier: GPL-2.0
/* The kernel's fault injection: allocations that fail on demand. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "selftests/fuzz/fault_points.h"

#define DEBUGFS "/sys/kernel/debug/"
#define FAIL_NTH "/proc/thread-self/fail-nth"

enum {
	PATH_BYTES = 256,
	LINE_BYTES = 256,
	PAGE_BYTES = 4096,
};

static const char *const points[] = { "failslab", "fail_page_alloc" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, value, strlen(value)) >= 0;
	close(fd);
	return done;
}

static bool set_all(const char *knob, const char *value)
{
	char path[PATH_BYTES];
	bool done = true;
	size_t i;

	for (i = 0; i < COUNT(points); i++) {
		snprintf(path, sizeof(path), DEBUGFS "%s/%s", points[i], knob);
		done &= set(path, value);
	}
	return done;
}

/* Opened beforehand: to open it takes allocations. */
static int fail_nth = -1;

void faults_attach(void)
{
	if (fail_nth >= 0)
		close(fail_nth);
	fail_nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
}

bool faults_ready(void)
{
	faults_attach();
	set(DEBUGFS "fail_page_alloc/min-order", "0");
	set(DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N");
	set(DEBUGFS "failslab/cache-filter", "N");
	return set_all("probability", "0") && set_all("times", "-1") && set_all("verbose", "0") &&
	       set_all("ignore-gfp-wait", "N") && set_all("task-filter", "N") &&
	       set_all("stacktrace-depth", "32") && fail_nth >= 0;
}

/* The pages of the module's code, from the names of its functions. */
static bool module_text(unsigned long *start, unsigned long *end)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[LINE_BYTES], kind;
	unsigned long at;

	*start = ~0UL;
	*end = 0;
	while (f && fgets(line, sizeof(line), f)) {
		if (!strstr(line, "[vigil]") || sscanf(line, "%lx %c", &at, &kind) != 2 ||
		    (kind != 't' && kind != 'T'))
			continue;
		*start = at < *start ? at : *start;
		*end = at > *end ? at : *end;
	}
	if (f)
		fclose(f);
	*start &= ~(PAGE_BYTES - 1UL);
	*end = (*end | (PAGE_BYTES - 1UL)) + 1;
	return *start && *start < *end;
}

int faults_only_in_module(void)
{
	unsigned long start, end;
	char text[32];

	if (!module_text(&start, &end))
		return -ENOENT;
	snprintf(text, sizeof(text), "%#lx", start);
	if (!set_all("require-start", text))
		return -EIO;
	snprintf(text, sizeof(text), "%#lx", end);
	return set_all("require-end", text) ? 0 : -EIO;
}

void faults_anywhere(void)
{
	set_all("require-start", "0");
	set_all("require-end", "0xffffffffffffffff");
}

void fault_arm(unsigned int nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", nth);
	if (pwrite(fail_nth, text, strlen(text), 0) < 0)
		abort();
}

bool fault_disarm(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0)
		abort();
	fault_arm(0);
	return !strtoul(text, NULL, 10);
}

void faults_by_chance(unsigned int percent)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", percent);
	set_all("interval", "1");
	if (!set_all("probability", text))
		abort();
}
