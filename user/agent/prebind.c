// SPDX-License-Identifier: GPL-2.0
/* Sockets of definitions to come, opened before anything is changed. */
#include "user/agent/prebind.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/listener.h"
#include "user/agent/sockets.h"

/* One that is to give it up will: then it is opened when its new job starts, at the latest. */
static bool is_held(const struct agent *a, const struct job_socket *s)
{
	size_t i;

	for (i = 0; i < a->jobs.n; i++)
		if (sockets_has(a->jobs.list[i], s))
			return true;
	return false;
}

static int open_one(struct prebind *p, struct agent *a, const struct job_socket *s, char *why,
		    size_t size)
{
	const struct job_socket **list = reallocarray(p->list, p->n + 1, sizeof(*list));
	int fd;

	if (!list) {
		snprintf(why, size, "out of memory");
		return -ENOMEM;
	}
	p->list = list;
	fd = listener_open(s, why, size);
	if (fd < 0)
		return fd;
	if (bequest_give(&a->bequest, fd)) {
		listener_discard(fd, s);
		snprintf(why, size, "out of memory");
		return -ENOMEM;
	}
	p->list[p->n++] = s;
	return 0;
}

int prebind_open(struct prebind *p, struct agent *a, const struct job *job, const struct job_spec *spec,
		 bool frees, char *why, size_t size)
{
	char text[AGENT_REASON_MAX];
	int err = 0;
	size_t i;

	p->agent = a;
	for (i = 0; !err && i < spec->nsockets; i++) {
		const struct job_socket *s = &spec->sockets[i];

		if ((job && sockets_has(job, s)) || (!s->reuse_port && is_held(a, s)))
			continue;
		err = open_one(p, a, s, text, sizeof(text));
		if (err == -EADDRINUSE && frees)
			err = 0;
	}
	if (err)
		snprintf(why, size, "job \"%s\": %s", spec->name, text);
	return err;
}

void prebind_undo(struct prebind *p)
{
	size_t i;
	int fd;

	for (i = p->n; i-- > 0;) {
		fd = bequest_take(&p->agent->bequest, p->list[i]);
		if (fd >= 0)
			listener_discard(fd, p->list[i]);
	}
	prebind_done(p);
}

void prebind_done(struct prebind *p)
{
	if (p->agent)
		bequest_close(&p->agent->bequest);
	free(p->list);
	*p = (struct prebind){ 0 };
}
