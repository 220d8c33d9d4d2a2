// SPDX-License-Identifier: GPL-2.0
/* The tree of a run: scopes of nodes, scopes of scopes, dedicated nodes or none, jobs. */
#include <stdlib.h>

#include "selftests/sim/sim.h"

static void *fresh(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		abort();
	return p;
}

static struct scope *add_scope(struct sim *s, uint8_t level, uint32_t nmembers)
{
	struct scope *sc = &s->scopes[s->nscopes++];

	sc->id = s->nscopes;
	sc->level = level;
	sc->parent = CORE_NONE;
	sc->nmembers = nmembers;
	sc->version = 1;
	sc->timing = core_timing_lan;
	sc->members = fresh(nmembers, sizeof(*sc->members));
	sc->versions[1] = sc->members;
	sc->promises = fresh(nmembers, sizeof(*sc->promises));
	return sc;
}

static void add_candidate(struct scope *sc, uint32_t node)
{
	sc->candidates = realloc(sc->candidates, (sc->ncandidates + 1) * sizeof(*sc->candidates));
	if (!sc->candidates)
		abort();
	sc->candidates[sc->ncandidates++] = node;
}

static void add_jobs(struct sim *s, struct scope *sc, uint32_t n)
{
	uint32_t i;

	sc->jobs = fresh(n, sizeof(*sc->jobs));
	for (i = 0; i < n; i++) {
		struct job_track *t = &s->jobs[s->njobs++];
		bool of_nobody = rng_once_in(&s->rng, 30);

		*t = (struct job_track){
			.id = s->njobs, .singleton = !rng_once_in(&s->rng, 3), .wanted = true, .scope = scope_index(s, sc->id),
		};
		sc->jobs[sc->njobs] = (struct core_job){ .id = t->id, .singleton = t->singleton, .memory_mib = 16 };
		sc->jobs[sc->njobs].customer = of_nobody ? 0 : rng_below(&s->rng, 3);
		sc->jobs[sc->njobs++].cpu_milli = 10 + rng_below(&s->rng, 50);
	}
}

/* A cluster: agents on nodes of its own; its coordinator on any of them, or on dedicated ones. */
static void add_cluster(struct sim *s, uint32_t first, uint32_t n)
{
	struct scope *sc = add_scope(s, 2, n);
	uint32_t i;

	for (i = 0; i < n; i++) {
		sc->members[i] = (struct core_member){
			.homes = { first + i }, .nhomes = 1, .cpu_milli = 1000000, .memory_mib = 1000000,
		};
		s->nodes[first + i].scope = s->nscopes - 1;
		s->nodes[first + i].element = i;
		if (!s->p.dedicated && (s->p.levels == 1 || i < 5))
			add_candidate(sc, first + i);
	}
	add_jobs(s, sc, n * s->p.jobs_per_node);
}

static void add_node(struct sim *s)
{
	struct node *n = &s->nodes[s->nnodes];

	n->number = s->nnodes++;
	n->scope = CORE_NONE;
	n->side = 0;
	n->clock.offset_ns = (int64_t)(rng_next(&s->rng) % (1000 * S));
	n->clock.ppm = (int64_t)rng_below(&s->rng, 2 * core_timing_lan.drift_ppm + 1) - core_timing_lan.drift_ppm;
	n->store_members = 1;
	s->hit[FAULT_DRIFT]++;
}

static void add_dedicated(struct sim *s, struct scope *sc)
{
	uint32_t i;

	for (i = 0; i < s->p.dedicated; i++) {
		add_candidate(sc, s->nnodes);
		add_node(s);
	}
}

/* Candidates of the upper level: a few of each child's, or nodes of its own. */
static void add_upper(struct sim *s, uint8_t level, uint32_t first, uint32_t n)
{
	struct scope *sc = add_scope(s, level, n);
	uint32_t i, k;

	if (s->p.wan_above && level == 4)
		sc->timing.period_ns *= 2, sc->timing.silence_ns *= 2, sc->timing.promise_ns *= 2, sc->timing.lease_ns *= 2;
	for (i = 0; i < n; i++) {
		struct scope *child = &s->scopes[first + i];
		struct core_member *m = &sc->members[i];

		child->parent = scope_index(s, sc->id);
		child->number = i;
		m->child = child->id;
		for (k = 0; k < child->ncandidates && k < CORE_HOMES_MAX; k++)
			m->homes[m->nhomes++] = child->candidates[k];
		for (k = 0; k < 2 && k < child->ncandidates && sc->ncandidates < CORE_HOMES_MAX && !s->p.dedicated; k++)
			add_candidate(sc, child->candidates[k]);
	}
	add_dedicated(s, sc);
}

static void add_level(struct sim *s, uint8_t level, uint32_t first, uint32_t end)
{
	uint32_t n = end - first, groups = level == s->p.levels + 1 ? 1 : (n + 2) / 3, i;

	for (i = 0; i < groups; i++) {
		uint32_t from = first + i * n / groups, to = first + (i + 1) * n / groups;

		add_upper(s, level, from, to - from);
	}
}

void layout(struct sim *s)
{
	uint32_t clusters = s->p.levels == 1 ? 1 : s->p.nodes / s->p.per_scope, i, first = 0, end;

	if (!clusters)
		clusters = 1;
	s->nodes = fresh(SIM_NODES_MAX, sizeof(*s->nodes));
	s->scopes = fresh(SIM_SCOPES_MAX, sizeof(*s->scopes));
	s->jobs = fresh(s->p.nodes * s->p.jobs_per_node, sizeof(*s->jobs));
	for (i = 0; i < s->p.nodes; i++)
		add_node(s);
	for (i = 0; i < clusters; i++) {
		uint32_t from = i * s->p.nodes / clusters, to = (i + 1) * s->p.nodes / clusters;

		add_cluster(s, from, to - from);
		if (s->p.dedicated)
			add_dedicated(s, &s->scopes[s->nscopes - 1]);
	}
	for (i = 3; i <= s->p.levels + 1; i++) {
		end = s->nscopes;
		add_level(s, (uint8_t)i, first, end);
		first = end;
	}
}
