// SPDX-License-Identifier: GPL-2.0
/* Where jobs are placed, when they are moved, and when they are not. */
#include "selftests/lib/harness.h"
#include "selftests/core/pair.h"

FIXTURE(scope)
{
	struct pair p;
};

FIXTURE_SETUP(scope)
{
	pair_begin(&self->p, 3);
}

FIXTURE_TEARDOWN(scope)
{
	pair_end(&self->p);
}

static void add_jobs(struct pair *p, uint32_t n)
{
	while (n--)
		pair_job(p);
	pair_tell_jobs(p);
}

static void set_load(struct pair *p, uint32_t number, uint16_t cpu)
{
	struct core_event e = { .type = CORE_LOAD, .load = { .cpu_permille = cpu } };

	pair_to_element(p, number, &e);
}

static void set_service(struct pair *p, uint32_t number, bool ready, bool draining)
{
	struct core_event e = { .type = CORE_SERVICE, .service = { ready, draining } };

	pair_to_element(p, number, &e);
}

static uint32_t running(const struct pair *p)
{
	uint32_t id, n = 0;

	for (id = 1; id <= p->njobs; id++)
		n += pair_runs(p, id) == 1;
	return n;
}

static uint32_t doubled(const struct pair *p)
{
	uint32_t id, n = 0;

	for (id = 1; id <= p->njobs; id++)
		n += pair_runs(p, id) > 1;
	return n;
}

TEST_F(scope, jobs_spread_evenly)
{
	struct pair *p = &self->p;

	add_jobs(p, 30);
	pair_run(p, 1000);
	EXPECT_EQ(10, pair_count(p, 0));
	EXPECT_EQ(10, pair_count(p, 1));
	EXPECT_EQ(10, pair_count(p, 2));
}

TEST_F(scope, a_loaded_node_gets_fewer)
{
	struct pair *p = &self->p;

	set_load(p, 1, 800);
	pair_run(p, 500);
	add_jobs(p, 12);
	pair_run(p, 1000);
	EXPECT_EQ(12, running(p));
	EXPECT_EQ(0, pair_count(p, 1));
}

TEST_F(scope, a_job_goes_only_where_its_resources_are)
{
	struct pair *p = &self->p;

	p->members[0].cpu_milli = 1000;
	p->members[1].memory_mib = 100;
	p->members[2].cpu_milli = 500;
	pair_new_monitor(p);
	add_jobs(p, 2);
	p->jobs[0].cpu_milli = 900;
	p->jobs[0].memory_mib = 200;
	p->jobs[1].cpu_milli = 600;
	p->jobs[1].memory_mib = 50;
	pair_tell_jobs(p);
	pair_run(p, 1000);
	EXPECT_EQ(1, p->elements[0].jobs[1]);
	EXPECT_EQ(1, p->elements[1].jobs[2]);
}

TEST_F(scope, what_fits_nowhere_waits_and_is_told_of)
{
	struct pair *p = &self->p;
	uint32_t i;

	for (i = 0; i < 3; i++)
		p->members[i].cpu_milli = 100;
	pair_new_monitor(p);
	add_jobs(p, 1);
	p->jobs[0].cpu_milli = 101;
	pair_tell_jobs(p);
	pair_run(p, 1000);
	EXPECT_EQ(0, running(p));
	EXPECT_LT(0, p->told[CORE_T_NO_ROOM]);
	p->jobs[0].cpu_milli = 100;
	pair_tell_jobs(p);
	pair_run(p, 200);
	EXPECT_EQ(1, running(p));
}

TEST_F(scope, a_node_of_a_customer_takes_no_other)
{
	struct pair *p = &self->p;

	p->members[0].customer = 7;
	pair_new_monitor(p);
	add_jobs(p, 9);
	p->jobs[4].customer = 7;
	pair_tell_jobs(p);
	pair_run(p, 1000);
	EXPECT_EQ(9, running(p));
	EXPECT_EQ(p->elements[0].jobs[5], pair_count(p, 0));
}

TEST_F(scope, isolated_jobs_share_with_their_customer_only)
{
	struct pair *p = &self->p;
	uint32_t i, k;

	add_jobs(p, 9);
	for (i = 0; i < 9; i++)
		p->jobs[i].customer = 1 + i % 3;
	p->jobs[0].isolated = true;
	p->jobs[3].isolated = true;
	pair_tell_jobs(p);
	pair_run(p, 1000);
	EXPECT_EQ(9, running(p));
	for (i = 0; i < 3; i++) {
		if (!p->elements[i].jobs[1] && !p->elements[i].jobs[4])
			continue;
		for (k = 0; k < 9; k++)
			EXPECT_TRUE(!p->elements[i].jobs[k + 1] || p->jobs[k].customer == 1);
	}
}

