// SPDX-License-Identifier: GPL-2.0
/* What those who follow the jobs are told: copied by the loop, put into words by who reads it. */
#include "user/agent/follow.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "user/agent/agent.h"
#include "user/agent/viewer.h"
#include "user/agent/status.h"
#include "user/agent/why.h"

/** struct told - one event; it never changes once it is told. */
struct told {
	struct api_event event;
	char job[JOB_NAME_LEN_MAX + 1];
	bool is_state;

	const char *state, *was;	/* constants; @was is NULL for a new job */
	pid_t pid;
	char reason[AGENT_REASON_MAX];

	struct store_event history;	/* its strings are constants but for ... */
	char boot_id[STORE_BOOT_ID_LEN + 1];
	char text[STORE_EVENT_TEXT_MAX];
};

static void free_told(struct published_head *head)
{
	free(caa_container_of(head, struct told, event.head));
}

static struct told *begin(const struct job *job)
{
	struct told *t = calloc(1, sizeof(*t));

	if (t)
		memcpy(t->job, job->name, sizeof(t->job));
	return t;
}

void follow_state(const struct job *job, const struct job_view *old)
{
	const struct job_view *v = job->view;
	struct told *t;

	if (job->removed || (old && old->state == v->state))
		return;
	t = begin(job);
	if (!t)
		return;
	t->is_state = true;
	t->state = v->state;
	t->was = old ? old->state : NULL;
	t->pid = v->pid;
	memcpy(t->reason, v->reason, strlen(v->reason) + 1);
	events_add(&job->agent->control.events, &t->event, free_told);
}

void follow_history(const struct job *job, const struct store_event *event)
{
	struct told *t = begin(job);

	if (!t)
		return;
	t->history = *event;
	memcpy(t->boot_id, event->boot_id, sizeof(t->boot_id));
	t->history.boot_id = t->boot_id;
	if (event->text) {
		memcpy(t->text, event->text, strnlen(event->text, sizeof(t->text) - 1));
		t->history.text = t->text;
	}
	events_add(&job->agent->control.events, &t->event, free_told);
}

void follow_fini(struct agent *a)
{
	events_fini(&a->control.events);
}

static json_t *state_json(const struct told *t)
{
	return json_pack("{s:s, s:s, s:s?, s:o, s:o}", "job", t->job, "state", t->state, "was", t->was,
			 "pid", t->pid ? json_integer(t->pid) : json_null(),
			 "reason", t->reason[0] ? status_text(t->reason) : json_null());
}

static json_t *history_json(const struct told *t)
{
	json_t *object = why_event(&t->history);

	if (object)
		json_object_set_new(object, "job", json_string(t->job));
	return object;
}

char *follow_format(void *arg, const struct api_event *event, const char *match, const char **type)
{
	const struct told *t = caa_container_of(event, struct told, event);
	const struct job_views *jobs = viewer_jobs(arg);
	struct view_choice choice = view_choose(jobs, match);
	json_t *object;
	char *text;

	if (!view_chosen(&choice, t->job))
		return NULL;
	*type = t->is_state ? "state" : "history";
	object = t->is_state ? state_json(t) : history_json(t);
	text = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
	json_decref(object);
	return text;
}
