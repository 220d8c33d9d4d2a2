// SPDX-License-Identifier: GPL-2.0
/* Processes that miss their beat, and some that do not: what is told and done, and when. */
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "selftests/kernel/beat.h"

enum {
	BEATING_MS = 1000,
	BEATING_FOR = 4,		/* deadlines */
	BEAT_EACH_US = 50 * 1000,
	TRIES = 10,
	METER_US = 20 * 1000,
	LATE_MS = 30,			/* of a timer; more tells nothing of a miss */
	LOOKS = 6,			/* from the last beat to the miss */
	FROZEN_MS = 5000,		/* the kernel's pm_test_delay */
};

static void hung_of_life(struct __test_metadata *_metadata, vigil_t *self, life_fn life,
			 struct victim *v, struct watch *event)
{
	struct beat_request beat = { .deadline_ms = BEATING_MS };
	struct watch w;

	start_beat(_metadata, self, v, life, &beat, &w);
	next_hung(_metadata, self, &w, event);
}

TEST_F(vigil, one_that_sleeps_is_told_to_sleep)
{
	struct watch event;
	struct victim v;

	hung_of_life(_metadata, self, life_pause, &v, &event);
	EXPECT_EQ(VIGIL_HANG_STATE_SLEEPING, event.hang.state);
	victim_end(&v);
	next_death(_metadata, self, &event, &event);
}

static void *spin(void *arg)
{
	(void)arg;
	for (;;)
		__asm__ volatile("");
	return NULL;
}

static int life_spin(const struct ends *ends, void *arg)
{
	(void)arg;
	life_tell(ends, 0);
	spin(NULL);
	return 1;
}

/*
 * A processor of the guest that stood still has not even counted the time that its process used: then it
 * beats and hangs again.
 */
static void hung_running(struct __test_metadata *_metadata, vigil_t *self, life_fn life,
			 struct victim *v, struct watch *event)
{
	int i;

	hung_of_life(_metadata, self, life, v, event);
	for (i = 1; i < TRIES && event->hang.state != VIGIL_HANG_STATE_RUNNING; i++) {
		ASSERT_EQ(VIGIL_HANG_STATE_SLEEPING, event->hang.state);
		ASSERT_EQ(0, client_beat(&self->c, event->id));
		next_recovered(_metadata, self, event);
		next_hung(_metadata, self, event, event);
	}
	EXPECT_EQ(VIGIL_HANG_STATE_RUNNING, event->hang.state);
}

TEST_F(vigil, one_that_spins_is_told_to_run)
{
	struct watch event;
	struct victim v;

	hung_running(_metadata, self, life_spin, &v, &event);
	EXPECT_LT(0, event.hang.cpu_ns);
	EXPECT_LT(0, event.hang.cpu_window_ns);
	victim_end(&v);
	next_death(_metadata, self, &event, &event);
}

/* The thread that burns CPU time is not the leader. */
static int life_spin_beside(const struct ends *ends, void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, spin, NULL))
		return 1;
	return life_pause(ends, arg);
}

TEST_F(vigil, one_whose_thread_spins_is_told_to_run)
{
	struct watch event;
	struct victim v;

	hung_running(_metadata, self, life_spin_beside, &v, &event);
	victim_end(&v);
	next_death(_metadata, self, &event, &event);
}

TEST_F(vigil, one_that_is_stopped_is_told_to_be_stopped)
{
	struct beat_request beat = { .deadline_ms = BEATING_MS };
	struct watch w, event;
	struct victim v;
	siginfo_t info;

	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, victim_told(&v));
	ASSERT_EQ(0, kill(v.pid, SIGSTOP));
	ASSERT_EQ(0, waitid(P_PID, v.pid, &info, WSTOPPED | WNOWAIT));
	watch_beat(_metadata, self, &v, OWNER, &beat, &w);
	next_hung(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_HANG_STATE_STOPPED, event.hang.state);
	victim_end(&v);
	next_death(_metadata, self, &w, &event);
}

