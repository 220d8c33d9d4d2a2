// SPDX-License-Identifier: GPL-2.0
/* The restart policy, by tables. */
#include <signal.h>
#include <string.h>

#include <linux/vigil.h>

#include "selftests/lib/harness.h"
#include "user/agent/supervise.h"

#define MS 1000ull
#define S (1000 * MS)

enum { RANDOM_MIDDLE = 1u << 31 };

static struct job_spec spec_of(enum job_restart restart)
{
	return (struct job_spec){
		.restart = restart,
		.backoff_initial_us = 100 * MS,
		.backoff_max_us = S,
		.healthy_after_us = 10 * S,
		.restarts_max = 0,
		.restarts_window_us = 60 * S,
	};
}

struct verdict_case {
	const char *name;
	enum job_restart restart;
	enum sup_end end;
	enum sup_verdict verdict;
};

static const struct verdict_case verdicts[] = {
	{ "always, clean", JOB_RESTART_ALWAYS, SUP_END_CLEAN, SUP_RESTART },
	{ "always, failure", JOB_RESTART_ALWAYS, SUP_END_FAILURE, SUP_RESTART },
	{ "always, no start", JOB_RESTART_ALWAYS, SUP_END_NO_START, SUP_RESTART },
	{ "on-failure, clean", JOB_RESTART_ON_FAILURE, SUP_END_CLEAN, SUP_DONE },
	{ "on-failure, failure", JOB_RESTART_ON_FAILURE, SUP_END_FAILURE, SUP_RESTART },
	{ "on-failure, no start", JOB_RESTART_ON_FAILURE, SUP_END_NO_START, SUP_RESTART },
	{ "on-failure, abnormal", JOB_RESTART_ON_FAILURE, SUP_END_ABNORMAL, SUP_RESTART },
	{ "on-abnormal, clean", JOB_RESTART_ON_ABNORMAL, SUP_END_CLEAN, SUP_DONE },
	{ "on-abnormal, failure", JOB_RESTART_ON_ABNORMAL, SUP_END_FAILURE, SUP_DONE },
	{ "on-abnormal, abnormal", JOB_RESTART_ON_ABNORMAL, SUP_END_ABNORMAL, SUP_RESTART },
	{ "on-abnormal, no start", JOB_RESTART_ON_ABNORMAL, SUP_END_NO_START, SUP_FAILED },
	{ "always, prevented", JOB_RESTART_ALWAYS, SUP_END_PREVENTED, SUP_DONE },
	{ "never, forced", JOB_RESTART_NEVER, SUP_END_FORCED, SUP_RESTART },
	{ "never, clean", JOB_RESTART_NEVER, SUP_END_CLEAN, SUP_DONE },
	{ "never, failure", JOB_RESTART_NEVER, SUP_END_FAILURE, SUP_DONE },
	{ "never, no start", JOB_RESTART_NEVER, SUP_END_NO_START, SUP_FAILED },
};

TEST(policy_and_end_decide)
{
	size_t i;

	for (i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++) {
		const struct verdict_case *c = &verdicts[i];
		struct job_spec spec = spec_of(c->restart);
		struct sup s = { 0 };

		EXPECT_EQ(c->verdict, sup_end(&s, &spec, c->end, 0, S, 0).verdict)
			TH_LOG("%s", c->name);
		EXPECT_EQ(c->verdict == SUP_RESTART, s.restarts);
	}
}

struct judgement {
	const char *name;
	struct store_exit end;
	enum sup_end want;
};

#define EXIT(n) { .known = true, .cause = VIGIL_CAUSE_EXITED, .code = (n) }
#define KILL(why, n) { .known = true, .cause = VIGIL_CAUSE_##why, .signal = (n) }

