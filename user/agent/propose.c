// SPDX-License-Identifier: GPL-2.0
/* The answers to the requests "plan" and "reload": Documentation/api.md. */
#include "user/agent/propose.h"

#include <stdio.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/plan_json.h"
#include "user/agent/proposal.h"
#include "user/api/answer.h"
#include "user/agent/status.h"

static json_t *errors_json(const struct complaints *errors)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < errors->n; i++)
		json_array_append_new(list, status_text(errors->list[i]));
	return list;
}

static json_t *answer(const struct proposal *p, const struct complaints *errors, bool applied)
{
	return json_pack("{s:b, s:b, s:o, s:o}", "ok", 1, "applied", applied,
			 "errors", errors_json(errors),
			 "plan", p->planned ? plan_json(&p->plan) : json_null());
}

json_t *propose_plan(struct agent *a)
{
	struct proposal p;
	json_t *root = NULL;

	if (proposal_make(a, &p) == 0)
		root = answer(&p, &p.files.errors, false);
	proposal_free(&p);
	return root;
}

static json_t *refuse(const char *name, const char *why)
{
	char text[2 * AGENT_REASON_MAX];

	snprintf(text, sizeof(text), "nothing was changed: %s", why);
	return answer_refusal(name, "%s", text);
}

static json_t *apply(struct agent *a, struct proposal *p)
{
	char why[AGENT_REASON_MAX] = "";

	if (proposal_apply(a, p, why, sizeof(why)) == 0)
		return answer(p, &a->set.errors, true);
	return refuse("EIO", why);
}

static json_t *try_reload(struct agent *a, struct proposal *p, const char *id)
{
	char now[PLAN_ID_LEN + 1], why[160];

	if (!p->planned) {
		jobset_take_errors(&a->set, &p->files);
		return answer(p, &a->set.errors, false);
	}
	plan_id_write(&p->plan, now);
	if (!id[0] || strcmp(id, now) == 0)
		return apply(a, p);
	snprintf(why, sizeof(why), "the plan is %s by now, not %.40s: files or jobs have changed", now, id);
	return refuse("ESTALE", why);
}

json_t *propose_reload(struct agent *a, const char *id)
{
	struct proposal p;
	json_t *root;

	if (proposal_make(a, &p))
		root = refuse("EIO", "out of memory");
	else
		root = try_reload(a, &p, id);
	proposal_free(&p);
	return root;
}