TEST_F(scope, a_draining_node_is_emptied_and_gets_nothing)
{
	struct pair *p = &self->p;

	add_jobs(p, 30);
	pair_run(p, 1000);
	set_service(p, 1, true, true);
	pair_run(p, 2000);
	EXPECT_EQ(0, pair_count(p, 1));
	EXPECT_EQ(30, running(p));
	EXPECT_EQ(10, p->elements[1].stopped);
	set_service(p, 1, true, false);
	pair_run(p, 5000);
	EXPECT_EQ(0, pair_count(p, 1)) TH_LOG("moved for nothing");
}

TEST_F(scope, a_node_that_is_not_ready_gets_nothing)
{
	struct pair *p = &self->p;

	set_service(p, 2, false, false);
	add_jobs(p, 10);
	pair_run(p, 1000);
	EXPECT_EQ(10, running(p));
	EXPECT_EQ(0, pair_count(p, 2));
}

TEST_F(scope, drains_wait_where_there_is_no_room)
{
	struct pair *p = &self->p;
	uint32_t i;

	add_jobs(p, 6);
	pair_run(p, 1000);
	for (i = 0; i < 3; i++)
		set_service(p, i, true, true);
	pair_run(p, 2000);
	EXPECT_EQ(6, running(p));
	EXPECT_EQ(0, p->elements[0].stopped + p->elements[1].stopped + p->elements[2].stopped);
}

TEST_F(scope, nothing_moves_for_nothing)
{
	struct pair *p = &self->p;
	uint32_t i;

	add_jobs(p, 30);
	pair_run(p, 1000);
	for (i = 0; i < 100; i++) {
		set_load(p, i % 3, i % 2 ? 950 : 300);
		pair_run(p, 300);
	}
	EXPECT_EQ(30, p->elements[0].started + p->elements[1].started + p->elements[2].started);
	EXPECT_EQ(30, running(p));
}

TEST_F(scope, lasting_shortage_is_relieved_one_by_one)
{
	struct pair *p = &self->p;

	add_jobs(p, 30);
	pair_run(p, 1000);
	set_load(p, 0, 980);
	pair_run(p, 4500);
	EXPECT_EQ(9, pair_count(p, 0));
	pair_run(p, 5500);
	EXPECT_EQ(8, pair_count(p, 0));
	set_load(p, 0, 500);
	pair_run(p, 20000);
	EXPECT_EQ(8, pair_count(p, 0));
	EXPECT_EQ(30, running(p));
}

TEST_F(scope, a_trend_is_met_before_the_shortage)
{
	struct pair *p = &self->p;
	uint16_t load;

	add_jobs(p, 30);
	pair_run(p, 5000);
	for (load = 300; load < 870; load += 10) {
		set_load(p, 0, load);
		pair_run(p, 100);
	}
	EXPECT_EQ(1, p->told[CORE_T_REBALANCED]);
	EXPECT_EQ(9, pair_count(p, 0));
}

TEST_F(scope, a_job_moves_where_the_operator_wants_it)
{
	struct pair *p = &self->p;
	struct core_event e = { .type = CORE_MOVE, .move = { .job = 1, .element = 2 } };

	add_jobs(p, 3);
	pair_run(p, 500);
	ASSERT_EQ(1, p->elements[0].jobs[1]);
	pair_to_monitor(p, &e);
	pair_run(p, 500);
	EXPECT_EQ(1, p->elements[2].jobs[1]);
	EXPECT_EQ(1, pair_runs(p, 1));
	EXPECT_EQ(2, monitor_where(p->m, 1));
}

TEST_F(scope, a_job_that_fails_is_tried_elsewhere)
{
	struct pair *p = &self->p;

	p->elements[0].fails = true;
	add_jobs(p, 6);
	pair_run(p, 2000);
	EXPECT_EQ(6, running(p));
	EXPECT_EQ(0, pair_count(p, 0));
}

TEST_F(scope, a_removed_job_is_stopped)
{
	struct pair *p = &self->p;

	add_jobs(p, 9);
	pair_run(p, 1000);
	p->njobs = 8;
	pair_tell_jobs(p);
	p->njobs = 9;
	pair_run(p, 1000);
	EXPECT_EQ(8, running(p));
	EXPECT_EQ(0, pair_runs(p, 9));
}

