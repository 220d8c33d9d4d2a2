/* SPDX-License-Identifier: GPL-2.0 */
/* What a job executes: its words, its environment, its paths. */
#ifndef JOBFILE_COMMAND_H
#define JOBFILE_COMMAND_H

#include "user/jobfile/schema.h"

/* A copy that lives as long as the job file, and a list of @n and a NULL; NULL if there is no memory. */
char *text_keep(struct parse *p, const char *text);
char **list_new(struct parse *p, size_t n);

/* Whether @text is an absolute path that is not too long; if not, the error is told. */
bool is_path(struct parse *p, yaml_node_t *node, const char *text, const char *what);

/* Setters for tables: of a const char *, and twice of a char *const *. */
void set_path(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);
void set_exec(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);
void set_env(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);

#endif /* JOBFILE_COMMAND_H */
