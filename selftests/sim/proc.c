// SPDX-License-Identifier: GPL-2.0
/* The processes of nodes: an agent, and coordinators. They run the very objects that the daemons run. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/sim/sim.h"

uint32_t scope_index(const struct sim *s, uint64_t id)
{
	assert(id && id <= s->nscopes);
	return (uint32_t)id - 1;
}

struct proc *proc_find(struct node *n, const struct wire_id *life)
{
	unsigned int i;

	if (n->agent && wire_id_same(&n->agent->id, life))
		return n->agent;
	for (i = 0; i < SIM_COORDS_MAX; i++)
		if (n->coords[i] && wire_id_same(&n->coords[i]->id, life))
			return n->coords[i];
	return NULL;
}

struct element *proc_element(struct proc *p)
{
	return p->agent ? p->element : p->c.element;
}

static void *fresh(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

static struct proc *make(struct sim *s, struct node *n, uint32_t scope)
{
	struct proc *p = fresh(sizeof(*p));

	p->node = n->number;
	p->scope = scope;
	p->born = s->now;
	p->id = (struct wire_id){
		.rank = (uint64_t)(n->number * 7919 % 10007) << 32 | n->number, .boot = n->boot, .node = n->number,
		.incarnation = ++n->incarnation, .pid = n->pid += 1 + rng_below(&s->rng, 3),
	};
	p->out = (struct core_out){ .act = act, .ctx = s };
	return p;
}

static struct element *make_element(struct sim *s, struct node *n, struct proc *p, uint32_t scope, uint32_t number,
				    const struct element_memory *past)
{
	const struct scope *sc = &s->scopes[scope];
	const struct element_config config = {
		.self = p->id, .scope = sc->id, .number = number, .level = sc->level, .timing = sc->timing,
		.rules = &s->rules, .candidates = sc->candidates, .ncandidates = sc->ncandidates,
	};

	return element_init(fresh(element_size()), &config, past, clock_local(n, s->now));
}

static void adopt_jobs(struct sim *s, struct node *n, struct proc *p)
{
	struct instance *i;

	for (i = n->module.instances; i; i = i->next) {
		struct core_event e = { .type = CORE_JOB };

		e.job.id = i->job;
		e.job.state = i->stopping ? WIRE_JOB_STOPPING : WIRE_JOB_RUNNING;
		proc_step(s, p, &e);
	}
}

static bool listed(const struct sim *s, const struct node *n)
{
	return s->scopes[n->scope].members[n->element].nhomes > 0;
}

void proc_tell_listed(struct sim *s, struct node *n)
{
	struct core_event e = { .type = CORE_HOST };

	e.host.standing = WIRE_ESTABLISHED;
	e.host.votes = true;
	e.host.covers = listed(s, n);
	if (n->agent)
		proc_step(s, n->agent, &e);
}

static void tell_service(struct sim *s, struct node *n)
{
	struct core_event e = { .type = CORE_SERVICE };

	e.service.ready = true;
	e.service.draining = n->draining;
	proc_step(s, n->agent, &e);
}

void proc_start_agent(struct sim *s, struct node *n, bool memory)
{
	const struct module *m = &n->module;
	struct element_memory past = {
		.epoch = n->store_epoch, .members = n->store_members, .lease_token = m->lease_token,
		.lease_until_ns = m->lease_held ? m->lease_until_ns : 0, .known = memory && m->promise_known,
		.holder = n->store_holder, .until_ns = m->promise_until_ns,
	};
	struct proc *p = make(s, n, n->scope);

	assert(!n->agent);
	s->hit[past.known ? FAULT_RESTART_WITH_MEMORY : FAULT_RESTART_WITHOUT_MEMORY]++;
	p->agent = true;
	p->element = make_element(s, n, p, n->scope, n->element, &past);
	n->agent = p;
	trace(s, "node %u: agent starts, pid %u%s", n->number, p->id.pid, past.known ? "" : ", without memory");
	adopt_jobs(s, n, p);
	if (n->agent == p)
		tell_service(s, n);
	if (n->agent == p)
		proc_tell_listed(s, n);
	if (n->agent == p)
		proc_arm(s, p);
}

static struct monitor *make_monitor(struct sim *s, struct node *n, struct proc *p)
{
	const struct scope *sc = &s->scopes[p->scope];
	const struct monitor_config config = {
		.self = p->id, .scope = sc->id, .level = sc->level, .timing = sc->timing, .rules = &s->rules,
		.members = sc->members, .nmembers = sc->nmembers, .members_version = sc->version,
		.elements_max = sc->nmembers, .jobs_max = sc->njobs,
	};

	p->version = sc->version;
	p->answered = fresh(sc->nmembers);
	return monitor_init(fresh(monitor_size(sc->nmembers, sc->njobs)), &config, clock_local(n, s->now));
}

static void give_jobs(struct sim *s, struct proc *p)
{
	const struct scope *sc = &s->scopes[p->scope];
	struct core_event e = { .type = CORE_JOBS };
	struct core_job *list = fresh((sc->njobs + 1) * sizeof(*list));
	uint32_t i;

	for (i = 0; i < sc->njobs; i++)
		if (job_find(s, sc->jobs[i].id)->wanted)
			list[e.jobs.n++] = sc->jobs[i];
	e.jobs.list = list;
	p->jobs_version = sc->jobs_version;
	proc_step(s, p, &e);
	free(list);
}

struct proc *proc_start_coord(struct sim *s, struct node *n, uint32_t scope)
{
	const struct scope *sc = &s->scopes[scope];
	const struct element_memory none = { .known = false };
	struct element *e = NULL;
	struct proc *p;
	unsigned int i = 0;

	while (i < SIM_COORDS_MAX && n->coords[i])
		i++;
	if (i == SIM_COORDS_MAX)
		return NULL;
	p = make(s, n, scope);
	if (sc->parent != CORE_NONE)
		e = make_element(s, n, p, sc->parent, sc->number, &none);
	n->coords[i] = p;
	trace(s, "node %u: coordinator of scope %llu starts, pid %u", n->number, (unsigned long long)sc->id, p->id.pid);
	coordinator_init(&p->c, make_monitor(s, n, p), e, clock_local(n, s->now), &p->out);
	if (sc->njobs)
		give_jobs(s, p);
	if (proc_find(n, &p->id))
		proc_arm(s, p);
	return p;
}

void proc_kill(struct sim *s, struct proc *p)
{
	struct node *n = &s->nodes[p->node];
	unsigned int i;

	trace(s, "node %u: pid %u ends", n->number, p->id.pid);
	if (n->agent == p)
		n->agent = NULL;
	for (i = 0; i < SIM_COORDS_MAX; i++)
		if (n->coords[i] == p)
			n->coords[i] = NULL;
	free(p->element);
	free(p->c.element);
	free(p->c.monitor);
	free(p->answered);
	free(p);
}

void proc_arm(struct sim *s, struct proc *p)
{
	struct node *n = &s->nodes[p->node];
	uint64_t due = p->agent ? element_due(p->element) : coordinator_due(&p->c);
	uint64_t at;

	if (due == UINT64_MAX)
		return;
	at = clock_world(n, due);
	if (at < s->now)
		at = s->now;
	if (at < p->paused_until)
		at = p->paused_until;
	if (p->armed && p->armed <= at)
		return;
	p->armed = at;
	queue_push(s, (struct event){ .at = at, .type = EV_TIMER, .node = n->number, .life = p->id });
}

void proc_timer(struct sim *s, const struct event *e)
{
	struct node *n = &s->nodes[e->node];
	struct proc *p = n->up ? proc_find(n, &e->life) : NULL;
	struct core_event tick = { .type = CORE_TICK };

	if (!p || p->armed != e->at)
		return;
	p->armed = 0;
	if (p->paused_until > s->now)
		proc_arm(s, p);
	else
		proc_step(s, p, &tick);
}

/* The operators' file and the store bring news to every coordinator; a refused change is offered again. */
static void bring_news(struct sim *s, struct proc *p)
{
	const struct scope *sc = &s->scopes[p->scope];
	struct core_event e = { .type = CORE_MEMBERS };

	p->version = monitor_members(p->c.monitor);
	if (p->jobs_version != sc->jobs_version && sc->njobs)
		give_jobs(s, p);
	else if (p->version < sc->version && s->now - p->version_tried > 50 * MS) {
		p->version_tried = s->now;
		e.members.list = sc->versions[p->version + 1];
		e.members.version = p->version + 1;
		proc_step(s, p, &e);
	}
}

