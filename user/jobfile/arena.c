/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that is allocated piece by piece and freed at once. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "user/jobfile/arena.h"

enum { CHUNK_SIZE = 4096 };

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	max_align_t data[];	/* size bytes */
};

struct arena {
	struct chunk *head;
};

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	struct chunk *c, *next;

	if (!a)
		return;
	for (c = a->head; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

static struct chunk *chunk_add(struct arena *a, size_t size)
{
	size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
	struct chunk *c = calloc(1, sizeof(*c) + room);

	if (!c)
		return NULL;
	c->size = room;
	c->next = a->head;
	a->head = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t mask = sizeof(max_align_t) - 1;
	struct chunk *c = a->head;
	void *p;

	size = (size + mask) & ~mask;
	if (!c || c->size - c->used < size)
		c = chunk_add(a, size);
	if (!c)
		return NULL;
	p = (char *)c->data + c->used;
	c->used += size;
	return p;
}

char *arena_copy(struct arena *a, const char *text, size_t len)
{
	char *p = arena_alloc(a, len + 1);

	if (p)
		memcpy(p, text, len);
	return p;
}
