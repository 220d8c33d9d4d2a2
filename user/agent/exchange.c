// SPDX-License-Identifier: GPL-2.0
/* Two jobs with the same definition change places. */
#include "user/agent/exchange.h"

#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/sockets.h"
#include "user/agent/version.h"

#define SWAP(a, b) do { __typeof__(a) was_ = (a); (a) = (b); (b) = was_; } while (0)

static void exchange_names(struct job *a, struct job *b)
{
	struct jobs *js = &a->agent->jobs;
	size_t i = jobs_place(js, a->name), j = jobs_place(js, b->name);
	char name[sizeof(a->name)];

	memcpy(name, a->name, sizeof(name));
	memcpy(a->name, b->name, sizeof(name));
	memcpy(b->name, name, sizeof(name));
	SWAP(js->list[i], js->list[j]);
	SWAP(a->slot, b->slot);
	/* What is shown goes by the names. */
	SWAP(a->view, b->view);
	SWAP(a->view_at, b->view_at);
	view_touch(a);
	view_touch(b);
}

void exchange_jobs(struct job *a, struct job *b)
{
	exchange_names(a, b);
	order_exchange(a, b);
	history_exchange(a, b);
	sockets_exchange(a, b);
	SWAP(a->sup, b->sup);
	SWAP(a->team_sup, b->team_sup);
	SWAP(a->progress, b->progress);
	SWAP(a->progress_stored, b->progress_stored);
	SWAP(a->pulls, b->pulls);
	version_exchange(a, b);
	SWAP(a->foretell_stored, b->foretell_stored);
	SWAP(a->handover.stored, b->handover.stored);
	if (a->foretell && b->foretell)
		SWAP(a->foretell->restarted_us, b->foretell->restarted_us);
}
