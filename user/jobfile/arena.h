/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that is allocated piece by piece and freed at once. */
#ifndef JOBFILE_ARENA_H
#define JOBFILE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);

/* NULL is ignored. */
void arena_free(struct arena *a);

/* Zeroed and aligned for any type; NULL if there is no memory. */
void *arena_alloc(struct arena *a, size_t size);

/* A terminated copy of @len bytes. */
char *arena_copy(struct arena *a, const char *text, size_t len);

#endif /* JOBFILE_ARENA_H */