TEST_F(vigil, one_that_is_traced_is_told_to_be_stopped)
{
	struct beat_request beat = { .deadline_ms = BEATING_MS };
	struct watch w, event;
	struct victim v;
	int status;

	start(_metadata, &v, life_spin, NULL);
	ASSERT_EQ(0, victim_told(&v));
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, v.pid, NULL, NULL));
	ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, v.pid, NULL, NULL));
	ASSERT_EQ(v.pid, waitpid(v.pid, &status, __WALL));
	watch_beat(_metadata, self, &v, OWNER, &beat, &w);
	next_hung(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_HANG_STATE_STOPPED, event.hang.state);
	victim_end(&v);
	next_death(_metadata, self, &w, &event);
}

/* Until its child execs or exits it waits where only a fatal signal wakes it. */
static int life_vfork(const struct ends *ends, void *arg)
{
	long child = syscall(SYS_vfork);

	(void)arg;
	if (child)
		return 1;
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	life_tell(ends, 0);
	for (;;)
		syscall(SYS_pause);
}

TEST_F(vigil, one_that_waits_in_the_kernel_is_told_to_be_uninterruptible)
{
	struct watch event;
	struct victim v;

	hung_of_life(_metadata, self, life_vfork, &v, &event);
	EXPECT_EQ(VIGIL_HANG_STATE_UNINTERRUPTIBLE, event.hang.state);
	victim_end(&v);
	next_death(_metadata, self, &event, &event);
}

/*
 * A beat every now and then, and between two of them never longer than told in @gap_ns. The time
 * is taken before one and after the next.
 */
struct beater {
	slot_t *slot;
	slot_t *gaps;		/* how many were longer than the deadline */
	slot_t *last_ns;	/* CLOCK_BOOTTIME just before the last beat */
	slot_t *longest_ns;	/* of the gaps */
};

static int life_beat(const struct ends *ends, void *arg)
{
	struct beater *b = arg;
	uint64_t before, gap, last = clock_ns(CLOCK_MONOTONIC);
	struct pace p;
	int told = 0;

	pace_begin(&p, BEAT_EACH_US, 0);
	do {
		before = clock_ns(CLOCK_MONOTONIC);
		*b->last_ns = clock_ns(CLOCK_BOOTTIME);
		*b->slot += 1;
		gap = clock_ns(CLOCK_MONOTONIC) - last;
		if (gap > *b->longest_ns)
			*b->longest_ns = gap;
		if (gap >= (uint64_t)BEATING_MS * NS_PER_MS)
			*b->gaps += 1;
		last = before;
		if (!told++)
			life_tell(ends, 0);
	} while (pace_next(&p));
	return 1;
}

/* One that beats by a slot of its own, as is demanded of it. */
static void start_beater(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			 struct beater *b, struct watch *w)
{
	struct beat_request beat = { .deadline_ms = BEATING_MS };
	slot_t *page = shared_page();

	ASSERT_NE(NULL, page);
	*b = (struct beater){ .slot = page + 7, .gaps = page + 8, .last_ns = page + 9,
			      .longest_ns = page + 10 };
	start(_metadata, v, life_beat, b);
	ASSERT_EQ(0, victim_told(v));
	beat.address = b->slot;
	watch_beat(_metadata, self, v, OWNER, &beat, w);
}

/* Counts HUNG until a time has passed that the guest's clock tells. */
static int count_hung(struct __test_metadata *_metadata, vigil_t *self, int ms)
{
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + (uint64_t)ms * NS_PER_MS, now;
	struct watch event;
	int hung = 0;

	while ((now = clock_ns(CLOCK_MONOTONIC)) < end) {
		if (!listener_next(&self->l, &event, (end - now) / NS_PER_MS + 1))
			continue;
		self->seq++;
		hung += event.type == VIGIL_EVENT_TYPE_HUNG;
		EXPECT_NE(VIGIL_EVENT_TYPE_DEAD, event.type);
	}
	return hung;
}

