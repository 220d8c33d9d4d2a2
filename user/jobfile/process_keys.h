/* SPDX-License-Identifier: GPL-2.0 */
/* Setters for the keys of a job's process and of its limits. */
#ifndef JOBFILE_PROCESS_KEYS_H
#define JOBFILE_PROCESS_KEYS_H

#include "user/jobfile/schema.h"

/* Of a char *const *. */
void set_groups(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_env_files(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

/* Of an unsigned int, in octal, as in 0027. */
void set_mode(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

/* Of struct job_process as a whole. */
void set_nice(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_oom_score(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_cpus(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_scheduler(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_io_priority(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_rlimits(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_capabilities(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

/* Of struct job_limits as a whole. */
void set_memory_swap(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_cpu(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

#endif /* JOBFILE_PROCESS_KEYS_H */