static bool step(struct sim *s, struct proc *p, struct core_event *event)
{
	s->stepping = p;
	s->input = event->type == CORE_MESSAGE ? event->msg : NULL;
	if (p->agent)
		element_step(p->element, event, &p->out);
	else
		coordinator_step(&p->c, event, &p->out);
	s->stepping = NULL;
	s->steps++;
	return !p->dying;
}

/* By the module; two times of three the next agent can read its promise back. */
void proc_respawn(struct sim *s, struct node *n, uint32_t ms_max)
{
	struct event e = { .type = EV_RESPAWN, .node = n->number, .boot = n->boot };

	e.at = s->now + (2 + rng_below(&s->rng, ms_max)) * MS;
	e.value = rng_below(&s->rng, 3);
	queue_push(s, e);
}

static void crash_inside(struct sim *s)
{
	s->actions_left = 0;
	if (s->healing || !rng_once_in(&s->rng, 4000))
		return;
	s->actions_left = 1 + rng_below(&s->rng, 6);
}

void proc_step(struct sim *s, struct proc *p, struct core_event *event)
{
	struct node *n = &s->nodes[p->node];
	const struct wire_id id = p->id;
	bool agent = p->agent;

	event->now_ns = clock_local(n, s->now);
	event->random = (uint32_t)rng_next(&s->rng);
	crash_inside(s);
	if (!step(s, p, event)) {
		proc_kill(s, p);
		if (agent)
			proc_respawn(s, n, 40);
		return;
	}
	if (!agent)
		check_effective(s, p);
	if (!agent && event->type == CORE_TICK)
		bring_news(s, p);
	p = proc_find(n, &id);
	if (p)
		proc_arm(s, p);
}