TEST_F(vigil, one_that_beats_is_left_alone)
{
	struct beater b;
	struct watch w;
	struct victim v;
	uint64_t before;
	int hung;

	start_beater(_metadata, self, &v, &b, &w);
	before = *b.slot;
	hung = count_hung(_metadata, self, BEATING_FOR * BEATING_MS);
	EXPECT_LT(before, *b.slot);
	EXPECT_LE(hung, *b.gaps) {
		TH_LOG("hung %d times", hung);
	}
	if (*b.gaps)
		TH_LOG("the beats themselves were late %d times", (int)*b.gaps);
	victim_end(&v);
	death_at_last(_metadata, self, &w);
}

/* Passes over what was told of earlier beats. */
static void hung_since(struct __test_metadata *_metadata, vigil_t *self, uint64_t since_ns,
		       struct watch *event)
{
	do {
		ASSERT_EQ(1, listener_next(&self->l, event, DEADLINE_MS));
		EXPECT_EQ(++self->seq, event->seq);
	} while (event->type != VIGIL_EVENT_TYPE_HUNG || event->boottime_ns <= since_ns);
}

/* Tells by how much the guest's timers come late, at worst. */
static int life_meter(const struct ends *ends, void *arg)
{
	slot_t *lateness = arg;
	uint64_t took, end, begin = clock_ns(CLOCK_MONOTONIC);
	struct pace p;

	(void)ends;
	pace_begin(&p, METER_US, 0);
	while (pace_next(&p)) {
		end = clock_ns(CLOCK_MONOTONIC);
		took = end - begin;
		begin = end;
		if (took > METER_US * 1000ULL && took - METER_US * 1000ULL > *lateness)
			*lateness = took - METER_US * 1000ULL;
	}
	return 1;
}

static uint64_t min_ns(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Never early. And at least one of several in time, apart from what every timer of the guest may
 * have come late meanwhile, once for each look; those are not judged in which that was much.
 */
TEST_F_TIMEOUT(vigil, a_miss_is_told_between_the_deadline_and_a_quarter_more, 300)
{
	uint64_t deadline_ns = (uint64_t)BEATING_MS * NS_PER_MS, last_ns, late_ns, best_ns = ~0ULL;
	slot_t *lateness = shared_page();
	struct victim meter;
	struct watch w, event;
	struct beater b;
	struct victim v;
	siginfo_t info;
	int i;

	ASSERT_NE(NULL, lateness);
	start(_metadata, &meter, life_meter, (void *)lateness);
	for (i = 0; i < TRIES && best_ns > deadline_ns + deadline_ns / 4; i++) {
		start_beater(_metadata, self, &v, &b, &w);
		count_hung(_metadata, self, BEATING_MS / 2);
		ASSERT_EQ(0, kill(v.pid, SIGSTOP));
		ASSERT_EQ(0, waitid(P_PID, v.pid, &info, WSTOPPED | WNOWAIT));
		last_ns = *b.last_ns;
		*lateness = 0;
		hung_since(_metadata, self, last_ns, &event);
		late_ns = event.boottime_ns - last_ns;
		EXPECT_LE(deadline_ns, late_ns);
		EXPECT_LE(last_ns, event.hang.last_beat_ns);
		if (*lateness < (uint64_t)LATE_MS * NS_PER_MS)
			best_ns = min_ns(best_ns, late_ns - LOOKS * *lateness);
		victim_end(&v);
		next_death(_metadata, self, &w, &event);
		ASSERT_EQ(0, client_release(&self->c, w.id));
	}
	if (best_ns == ~0ULL)
		SKIP(return, "the guest's own timers never came in time");
	TH_LOG("told after %d ms, at the try number %d", (int)(best_ns / NS_PER_MS), i);
	EXPECT_GE(deadline_ns + deadline_ns / 4, best_ns);
	victim_end(&meter);
}

TEST_F(vigil, a_stall_is_told_once_and_its_end_once)
{
	struct beat_request beat = { .deadline_ms = SHORT_MS };
	struct watch w, event;
	struct victim v;
	slot_t *slot;

	slot = start_hung(_metadata, self, &v, &beat, &w, &event);
	EXPECT_EQ(VIGIL_BEAT_STATE_HUNG, event.beat.state);
	expect_beat(_metadata, self, &w, VIGIL_BEAT_STATE_HUNG, 1);
	nothing_for_long(_metadata, self);
	*slot += 1;
	next_recovered(_metadata, self, &w);
	next_hung(_metadata, self, &w, &event);
	expect_beat(_metadata, self, &w, VIGIL_BEAT_STATE_HUNG, 2);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&v);
}