TEST_F(scope, hundreds_of_jobs_are_known_to_the_next_monitor)
{
	struct pair *p = &self->p;
	uint32_t i, started = 0;

	add_jobs(p, 900);
	pair_run(p, 5000);
	EXPECT_EQ(900, running(p));
	EXPECT_EQ(300, pair_count(p, 1));
	/* The elements forget the old one first: as it was established it would beat its successor. */
	p->deaf = true;
	pair_run(p, core_timing_lan.silence_ns / MS + 1);
	p->deaf = false;
	pair_new_monitor(p);
	pair_run(p, 3000);
	for (i = 0; i < 3; i++)
		started += p->elements[i].started;
	EXPECT_EQ(900, started) TH_LOG("jobs that ran were started anew");
	EXPECT_EQ(900, running(p));
	for (i = 1; i <= 900; i++)
		ASSERT_GT(3, monitor_where(p->m, i));
}

TEST_F(scope, a_silent_nodes_jobs_start_elsewhere_after_its_lease)
{
	struct pair *p = &self->p;
	uint64_t silent, t;

	add_jobs(p, 3);
	pair_run(p, 1000);
	ASSERT_EQ(1, pair_count(p, 0));
	p->elements[0].silent = true;
	silent = p->now;
	for (t = 0; t < 2000 && pair_count(p, 1) + pair_count(p, 2) < 3; t++) {
		pair_run(p, 1);
		ASSERT_EQ(0, doubled(p));
	}
	EXPECT_EQ(3, pair_count(p, 1) + pair_count(p, 2));
	/* Fenced first; and not later than a round after what the lease can last. */
	EXPECT_LE(p->elements[0].lease_until_ns, p->now);
	EXPECT_LE(p->now - silent, core_at_most(&core_timing_lan, core_timing_lan.lease_ns) +
				   2 * core_timing_lan.period_ns);
}

TEST_F(scope, a_proved_death_needs_no_waiting)
{
	struct pair *p = &self->p;
	struct wire_msg m = { .head = { .type = WIRE_PROOF, .scope = 1, .level = 2, .element = 0 } };
	struct core_event e = { .type = CORE_MESSAGE, .msg = &m };

	add_jobs(p, 3);
	pair_run(p, 1000);
	m.proof = (struct wire_proof){ .of = WIRE_DEAD_NODE, .node = 0, .boot = 99 };
	pair_to_monitor(p, &e);
	EXPECT_EQ(0, p->told[CORE_T_PROOF]) TH_LOG("of another boot");
	p->elements[0].silent = true;
	m.proof.boot = 1;
	p->elements[0].jobs[1] = 0;
	p->elements[0].jobs[2] = 0;
	p->elements[0].jobs[3] = 0;
	pair_to_monitor(p, &e);
	pair_run(p, 20);
	EXPECT_EQ(3, running(p));
}

TEST_F(scope, a_late_monitor_accuses_nobody)
{
	struct pair *p = &self->p;

	add_jobs(p, 3);
	pair_run(p, 1000);
	p->deaf = true;
	pair_run(p, 3000);
	p->deaf = false;
	pair_run(p, 20);
	EXPECT_EQ(WIRE_AILING, monitor_standing(p->m));
	EXPECT_EQ(0, p->told[CORE_T_SUSPECTED]);
	pair_run(p, 1000);
	EXPECT_EQ(0, p->told[CORE_T_SUSPECTED]);
	EXPECT_EQ(WIRE_ESTABLISHED, monitor_standing(p->m));
	EXPECT_TRUE(p->effective);
	EXPECT_EQ(3, running(p));
}

TEST_F(scope, elements_that_are_not_polled_start_one_monitor)
{
	struct pair *p = &self->p;

	pair_run(p, 1000);
	EXPECT_EQ(0, p->spawned);
	p->deaf = true;
	pair_run(p, 220);
	EXPECT_EQ(1, p->spawned) TH_LOG("its peers stand down when it is announced");
	EXPECT_EQ(2, p->told[CORE_T_STOOD_DOWN]);
}

TEST_F(scope, there_is_no_monitor_of_too_much)
{
	EXPECT_LT(0, monitor_size(CORE_ELEMENTS_MAX, CORE_JOBS_MAX));
	EXPECT_EQ(0, monitor_size(CORE_ELEMENTS_MAX + 1, 1));
	EXPECT_EQ(0, monitor_size(1, CORE_JOBS_MAX + 1));
}

TEST_HARNESS_MAIN
