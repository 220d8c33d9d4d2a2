/* SPDX-License-Identifier: GPL-2.0 */
/* Tables that say which keys a mapping may have, and the walk that obeys them. */
#ifndef JOBFILE_SCHEMA_H
#define JOBFILE_SCHEMA_H

#include <yaml.h>

#include "user/jobfile/arena.h"
#include "user/jobfile/errors.h"

/* One parse. */
struct parse {
	yaml_document_t doc;
	struct errors errors;
	struct arena *arena;
	/* Which walk saw each node last, by index: an alias shows a node again, perhaps within itself. */
	unsigned int *walked;
	unsigned int walk;		/* from 1; the mapping of a job with replicas is walked for each */
	const char *instance;		/* of which it is walked now; NULL: of none */
	const char *job;		/* the instance's full name */
};

/* A word and what it stands for. */
struct word {
	const char *name;
	uint64_t value;
};

struct key {
	const char *name;
	void (*set)(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
	size_t offset;			/* of the member of *out that it sets */
	uint64_t min, max;
	const struct key *keys;		/* of the mapping below; ends with an unnamed one */
	const struct word *words;	/* taken besides numbers; ends with an unnamed one */
	int required;			/* nothing can stand in for it */
};

enum { KEYS_MAX = 64 };		/* in one table */

/* The member that a setter sets. */
static inline void *key_member(const struct key *k, void *out)
{
	return (char *)out + k->offset;
}

/* What to say of a node, with its own place. */
#define refuse(p, node, ...) \
	errors_add(&(p)->errors, (node)->start_mark.line + 1, (node)->start_mark.column + 1, \
		   __VA_ARGS__)

yaml_node_t *node_of(struct parse *p, int index);

/* The text of a scalar without a NUL; else NULL, with the error told. To be "" it must be quoted. */
const char *word_of(struct parse *p, yaml_node_t *node, const char *what);

/*
 * Whether the node is a mapping, or a list, that has not been walked yet; if it is none, the error
 * is told. @what names what was wanted.
 */
bool enter_mapping(struct parse *p, yaml_node_t *node, const char *what);
bool enter_list(struct parse *p, yaml_node_t *node, const char *what);

/* Sets the members of *out. @at is blamed for what is missing. */
void walk_mapping(struct parse *p, yaml_node_t *at, yaml_node_t *node, const char *what,
		  const struct key *keys, void *out);

/* Setters for tables. */
void set_mapping(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_number(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_duration(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_size(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_word(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

#endif /* JOBFILE_SCHEMA_H */
