// SPDX-License-Identifier: GPL-2.0
/* The event loop: timers in order, sources that vanish, signals. */
#include <stdlib.h>
#include <unistd.h>

#include "selftests/lib/harness.h"
#include "user/base/clock.h"
#include "user/base/loop.h"

enum { TIMERS = 500 };

static uint64_t last_due;
static int fired, out_of_order;

static void note(void *arg)
{
	struct loop_timer *t = arg;

	if (t->due_us < last_due)
		out_of_order++;
	last_due = t->due_us;
	fired++;
}

TEST(timers_come_out_in_order_whatever_was_armed_and_disarmed)
{
	static struct loop_timer t[TIMERS];
	struct timers ts;
	struct loop_timer *first;
	int i, step, armed = 0;

	ASSERT_EQ(0, timers_init(&ts, TIMERS));
	srandom(1);
	for (i = 0; i < TIMERS; i++)
		t[i] = (struct loop_timer){ .fn = note, .arg = &t[i] };
	for (step = 0; step < 20000; step++) {
		struct loop_timer *x = &t[random() % TIMERS];

		armed -= timer_armed(x);
		if (random() % 3) {
			timers_arm(&ts, x, (uint64_t)random() % 1000);
			armed++;
		} else {
			timers_disarm(&ts, x);
		}
	}
	EXPECT_EQ((size_t)armed, ts.n);
	while ((first = timers_first(&ts))) {
		timers_disarm(&ts, first);
		first->fn(first->arg);
	}
	EXPECT_EQ(armed, fired);
	EXPECT_EQ(0, out_of_order);
	timers_fini(&ts);
}

static struct loop l;

static void stop(void *arg)
{
	(void)arg;
	loop_stop(&l);
}

TEST(a_timer_is_never_early_and_hardly_late)
{
	struct loop_timer t = { .fn = stop };
	uint64_t due = clock_us() + 20 * US_PER_MS, now;

	ASSERT_EQ(0, loop_init(&l, 4));
	loop_arm(&l, &t, due);
	ASSERT_EQ(0, loop_run(&l));
	now = clock_us();
	EXPECT_GT(now, due);
	EXPECT_LT(now, due + US_PER_S);
	EXPECT_FALSE(timer_armed(&t));
	loop_fini(&l);
}

static struct loop_source src[2];
static int calls;

/* Whichever comes first removes the other, whose event has been fetched by then. */
static void remove_other(void *arg, uint32_t events)
{
	struct loop_source *self = arg;

	(void)events;
	calls++;
	loop_del(&l, self == &src[0] ? &src[1] : &src[0]);
	loop_stop(&l);
}

TEST(a_removed_source_is_not_called_even_if_it_was_ready)
{
	int fds[2][2], i;

	ASSERT_EQ(0, loop_init(&l, 4));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, pipe(fds[i]));
		src[i] = (struct loop_source){ .fd = -1, .fn = remove_other, .arg = &src[i] };
		ASSERT_EQ(0, loop_add(&l, &src[i], fds[i][0], EPOLLIN));
		ASSERT_EQ(1, write(fds[i][1], "x", 1));
	}
	ASSERT_EQ(0, loop_run(&l));
	EXPECT_EQ(1, calls);
	EXPECT_NE(loop_has(&src[0]), loop_has(&src[1]));
	loop_fini(&l);
}

static int seen;

static void on_signal(void *arg, int signo)
{
	(void)arg;
	seen = signo;
	loop_stop(&l);
}

TEST(signals_arrive_as_events)
{
	sigset_t set;

	ASSERT_EQ(0, loop_init(&l, 4));
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	ASSERT_EQ(0, loop_signals(&l, &set, on_signal, NULL));
	ASSERT_EQ(0, kill(getpid(), SIGHUP));
	ASSERT_EQ(0, loop_run(&l));
	EXPECT_EQ(SIGHUP, seen);
	loop_fini(&l);
}

static int turns;

static bool after(void *arg)
{
	(void)arg;
	if (++turns == 5)
		loop_stop(&l);
	return true;
}

TEST(work_left_over_keeps_the_loop_from_waiting)
{
	ASSERT_EQ(0, loop_init(&l, 4));
	loop_after(&l, after, NULL);
	ASSERT_EQ(0, loop_run(&l));
	EXPECT_EQ(5, turns);
	loop_fini(&l);
}

TEST_HARNESS_MAIN