static const struct judgement judgements[] = {
	{ "code 0", EXIT(0), SUP_END_CLEAN },
	{ "code 1", EXIT(1), SUP_END_FAILURE },
	{ "a code that is clean", EXIT(200), SUP_END_CLEAN },
	{ "a code that prevents", EXIT(63), SUP_END_PREVENTED },
	{ "a code that forces", EXIT(64), SUP_END_FORCED },
	{ "a code that does both", EXIT(65), SUP_END_PREVENTED },
	{ "a signal", KILL(SIGNALLED, SIGKILL), SUP_END_ABNORMAL },
	{ "a signal that is clean", KILL(SIGNALLED, SIGTERM), SUP_END_CLEAN },
	{ "a signal that prevents", KILL(CORE_DUMPED, SIGABRT), SUP_END_PREVENTED },
	{ "the last signal, which forces", KILL(SIGNALLED, 64), SUP_END_FORCED },
	{ "a code is no signal", EXIT(SIGTERM), SUP_END_FAILURE },
	{ "a hang is not what its signal was", KILL(HUNG, SIGTERM), SUP_END_ABNORMAL },
	{ "memory", KILL(OOM_KILLED, SIGKILL), SUP_END_ABNORMAL },
	{ "nobody knows", { .known = true }, SUP_END_ABNORMAL },
};

static void add_code(struct job_ends *ends, int code)
{
	ends->codes[code / 64] |= 1ull << code % 64;
}

TEST(ends_are_judged_by_their_cause_and_the_lists)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	size_t i;

	add_code(&spec.success_exit, 200);
	add_code(&spec.restart_prevent, 63);
	add_code(&spec.restart_force, 64);
	add_code(&spec.restart_prevent, 65);
	add_code(&spec.restart_force, 65);
	spec.success_exit.signals = 1ull << (SIGTERM - 1);
	spec.restart_prevent.signals = 1ull << (SIGABRT - 1);
	spec.restart_force.signals = 1ull << 63;
	for (i = 0; i < sizeof(judgements) / sizeof(*judgements); i++)
		EXPECT_EQ(judgements[i].want, sup_judge(&spec, &judgements[i].end))
			TH_LOG("%s", judgements[i].name);
}

struct delay_step {
	uint64_t ran_us;
	uint64_t delay_us;	/* with the middle of the jitter */
};

static const struct delay_step delays[] = {
	{ 0, 100 * MS },
	{ 1 * S, 200 * MS },
	{ 9 * S, 400 * MS },
	{ 0, 800 * MS },
	{ 0, 1 * S },		/* backoff_max */
	{ 0, 1 * S },
	{ 10 * S, 0 },		/* healthy: at once, and from the beginning */
	{ 0, 100 * MS },
	{ 0, 200 * MS },
	{ 3600 * S, 0 },
	{ 20 * S, 0 },
	{ 0, 100 * MS },
};

TEST(delays_double_and_begin_anew_after_a_healthy_run)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	struct sup s = { 0 };
	size_t i;

	for (i = 0; i < sizeof(delays) / sizeof(*delays); i++) {
		struct sup_decision d = sup_end(&s, &spec, SUP_END_FAILURE, delays[i].ran_us, S,
						RANDOM_MIDDLE);

		EXPECT_EQ(SUP_RESTART, d.verdict);
		EXPECT_EQ(delays[i].delay_us / MS, d.delay_us / MS)
			TH_LOG("step %zu", i);
	}
}

TEST(a_failed_start_is_never_healthy)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	struct sup s = { 0 };

	EXPECT_LT(0, sup_end(&s, &spec, SUP_END_NO_START, 3600 * S, S, 0).delay_us);
}

TEST(jitter_stays_within_its_bounds)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	static const struct {
		uint32_t random;
		uint64_t delay_us;
	} cases[] = { { 0, 80 * MS }, { UINT32_MAX, 120 * MS }, { RANDOM_MIDDLE, 100 * MS } };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sup s = { 0 };
		struct sup_decision d = sup_end(&s, &spec, SUP_END_FAILURE, 0, S, cases[i].random);

		EXPECT_EQ(cases[i].delay_us / MS, d.delay_us / MS);
	}
}

TEST(jitter_never_exceeds_backoff_max)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	struct sup s = { .level = SUP_LEVEL_MAX };

	EXPECT_EQ(spec.backoff_max_us,
		  sup_end(&s, &spec, SUP_END_FAILURE, 0, S, UINT32_MAX).delay_us);
	EXPECT_EQ(SUP_LEVEL_MAX, s.level);
}

TEST(the_restart_after_the_last_allowed_fails)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	struct sup s = { 0 };
	int i;

	spec.restarts_max = 3;
	ASSERT_EQ(0, sup_size(&s, &spec));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(SUP_RESTART, sup_end(&s, &spec, SUP_END_FAILURE, 0, S, 0).verdict);
	EXPECT_EQ(SUP_LIMIT, sup_end(&s, &spec, SUP_END_FAILURE, 0, S, 0).verdict);
	EXPECT_EQ(3, s.restarts);
	sup_free(&s);
}

