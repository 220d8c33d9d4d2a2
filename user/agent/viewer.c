// SPDX-License-Identifier: GPL-2.0
/* What the API's thread answers by itself: the loop has no part in it. */
#include "user/agent/viewer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/stats.h"
#include "user/agent/status.h"
#include "user/agent/why.h"
#include "user/api/answer.h"
#include "user/api/openapi.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/log/state.h"
#include "user/store/store_read.h"

void viewer_open(struct viewer *r, struct agent *a)
{
	*r = (struct viewer){
		.jobs = &a->views.jobs,
		.agent = &a->views.agent,
		.state_dir = a->opt.state_dir,
		.logs_dir = a->opt.logs_dir,
		.started_us = a->started_us,
		.incarnation = a->control.incarnation,
		.logger_dir_fd = a->outlets.dir_fd,
		.look_fd = -1,
	};
}

void viewer_close(struct viewer *r)
{
	if (r->look_fd >= 0)
		close(r->look_fd);
	r->look_fd = -1;
	store_close(r->store);
	r->store = NULL;
}

const struct job_views *viewer_jobs(const struct viewer *r)
{
	return published_get(r->jobs);
}

const struct agent_view *viewer_agent(const struct viewer *r)
{
	return published_get(r->agent);
}

int viewer_look(struct viewer *r)
{
	if (r->look_fd < 0 && r->logger_dir_fd >= 0)
		r->look_fd = state_look(r->logger_dir_fd);
	if (r->look_fd < 0)
		r->look_fd = -1;
	return r->look_fd;
}

struct store *viewer_store(struct viewer *r)
{
	const struct agent_facts *f = &viewer_agent(r)->facts;
	char why[400];

	if (r->store && (!f->store_ok || f->store_opened != r->store_opened)) {
		store_close(r->store);
		r->store = NULL;
	}
	if (!f->store_ok || r->store)
		return r->store;
	r->store = store_open_reader(r->state_dir, why, sizeof(why));
	r->store_opened = f->store_opened;
	if (!r->store)
		log_warning("the API cannot read the store: %s", why);
	return r->store;
}

static json_t *no_such_job(const char *what)
{
	return answer_refusal("ENOENT", "there is no job \"%.80s\"", what);
}

bool viewer_tell_agent(void *arg, const char *name, const struct api_query_args *q, json_t **answer)
{
	json_t *object = status_agent(arg);

	(void)name;
	(void)q;
	if (object)
		json_object_set_new(object, "ok", json_true());
	*answer = object;
	return true;
}

bool viewer_tell_jobs(void *arg, const char *name, const struct api_query_args *q, json_t **answer)
{
	json_t *list = status_jobs(arg, q->match);

	(void)name;
	if (list && q->match && !json_array_size(list)) {
		json_decref(list);
		*answer = no_such_job(q->match);
	} else {
		*answer = json_pack("{s:b, s:o}", "ok", 1, "jobs", list);
	}
	return true;
}

bool viewer_tell_job(void *arg, const char *name, const struct api_query_args *q, json_t **answer)
{
	struct viewer *r = arg;
	const struct job_view *v = view_find(viewer_jobs(r), name);

	(void)q;
	*answer = v ? status_job(v, r->logs_dir, viewer_look(r)) : no_such_job(name);
	if (v && *answer)
		json_object_set_new(*answer, "ok", json_true());
	return true;
}

/* What is not stored, or cannot be read, only the loop knows: it is asked. */
static const struct job_view *with_store(struct viewer *r, const char *name, struct store **store,
					 json_t **answer)
{
	const struct job_view *v = view_find(viewer_jobs(r), name);

	*store = v ? viewer_store(r) : NULL;
	*answer = v ? NULL : no_such_job(name);
	return v;
}

bool viewer_tell_why(void *arg, const char *name, const struct api_query_args *q, json_t **answer)
{
	struct store *store;
	const struct job_view *v = with_store(arg, name, &store, answer);
	int err;

	(void)q;
	if (store)
		*answer = why_answer(v, store, NULL, &err);
	return *answer;
}

bool viewer_tell_stats(void *arg, const char *name, const struct api_query_args *q, json_t **answer)
{
	uint64_t now_us = viewer_agent(arg)->facts.ledger_us + clock_us();
	struct store *store;
	const struct job_view *v = with_store(arg, name, &store, answer);
	int err;

	(void)q;
	if (store)
		*answer = stats_answer(v, store, NULL, now_us, &err);
	return *answer;
}

char *viewer_tell_openapi(void *arg, size_t *len)
{
	char *text = malloc((size_t)(openapi_end - openapi_begin));

	(void)arg;
	*len = (size_t)(openapi_end - openapi_begin);
	if (text)
		memcpy(text, openapi_begin, *len);
	return text;
}
