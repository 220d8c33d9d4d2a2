// SPDX-License-Identifier: GPL-2.0
/* What else is told of a job: its definition's change, its standbys, what foretells its failure. */
#include "user/agent/status_more.h"

#include <stdio.h>

#include "user/agent/agent.h"
#include "user/agent/standby.h"
#include "user/agent/status.h"

/* How far the change of its definition is. */
static void add_version(json_t *object, const struct job *job)
{
	const struct versions *v = &job->ver;
	const char *step = v->rolling ? "waiting" : version_on_trial(job) ? "trial" : NULL;
	char text[AGENT_REASON_MAX * 4];

	snprintf(text, sizeof(text), "rolled back: %s", v->why ? v->why : "");
	json_object_set_new(object, "rolled_back", v->blend ? status_text(text) : json_null());
	json_object_set_new(object, "rollout", step ? json_string(step) : json_null());
}

/* A standby is told by the job that it stands by for. */
static json_t *standbys_of(const struct job *job)
{
	const struct job *slot = standby_each(job, 0);
	json_t *list = json_array();

	for (; list && slot; slot = standby_each(job, slot->slot))
		if (!slot->removed)
			json_array_append_new(list, json_string(slot->name));
	return list;
}

static void add_role(json_t *object, const struct job *job)
{
	const char *role = standby_role(job);
	const struct job *owner = standby_owner(job);
	bool next = job->slot && owner && owner->standby && owner->standby->next == job;

	json_object_set_new(object, "role", role ? json_string(role) : json_null());
	json_object_set_new(object, "standby_of", job->slot ? json_string(standby_base(job)) :
							      json_null());
	json_object_set_new(object, "next", json_boolean(next));
	json_object_set_new(object, "standbys", standbys_of(job));
}

json_t *status_more(const struct job *job)
{
	json_t *object = json_object();

	if (!object)
		return NULL;
	add_version(object, job);
	json_object_set_new(object, "flags", foretell_flags(job));
	json_object_set_new(object, "handed_over", json_boolean(job->handover.given));
	add_role(object, job);
	return object;
}