/* Healthy runs are counted as well: a job that ends every 11 s is in trouble, too. */
TEST(restarts_leave_the_window_one_by_one)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	static const struct {
		uint64_t now_us;
		enum sup_verdict verdict;
	} steps[] = {
		{ 100 * S, SUP_RESTART },
		{ 110 * S, SUP_RESTART },
		{ 159 * S + 999 * MS, SUP_LIMIT },
		{ 160 * S, SUP_RESTART },	/* the first is 60 s old */
		{ 169 * S, SUP_LIMIT },
		{ 170 * S, SUP_RESTART },
	};
	struct sup s = { 0 };
	size_t i;

	spec.restarts_max = 2;
	ASSERT_EQ(0, sup_size(&s, &spec));
	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		EXPECT_EQ(steps[i].verdict,
			  sup_end(&s, &spec, SUP_END_FAILURE, 20 * S, steps[i].now_us, 0).verdict)
			TH_LOG("step %zu", i);
	sup_free(&s);
}

TEST(no_limit_counts_for_ever)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	struct sup s = { 0 };
	int i;

	for (i = 0; i < 5000; i++)
		ASSERT_EQ(SUP_RESTART, sup_end(&s, &spec, SUP_END_FAILURE, 0, S, 0).verdict);
	EXPECT_EQ(5000, s.restarts);
}

TEST(reset_forgets_everything)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	struct sup s = { 0 };

	spec.restarts_max = 1;
	ASSERT_EQ(0, sup_size(&s, &spec));
	sup_end(&s, &spec, SUP_END_FAILURE, 0, S, 0);
	EXPECT_EQ(SUP_LIMIT, sup_end(&s, &spec, SUP_END_FAILURE, 0, S, 0).verdict);
	sup_reset(&s);
	EXPECT_EQ(0, s.restarts);
	EXPECT_EQ(80 * MS, sup_end(&s, &spec, SUP_END_FAILURE, 0, S, 0).delay_us);
	sup_free(&s);
}

TEST(the_window_survives_the_store)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	struct sup a = { 0 }, b = { 0 };
	char text[200], again[200];
	int i;

	spec.restarts_max = 5;
	ASSERT_EQ(0, sup_size(&a, &spec));
	ASSERT_EQ(0, sup_size(&b, &spec));
	for (i = 0; i < 5; i++)
		sup_end(&a, &spec, SUP_END_FAILURE, 0, (uint64_t)(100 + i) * S, 0);
	sup_write(&a, text, sizeof(text));
	sup_read(&b, text);
	sup_write(&b, again, sizeof(again));
	EXPECT_STREQ("100000000 101000000 102000000 103000000 104000000", text);
	EXPECT_STREQ(text, again);
	sup_read(&b, "");
	EXPECT_EQ(0, b.nrecent);
	sup_read(&b, "1 2 3 4 5 6 7 8");
	EXPECT_EQ(5, b.nrecent);
	sup_free(&a);
	sup_free(&b);
}

/* A smaller limit after a reload must not run past the room there is. */
TEST(limits_may_change_between_ends)
{
	struct job_spec spec = spec_of(JOB_RESTART_ALWAYS);
	struct sup s = { 0 };
	int i;

	spec.restarts_max = 4;
	ASSERT_EQ(0, sup_size(&s, &spec));
	for (i = 0; i < 4; i++)
		sup_end(&s, &spec, SUP_END_FAILURE, 0, S, 0);
	spec.restarts_max = 2;
	ASSERT_EQ(0, sup_size(&s, &spec));
	EXPECT_EQ(SUP_LIMIT, sup_end(&s, &spec, SUP_END_FAILURE, 0, S, 0).verdict);
	spec.restarts_max = 6;
	ASSERT_EQ(0, sup_size(&s, &spec));
	EXPECT_EQ(SUP_RESTART, sup_end(&s, &spec, SUP_END_FAILURE, 0, S, 0).verdict);
	EXPECT_EQ(5, s.nrecent);
	sup_free(&s);
}

TEST_HARNESS_MAIN
