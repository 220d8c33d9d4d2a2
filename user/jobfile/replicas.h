/* SPDX-License-Identifier: GPL-2.0 */
/* Jobs that are made several times of one definition, and what differs between them. */
#ifndef JOBFILE_REPLICAS_H
#define JOBFILE_REPLICAS_H

#include "user/jobfile/schema.h"

/* @templated: the job has one of the keys; then @names holds the names of its @n instances. */
struct replicas {
	bool templated;
	char **names;
	size_t n;
};

/* What the job's mapping asks for, looked up before the mapping is walked. False: an error was told. */
bool replicas_of(struct parse *p, yaml_node_t *name, yaml_node_t *job, struct replicas *r);

/*
 * As word_of(), with %i, %n and %% replaced if an instance is walked; elsewhere % means itself. Valid
 * as long as the job file.
 */
const char *filled_word_of(struct parse *p, yaml_node_t *node, const char *what);

/* For tables: the keys are known, and were looked up before. */
void set_replicas(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

#endif /* JOBFILE_REPLICAS_H */
