/* SPDX-License-Identifier: GPL-2.0 */
/* Lists whose only item may stand alone. */
#include <string.h>

#include "user/jobfile/list.h"

bool list_of(struct parse *p, yaml_node_t *node, const char *what, size_t max, struct list *list)
{
	*list = (struct list){ .alone = node, .n = 1 };
	if (node->type == YAML_SCALAR_NODE)
		return true;
	if (!enter_list(p, node, what))
		return false;
	list->alone = NULL;
	list->items = node->data.sequence.items.start;
	list->n = node->data.sequence.items.top - list->items;
	if (list->n <= max)
		return true;
	refuse(p, node, "%s has %zu items: %zu is the limit", what, list->n, max);
	return false;
}

void *list_members(struct parse *p, const struct key *k, yaml_node_t *node, const char *what,
		   const char *items, size_t max, size_t size, struct list *list)
{
	void *members;

	if (!enter_list(p, node, what))
		return NULL;
	*list = (struct list){ .items = node->data.sequence.items.start };
	list->n = (size_t)(node->data.sequence.items.top - list->items);
	if (list->n > max) {
		refuse(p, node, "%s has %zu %s: %zu is the limit", k->name, list->n, items, max);
		return NULL;
	}
	members = arena_alloc(p->arena, (list->n + 1) * size);
	if (!members)
		p->errors.nomem = true;
	return members;
}

yaml_node_t *list_item(struct parse *p, const struct list *list, size_t i)
{
	return list->alone ? list->alone : node_of(p, list->items[i]);
}

void refuse_word(struct parse *p, yaml_node_t *node, const char *what, const char *text,
		 const char *meant)
{
	if (meant)
		refuse(p, node, "unknown %s \"%s\", did you mean \"%s\"?", what,
		       show(text, strlen(text)).text, meant);
	else
		refuse(p, node, "unknown %s \"%s\"", what, show(text, strlen(text)).text);
}
