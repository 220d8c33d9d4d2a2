// SPDX-License-Identifier: GPL-2.0
/* What is bound to a lease: agents that stop, watches that go, deaths that linger, and the module. */
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "selftests/kernel/lease_fixture.h"

/* Nothing of the asker is needed: it sleeps while the kernel does the work. */
static int life_agent(const struct ends *ends, void *arg)
{
	const struct watch *w = arg;
	static struct client c;

	if (client_open(&c) || lease_new(&c, LEASE, 1, SOON_MS * patience()) ||
	    lease_bind(&c, LEASE, w->id, 0, NULL))
		return 1;
	life_tell(ends, 0);
	raise(SIGSTOP);
	return 2;
}

TEST_F(vigil, a_stopped_agent_is_not_needed)
{
	struct victim v, agent;
	struct watch w;

	start_ready(_metadata, self, &v, life_pause, NULL, &w);
	start(_metadata, &agent, life_agent, &w);
	ASSERT_EQ(0, victim_told(&agent));
	EXPECT_EQ(1, expiry(_metadata, self, LEASE, 1));
	EXPECT_TRUE(proc_await_thread_state(agent.pid, agent.pid, 'T'));
	give_back(_metadata, self, LEASE);
	victim_end(&agent);
	victim_end(&v);
}

TEST_F(vigil, the_lease_of_a_dead_agent_is_there_to_be_read)
{
	struct victim v, agent;
	struct lease l;
	struct watch w;

	start_ready(_metadata, self, &v, life_pause, NULL, &w);
	start(_metadata, &agent, life_agent, &w);
	ASSERT_EQ(0, victim_told(&agent));
	victim_end(&agent);
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(1, l.epoch);
	EXPECT_EQ(1, l.living);
	EXPECT_EQ(1, expiry(_metadata, self, LEASE, 1));
	give_back(_metadata, self, LEASE);
	victim_end(&v);
}

TEST_F(vigil, a_released_watch_is_no_longer_bound)
{
	struct victim v;
	struct lease l;
	struct watch w;

	hold(_metadata, self, LEASE);
	start_bound(_metadata, self, &v, LEASE, &w);
	EXPECT_EQ(-EBUSY, lease_del(&self->c, LEASE));
	EXPECT_STRNE("", self->c.refusal.sentence);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(0, l.living);
	EXPECT_EQ(0, recall(_metadata, self, LEASE, 1));
	EXPECT_EQ(0, kill(v.pid, 0));
	EXPECT_EQ(0, waitpid(v.pid, NULL, WNOHANG));
	victim_end(&v);
}

