/* SPDX-License-Identifier: GPL-2.0 */
/* Lists whose only item may stand alone. */
#ifndef JOBFILE_LIST_H
#define JOBFILE_LIST_H

#include "user/jobfile/schema.h"

struct list {
	yaml_node_t *alone;		/* NULL: @items are meant */
	yaml_node_item_t *items;
	size_t n;
};

/*
 * What @node lists: its items, or itself. False, with the error told, if it is a mapping or has more
 * than @max items; false, too, if it was walked before. @what names what was wanted.
 */
bool list_of(struct parse *p, yaml_node_t *node, const char *what, size_t max, struct list *list);

/*
 * Zeroed members, @size bytes each, for the items that @node lists, and one more. NULL, with the error
 * told, if it is no list, or has more than @max items. @what names what was wanted, @items what is listed.
 */
void *list_members(struct parse *p, const struct key *k, yaml_node_t *node, const char *what,
		   const char *items, size_t max, size_t size, struct list *list);

yaml_node_t *list_item(struct parse *p, const struct list *list, size_t i);

/* For a table of words: the one that @text must have meant is named, if one is near. */
void refuse_word(struct parse *p, yaml_node_t *node, const char *what, const char *text,
		 const char *meant);

#endif /* JOBFILE_LIST_H */
