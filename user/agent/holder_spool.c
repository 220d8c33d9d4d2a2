// SPDX-License-Identifier: GPL-2.0
/* What jobs notify while no vigild runs. */
#include "user/agent/holder_spool.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "user/agent/holder_wire.h"
#include "user/agent/notify_parse.h"

struct spooled {
	TAILQ_ENTRY(spooled) link;
	struct fdpass with;
	size_t len;
	char packet[];
};

static TAILQ_HEAD(, spooled) spool = TAILQ_HEAD_INITIALIZER(spool);
static size_t spooled;
static size_t spooled_fds;

static bool matters(const char *text, size_t len, const struct fdpass *with)
{
	const unsigned int stale = NOTIFY_WATCHDOG | NOTIFY_STATUS | NOTIFY_ERRNO;
	struct notify_message m;

	/* Whoever sends is anybody: what it can fill is bounded. */
	return !with->cut && with->pid > 0 && spooled < HOLDER_MESSAGES_MAX &&
	       spooled_fds + with->nfds <= HOLDER_MESSAGE_FDS_MAX &&
	       notify_parse(text, len, &m) == 0 && (m.fields & ~stale) &&
	       (!with->nfds || (m.fields & (NOTIFY_FDSTORE | NOTIFY_BARRIER)));
}

static bool keep(const char *text, size_t len, const struct fdpass *with)
{
	char head[16];
	int n = snprintf(head, sizeof(head), "%c%d\n", HOLDER_MESSAGE, with->pid);
	struct spooled *s = malloc(sizeof(*s) + (size_t)n + len);

	if (!s)
		return false;
	s->with = *with;
	s->len = (size_t)n + len;
	memcpy(s->packet, head, (size_t)n);
	memcpy(s->packet + n, text, len);
	TAILQ_INSERT_TAIL(&spool, s, link);
	spooled++;
	spooled_fds += with->nfds;
	return true;
}

void spool_read(int sock)
{
	char text[NOTIFY_TEXT_MAX];
	struct fdpass with;
	ssize_t n;

	while ((n = fdpass_recv_all(sock, text, sizeof(text), &with, MSG_DONTWAIT)) >= 0)
		if (!matters(text, (size_t)n, &with) || !keep(text, (size_t)n, &with))
			fdpass_close(&with);
}

void spool_each(int (*fn)(const char *packet, size_t len, const struct fdpass *with))
{
	struct spooled *s;

	TAILQ_FOREACH(s, &spool, link)
		if (fn(s->packet, s->len, &s->with))
			return;
}

void spool_forget(void)
{
	struct spooled *s;

	while ((s = TAILQ_FIRST(&spool))) {
		TAILQ_REMOVE(&spool, s, link);
		fdpass_close(&s->with);
		free(s);
	}
	spooled = 0;
	spooled_fds = 0;
}

size_t spool_size(void)
{
	return spooled;
}
