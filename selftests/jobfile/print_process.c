/* SPDX-License-Identifier: GPL-2.0 */
/* What a job file says of the process of a job, as text: what is not as by default. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/jobfile/cases.h"
#include "user/jobfile/jobfile.h"

static void print_words(FILE *f, const char *name, char *const *list)
{
	if (list)
		fprintf(f, " %s=", name);
	for (; list && *list; list++)
		fprintf(f, "[%s]", *list);
}

static void print_rlimits(FILE *f, const struct job_rlimit *limits)
{
	int i;

	for (i = 0; limits && i < RLIM_NLIMITS; i++)
		if (limits[i].set)
			fprintf(f, " %s=%" PRIu64 ":%" PRIu64, rlimit_name(i), limits[i].soft,
				limits[i].hard);
}

static void print_cpus(FILE *f, const cpu_set_t *cpus)
{
	int i;

	if (cpus)
		fprintf(f, " cpus=");
	for (i = 0; cpus && i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, cpus))
			fprintf(f, "[%d]", i);
}

static void print_limits(FILE *f, const struct job_limits *l)
{
	if (l->memory_high)
		fprintf(f, " high=%" PRIu64, l->memory_high);
	if (l->memory_swap_set)
		fprintf(f, " swap=%" PRIu64, l->memory_swap);
	if (l->tasks)
		fprintf(f, " tasks=%" PRIu64, l->tasks);
	if (l->cpu)
		fprintf(f, " cpu=%" PRIu64, l->cpu);
	if (l->cpu_weight || l->io_weight)
		fprintf(f, " weights=%" PRIu64 "/%" PRIu64, l->cpu_weight, l->io_weight);
}

static void print_all(FILE *f, const struct job_process *p)
{
	print_words(f, "groups", p->groups);
	print_words(f, "env-file", p->env_files);
	if (p->umask != 022)
		fprintf(f, " umask=%o", p->umask);
	if (p->nice_set)
		fprintf(f, " nice=%d", p->nice);
	if (p->oom_score_set)
		fprintf(f, " oom=%d", p->oom_score);
	print_cpus(f, p->cpus);
	if (p->scheduler_set)
		fprintf(f, " scheduler=%d/%d", p->scheduler, p->priority);
	if (p->io_class)
		fprintf(f, " io=%d/%d", p->io_class, p->io_level);
	print_rlimits(f, p->rlimits);
	if (p->capabilities_set)
		fprintf(f, " capabilities=%" PRIx64, p->capabilities);
	if (p->no_new_privileges)
		fprintf(f, " no-new-privileges");
}

static void print_socket(FILE *f, const struct job_socket *s)
{
	fprintf(f, " socket=%s/%d/%s/%u/%" PRIu64, s->name, s->type, s->text, s->address_len, s->backlog);
	if (s->user || s->group || s->mode != 0666)
		fprintf(f, "/%o:%s:%s", s->mode, s->user ? s->user : "-", s->group ? s->group : "-");
	if (s->reuse_port)
		fprintf(f, "/reuse");
	if (s->on_demand)
		fprintf(f, "/demand");
}

void print_process(char *buf, size_t size, const struct job_spec *s)
{
	FILE *f = fmemopen(buf, size, "w");
	size_t i;

	if (!f)
		return;
	print_limits(f, &s->limits);
	print_all(f, &s->process);
	for (i = 0; i < s->nsockets; i++)
		print_socket(f, &s->sockets[i]);
	fclose(f);
}