TEST_F(vigil, a_dead_process_counts_as_gone)
{
	struct watch w, event;
	struct victim v;
	struct lease l;
	struct bond b;

	hold(_metadata, self, LEASE);
	start_ready(_metadata, self, &v, life_pause, NULL, &w);
	kill_by(_metadata, self, &v, SIGKILL, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
	ASSERT_EQ(0, lease_bind(&self->c, LEASE, w.id, 0, &b));
	EXPECT_EQ(VIGIL_BOND_STATE_DEAD, b.state);
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(0, l.living);
	EXPECT_EQ(1, l.dead);
	give_back(_metadata, self, LEASE);
}

TEST_F(vigil, a_watch_is_bound_to_one_lease_at_a_time)
{
	struct victim v;
	struct watch w;

	hold(_metadata, self, LEASE);
	hold(_metadata, self, "second");
	start_bound(_metadata, self, &v, LEASE, &w);
	EXPECT_EQ(-EEXIST, lease_bind(&self->c, LEASE, w.id, 0, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_EQ(-EBUSY, lease_bind(&self->c, "second", w.id, 0, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_EQ(-ENOENT, lease_unbind(&self->c, "second", w.id));
	ASSERT_EQ(0, lease_unbind(&self->c, LEASE, w.id));
	bind_to(_metadata, self, "second", &w);
	EXPECT_EQ(0, recall(_metadata, self, LEASE, 1));
	expect_alive(_metadata, self, &w);
	EXPECT_EQ(1, recall(_metadata, self, "second", 1));
	victim_end(&v);
}

TEST_F(vigil, a_transient_watch_is_not_bound)
{
	struct request req = { .owner = OWNER, .flags = VIGIL_WATCH_FLAGS_TRANSIENT };
	struct victim v;
	struct watch w;

	hold(_metadata, self, LEASE);
	start(_metadata, &v, life_pause, NULL);
	req.pidfd = v.pidfd;
	ASSERT_EQ(0, client_watch(&self->c, &req, &w));
	EXPECT_EQ(-EPERM, lease_bind(&self->c, LEASE, w.id, 0, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	give_back(_metadata, self, LEASE);
	victim_end(&v);
}

static int last_bond(const struct bond *b, void *arg)
{
	*(struct bond *)arg = *b;
	return 0;
}

/*
 * A process that SIGKILL does not end at once: whoever traces it is told of its exit first, and it
 * waits for that.
 */
static void start_lingering(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			    struct watch *w)
{
	start_bound(_metadata, self, v, LEASE, w);
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, v->pid, NULL, PTRACE_O_TRACEEXIT));
}

static void await_lingering(struct __test_metadata *_metadata, const struct victim *v)
{
	int status;

	ASSERT_EQ(v->pid, waitpid(v->pid, &status, __WALL));
	ASSERT_TRUE(WIFSTOPPED(status));
	ASSERT_EQ(SIGTRAP | PTRACE_EVENT_EXIT << 8, status >> 8);
}

static void await_begun(struct __test_metadata *_metadata, vigil_t *self)
{
	struct watch event;

	ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS));
	EXPECT_EQ(++self->seq, event.seq);
	expect_stage(_metadata, &event, LEASE, 1, VIGIL_LEASE_STAGE_RECALLED);
}

static void await_fenced(struct __test_metadata *_metadata, vigil_t *self)
{
	struct watch event;

	ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS));
	EXPECT_EQ(++self->seq, event.seq);
	expect_stage(_metadata, &event, LEASE, 1, VIGIL_LEASE_STAGE_FENCED);
}

TEST_F(vigil, fenced_is_not_told_while_one_still_dies)
{
	struct watch w, event;
	struct victim v;
	struct lease l;
	struct bond b;

	hold(_metadata, self, LEASE);
	start_lingering(_metadata, self, &v, &w);
	ASSERT_EQ(0, lease_fence(&self->c, LEASE, 1));
	await_begun(_metadata, self);
	await_lingering(_metadata, &v);
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(VIGIL_LEASE_STATE_FENCING, l.state);
	EXPECT_EQ(1, l.living);
	ASSERT_EQ(0, bond_dump(&self->c, LEASE, last_bond, &b));
	EXPECT_EQ(w.id, b.watch_id);
	EXPECT_EQ(VIGIL_BOND_STATE_KILLED, b.state);
	EXPECT_EQ(-EBUSY, lease_renew(&self->c, LEASE, 2, LONG_MS, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_EQ(-EBUSY, lease_del(&self->c, LEASE));
	EXPECT_EQ(-EBUSY, lease_unbind(&self->c, LEASE, w.id));
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_EQ(-EAGAIN, module_unload());
	EXPECT_EQ(0, listener_next(&self->l, &event, 0));
	ASSERT_EQ(0, ptrace(PTRACE_CONT, v.pid, NULL, 0));
	next_death(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_FENCED, event.exit.cause);
	await_fenced(_metadata, self);
	give_back(_metadata, self, LEASE);
	victim_end(&v);
}

/* Nobody hears of its death then; the lease looks for it all the same. */
TEST_F(vigil, a_watch_released_while_its_process_dies_does_not_hide_it)
{
	struct watch w, event;
	struct victim v;
	struct lease l;

	hold(_metadata, self, LEASE);
	start_lingering(_metadata, self, &v, &w);
	ASSERT_EQ(0, lease_fence(&self->c, LEASE, 1));
	await_begun(_metadata, self);
	await_lingering(_metadata, &v);
	EXPECT_EQ(0, listener_next(&self->l, &event, 0));
	ASSERT_EQ(0, client_release(&self->c, w.id));
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(VIGIL_LEASE_STATE_FENCING, l.state);
	EXPECT_EQ(1, l.living);
	EXPECT_EQ(0, listener_next(&self->l, &event, 0));
	ASSERT_EQ(0, ptrace(PTRACE_CONT, v.pid, NULL, 0));
	await_fenced(_metadata, self);
	EXPECT_EQ(0, victim_await_zombie(&v));
	give_back(_metadata, self, LEASE);
	victim_end(&v);
}

TEST_F(vigil, a_bound_process_pins_the_module)
{
	struct victim v;
	struct watch w;

	hold(_metadata, self, LEASE);
	start_bound(_metadata, self, &v, LEASE, &w);
	EXPECT_EQ(-EAGAIN, module_unload());
	ASSERT_EQ(0, lease_unbind(&self->c, LEASE, w.id));
	listener_close(&self->l);
	ASSERT_EQ(0, module_unload());
	ASSERT_EQ(0, module_load(""));
	client_close(&self->c);
	ASSERT_EQ(0, client_open(&self->c));
	ASSERT_EQ(0, listener_open(&self->l, 0));
	EXPECT_EQ(-ENOENT, lease_get(&self->c, LEASE, NULL));
	self->seq = 0;
	victim_end(&v);
}

TEST_HARNESS_MAIN
