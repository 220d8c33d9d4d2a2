// SPDX-License-Identifier: GPL-2.0
/* A plan as JSON: Documentation/api.md. */
#include "user/agent/plan_json.h"

#include <stdio.h>
#include <string.h>

#include "user/agent/status.h"
#include "user/jobfile/compare.h"

void plan_keys_write(uint64_t keys, char *buf, size_t size)
{
	const char *key;
	size_t len = 0, i;

	buf[0] = '\0';
	for (i = 0; (key = compare_key(i)); i++)
		if (keys & 1ull << i && len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%s", len ? ", " : "", key);
}

static json_t *keys_json(uint64_t keys)
{
	json_t *list = json_array();
	const char *key;
	size_t i;

	for (i = 0; list && (key = compare_key(i)); i++)
		if (keys & 1ull << i)
			json_array_append_new(list, json_string(key));
	return list;
}

static json_t *item_json(const struct plan_item *item)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s?, s:b, s:b, s:o, s:o}",
			 "name", item->name,
			 "action", plan_action_name(item->action),
			 "now", keys_json(item->now),
			 "next_start", keys_json(item->next),
			 "restart_for", keys_json(item->restart),
			 "with", item->with[0] ? item->with : NULL,
			 "again", item->again,
			 "keeps", item->keep && item->next & compare_mask(COMPARE_RESTART),
			 "file", item->path ? status_text(item->path) : json_null(),
			 "line", item->path ? json_integer(item->line) : json_null());
}

json_t *plan_json(const struct plan *p)
{
	json_t *jobs = json_array();
	char id[PLAN_ID_LEN + 1];
	size_t same = 0, i;

	for (i = 0; jobs && i < p->n; i++) {
		const struct plan_item *item = &p->items[i];

		if (item->action == PLAN_NOTHING && !item->next)
			same++;
		else
			json_array_append_new(jobs, item_json(item));
	}
	plan_id_write(p, id);
	return json_pack("{s:s, s:b, s:i, s:o}", "id", id, "idle", plan_is_idle(p),
			 "unchanged", (int)same, "jobs", jobs);
}
