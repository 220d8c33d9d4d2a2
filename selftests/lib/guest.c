// SPDX-License-Identifier: GPL-2.0
/* What the guest's programs share: children that die on demand, events waited for, the module. */
#include "selftests/lib/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void live(int go)
{
	unsigned char code = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(go, &code, 1) < 0)
		code = 255;
	_exit(code);
}

int child_start(struct child *c)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	c->pid = fork();
	if (c->pid == 0) {
		close(ends[1]);
		live(ends[0]);
	}
	close(ends[0]);
	c->go = ends[1];
	c->pidfd = c->pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, c->pid, 0);
	return c->pidfd < 0 ? -errno : 0;
}

void child_exit(struct child *c, unsigned char code)
{
	if (write(c->go, &code, 1) != 1)
		perror("write to child");
}

void child_kill(struct child *c, int sig)
{
	kill(c->pid, sig);
}

void child_end(struct child *c)
{
	close(c->go);
	waitpid(c->pid, NULL, 0);
	close(c->pidfd);
}

uint64_t child_start_ticks(const struct child *c)
{
	enum { FIELD = 22, FIELDS_BEFORE_END_OF_NAME = 2 };
	char path[64], line[1024], *field;
	uint64_t ticks = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)c->pid);
	f = fopen(path, "re");
	if (f && fgets(line, sizeof(line), f)) {
		field = strrchr(line, ')');
		for (int i = FIELDS_BEFORE_END_OF_NAME; field && i < FIELD; i++)
			field = strchr(field + 1, ' ');
		ticks = field ? strtoull(field, NULL, 10) : 0;
	}
	if (f)
		fclose(f);
	return ticks;
}

int await_event(struct vigil_events *ev, struct vigil_event *e)
{
	struct pollfd p = { .fd = vigil_events_fd(ev), .events = POLLIN };
	int r;

	for (;;) {
		r = vigil_events_next(ev, e);
		if (r)
			return r;
		if (poll(&p, 1, DEADLINE_MS) <= 0)
			return -ETIMEDOUT;
	}
}

struct ids {
	uint64_t ids[64];
	unsigned int n;
};

static int collect(const struct vigil_watch *w, void *arg)
{
	struct ids *ids = arg;

	ids->ids[ids->n++] = w->id;
	return ids->n == sizeof(ids->ids) / sizeof(*ids->ids);
}

int release_all(struct vigil *v, const char *owner)
{
	struct ids ids;
	int r, more;

	do {
		ids.n = 0;
		more = vigil_list(v, owner, collect, &ids);
		for (unsigned int i = 0; i < ids.n; i++) {
			r = vigil_release(v, ids.ids[i]);
			if (r)
				return r;
		}
	} while (more > 0);
	return more;
}

int module_load(const char *params)
{
	struct utsname uts;
	char path[512];
	int fd, r;

	uname(&uts);
	snprintf(path, sizeof(path), "%s/kmod/%s/vigil.ko", VIGIL_BUILD_DIR, uts.release);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = syscall(SYS_finit_module, fd, params, 0) ? -errno : 0;
	close(fd);
	return r;
}

int module_unload(void)
{
	return syscall(SYS_delete_module, "vigil", O_NONBLOCK) ? -errno : 0;
}
