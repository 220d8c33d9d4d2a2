/* SPDX-License-Identifier: GPL-2.0 */
/* Keys that say when a job is ready, and when it hangs. */
#ifndef JOBFILE_READY_H
#define JOBFILE_READY_H

#include "user/jobfile/jobfile.h"
#include "user/jobfile/schema.h"

/* What stands in where no key tells otherwise. */
extern const struct job_ready ready_defaults;

/* Words of set_word(), for members of struct job_ready. */
extern const struct word ready_words[], ready_access_words[], ready_hang_words[];

/* Setters for tables, of a struct job_ready. */
void set_reload(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);
void set_watchdog(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);

/** ready_check - do the keys of a job fit each other? @at: where to say that they do not. */
void ready_check(struct parse *p, yaml_node_t *at, const struct job_ready *ready);

#endif /* JOBFILE_READY_H */