TEST_F(vigil, one_that_hangs_is_sent_the_signal)
{
	struct beat_request beat = {
		.deadline_ms = SHORT_MS, .action = VIGIL_BEAT_ACTION_SIGNAL, .signal = SIGUSR2,
	};
	struct watch w, event;
	struct victim v;

	start_beat(_metadata, self, &v, life_pause, &beat, &w);
	EXPECT_EQ(SIGUSR2, w.beat.signal);
	next_hung(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_BEAT_ACTION_SIGNAL, event.hang.action);
	EXPECT_EQ(SIGUSR2, event.hang.signal);
	next_death(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
	EXPECT_EQ(SIGUSR2, event.exit.signal);
	victim_end(&v);
}

TEST_F(vigil, one_that_hangs_is_killed_and_the_cause_is_told)
{
	struct beat_request beat = {
		.deadline_ms = SHORT_MS, .action = VIGIL_BEAT_ACTION_KILL,
	};
	struct watch w, event;
	struct victim v;
	int status;

	start_beat(_metadata, self, &v, life_pause, &beat, &w);
	next_hung(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_BEAT_ACTION_KILL, event.hang.action);
	next_death(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_HUNG, event.exit.cause);
	EXPECT_EQ(SIGKILL, event.exit.signal);
	status = victim_reap(&v, NULL);
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	expect_kept(_metadata, self, &event);
	nothing_for_long(_metadata, self);
	victim_end(&v);
}

TEST_F(vigil, one_that_is_killed_otherwise_was_not_hung)
{
	struct beat_request beat = {
		.deadline_ms = DEADLINE_MS, .action = VIGIL_BEAT_ACTION_KILL,
	};
	struct watch w, event;
	struct victim v;

	start_beat(_metadata, self, &v, life_pause, &beat, &w);
	kill_by(_metadata, self, &v, SIGKILL, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
	EXPECT_TRUE(event.beat.present);
}

static bool write_line(const char *path, const char *line)
{
	FILE *f = fopen(path, "we");
	bool ok = f && fputs(line, f) >= 0 && !fflush(f);

	if (f)
		fclose(f);
	return ok;
}

/* All processes stand still for longer than the deadline, and the kernel's clock goes on. */
TEST_F(vigil, none_is_hung_because_the_node_was_suspended)
{
	struct beater b;
	struct watch w;
	struct victim v;
	uint64_t gaps;
	int hung;

	if (access("/sys/power/pm_test", W_OK))
		SKIP(return, "/sys/power/pm_test is not there");
	start_beater(_metadata, self, &v, &b, &w);
	ASSERT_TRUE(write_line("/sys/power/pm_test", "freezer"));
	gaps = *b.gaps;
	ASSERT_TRUE(write_line("/sys/power/state", "freeze"));
	ASSERT_TRUE(write_line("/sys/power/pm_test", "none"));
	hung = count_hung(_metadata, self, BEATING_FOR * BEATING_MS);
	ASSERT_LT(gaps, *b.gaps);
	/* A guest that is slow to go on makes it miss a beat after that, in the same gap. */
	if (*b.longest_ns >= (uint64_t)(FROZEN_MS + BEATING_MS) * NS_PER_MS)
		TH_LOG("not judged: it went on too late");
	else
		EXPECT_LT(hung, *b.gaps);
	victim_end(&v);
	death_at_last(_metadata, self, &w);
}

TEST_HARNESS_MAIN
