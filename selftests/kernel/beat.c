// SPDX-License-Identifier: GPL-2.0
/* Beats: how they come and go, where they may lie, and which are refused. */
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "selftests/kernel/beat.h"

TEST_F(vigil, beats_by_request_are_beats)
{
	struct beat_request beat = { .deadline_ms = SHORT_MS };
	struct watch w, other, event;
	struct victim v;

	start_beat(_metadata, self, &v, life_pause, &beat, &w);
	next_hung(_metadata, self, &w, &event);
	ASSERT_EQ(0, client_beat(&self->c, w.id));
	next_recovered(_metadata, self, &w);
	next_hung(_metadata, self, &w, &event);
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, "other", &other));
	EXPECT_EQ(-ENODATA, client_beat(&self->c, other.id));
	EXPECT_STRNE("", self->c.refusal.sentence);
	ASSERT_EQ(0, client_release(&self->c, other.id));
	ASSERT_EQ(0, client_release(&self->c, w.id));
	EXPECT_EQ(-ENOENT, client_beat(&self->c, w.id));
	EXPECT_STRNE("", self->c.refusal.sentence);
	victim_end(&v);
}

TEST_F(vigil, a_beat_can_be_given_and_taken_away)
{
	struct beat_request beat = { .deadline_ms = SHORT_MS }, none = { 0 };
	struct watch w, got, event;
	struct victim v;

	start_watched(_metadata, self, &v, life_pause, NULL, &w);
	EXPECT_FALSE(w.beat.present);
	ASSERT_EQ(0, client_beat_set(&self->c, w.id, &none));
	ASSERT_EQ(0, client_beat_set(&self->c, w.id, &beat));
	next_hung(_metadata, self, &w, &event);
	ASSERT_EQ(0, client_beat_set(&self->c, w.id, &none));
	ASSERT_EQ(0, client_get(&self->c, w.id, &got));
	EXPECT_FALSE(got.beat.present);
	nothing_for_long(_metadata, self);
	ASSERT_EQ(0, client_beat_set(&self->c, w.id, &beat));
	next_hung(_metadata, self, &w, &event);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	EXPECT_EQ(-ENOENT, client_beat_set(&self->c, w.id, &beat));
	EXPECT_STRNE("", self->c.refusal.sentence);
	victim_end(&v);
}

/* As by an agent that comes back and maps the memfd anew. */
TEST_F(vigil, a_beat_in_place_of_another_goes_on_with_its_stall)
{
	struct beat_request beat = { .deadline_ms = SHORT_MS };
	slot_t *before, *after = shared_page();
	struct watch w, event;
	struct victim v;

	ASSERT_NE(NULL, after);
	before = start_hung(_metadata, self, &v, &beat, &w, &event);
	beat.address = after;
	ASSERT_EQ(0, client_beat_set(&self->c, w.id, &beat));
	expect_beat(_metadata, self, &w, VIGIL_BEAT_STATE_HUNG, 1);
	*before += 1;
	nothing_for_long(_metadata, self);
	*after += 1;
	next_recovered(_metadata, self, &w);
	next_hung(_metadata, self, &w, &event);
	expect_beat(_metadata, self, &w, VIGIL_BEAT_STATE_HUNG, 2);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&v);
}

TEST_F(vigil, one_that_dies_while_it_hangs_is_told_dead_and_no_more)
{
	struct beat_request beat = { .deadline_ms = SHORT_MS };
	struct watch w, event;
	struct victim v;
	slot_t *slot;

	slot = start_hung(_metadata, self, &v, &beat, &w, &event);
	kill_by(_metadata, self, &v, SIGTERM, &w, &event);
	nothing_for_long(_metadata, self);
	*slot += 1;
	nothing_for_long(_metadata, self);
	ASSERT_EQ(0, client_beat(&self->c, w.id));
	ASSERT_EQ(0, client_beat_set(&self->c, w.id, &beat));
	nothing_for_long(_metadata, self);
}

TEST_F(vigil, one_that_was_dead_before_is_never_hung)
{
	struct beat_request beat = { .deadline_ms = SHORT_MS };
	struct watch w, event;
	struct victim v;
	int code = 0;

	start(_metadata, &v, life_exit, &code);
	victim_go(&v);
	ASSERT_EQ(0, victim_await_zombie(&v));
	watch_beat(_metadata, self, &v, OWNER, &beat, &w);
	next_death(_metadata, self, &w, &event);
	nothing_for_long(_metadata, self);
	victim_end(&v);
}

static int life_beat_once(const struct ends *ends, void *arg)
{
	slot_t *slot = arg;

	*slot += 1;
	life_tell(ends, 0);
	life_await_go(ends);
	return 0;
}

/* The pin makes the page its pinner's: a child gets a copy, and the parent's beats go on to count. */
TEST_F(vigil, private_memory_is_for_beats_of_its_own_process)
{
	slot_t *slot = mmap(NULL, page_bytes(), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct beat_request beat = { .deadline_ms = SHORT_MS, .address = slot };
	struct watch w, event;
	struct victim v, child;

	ASSERT_NE(MAP_FAILED, (void *)slot);
	start_beat(_metadata, self, &v, life_pause, &beat, &w);
	next_hung(_metadata, self, &w, &event);
	start(_metadata, &child, life_beat_once, (void *)slot);
	ASSERT_EQ(0, victim_told(&child));
	nothing_for_long(_metadata, self);
	*slot += 1;
	next_recovered(_metadata, self, &w);
	next_hung(_metadata, self, &w, &event);
	victim_end(&child);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&v);
}

TEST_F(vigil, shared_memory_is_for_beats_of_all_who_map_it)
{
	struct beat_request beat = { .deadline_ms = SHORT_MS };
	struct watch w, event;
	struct victim v, child;
	slot_t *slot;

	slot = start_hung(_metadata, self, &v, &beat, &w, &event);
	start(_metadata, &child, life_beat_once, (void *)slot);
	ASSERT_EQ(0, munmap((void *)slot, page_bytes()));
	ASSERT_EQ(0, victim_told(&child));
	next_recovered(_metadata, self, &w);
	next_hung(_metadata, self, &w, &event);
	victim_end(&child);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&v);
}

TEST_F(vigil, memory_that_was_truncated_is_silent)
{
	struct beat_request beat = { .deadline_ms = SHORT_MS };
	struct watch w, event;
	struct victim v;
	slot_t *slot;
	int memfd;

	slot = map_memfd(PROT_READ | PROT_WRITE, MAP_SHARED, &memfd);
	ASSERT_NE(NULL, slot);
	beat.address = slot;
	*slot = 1;
	start_beat(_metadata, self, &v, life_pause, &beat, &w);
	ASSERT_EQ(0, ftruncate(memfd, 0));
	ASSERT_EQ(0, ftruncate(memfd, page_bytes()));
	next_hung(_metadata, self, &w, &event);
	*slot = 2;
	nothing_for_long(_metadata, self);
	ASSERT_EQ(0, client_beat_set(&self->c, w.id, &beat));
	*slot = 3;
	next_recovered(_metadata, self, &w);
	next_hung(_metadata, self, &w, &event);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&v);
}

struct refused_beat {
	const char *name;
	struct beat_request beat;
	int error;
};

TEST_F(vigil, a_bad_beat_is_refused_with_a_sentence_and_nothing_is_lost)
{
	slot_t *page = shared_page();
	slot_t *read_only = map_memfd(PROT_READ, MAP_SHARED, NULL);
	slot_t *gone = shared_page();
	const struct refused_beat cases[] = {
		{ "too short", { .deadline_ms = 99 }, -ERANGE },
		{ "too long", { .deadline_ms = 3600 * 1000 + 1 }, -ERANGE },
		{ "unknown action", { .deadline_ms = SHORT_MS, .action = 3 }, -EINVAL },
		{ "no signal", { .deadline_ms = SHORT_MS, .action = 1 }, -EINVAL },
		{ "bad signal", { .deadline_ms = SHORT_MS, .action = 1, .signal = 65 }, -EINVAL },
		{ "stray signal", { .deadline_ms = SHORT_MS, .action = 2, .signal = 6 }, -EINVAL },
		{ "not aligned", { .deadline_ms = SHORT_MS, .address = (char *)page + 4 }, -EINVAL },
		{ "not mapped", { .deadline_ms = SHORT_MS, .address = gone }, -EFAULT },
		{ "not writable", { .deadline_ms = SHORT_MS, .address = read_only }, -EFAULT },
		{ "the kernel's", { .deadline_ms = SHORT_MS, .address = (void *)~7ULL }, -EFAULT },
	};
	struct request req = { .owner = OWNER };
	struct beat_request good = { .deadline_ms = DEADLINE_MS };
	struct watch w, got;
	struct victim v;
	size_t i;

	ASSERT_TRUE(page && read_only && gone);
	ASSERT_EQ(0, munmap((void *)gone, page_bytes()));
	start(_metadata, &v, life_pause, NULL);
	watch_beat(_metadata, self, &v, "kept", &good, &w);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		req.pidfd = v.pidfd;
		req.beat = &cases[i].beat;
		EXPECT_EQ(cases[i].error, client_watch(&self->c, &req, NULL)) {
			TH_LOG("new: %s", cases[i].name);
		}
		EXPECT_STRNE("", self->c.refusal.sentence);
		EXPECT_EQ(cases[i].error, client_beat_set(&self->c, w.id, &cases[i].beat)) {
			TH_LOG("set: %s", cases[i].name);
		}
		EXPECT_STRNE("", self->c.refusal.sentence);
	}
	EXPECT_EQ(-EINVAL, client_beat_set(&self->c, w.id, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	good.deadline_ms = 0;
	req.beat = &good;
	EXPECT_EQ(-ERANGE, client_watch(&self->c, &req, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	ASSERT_EQ(0, client_get(&self->c, w.id, &got));
	EXPECT_EQ(DEADLINE_MS, got.beat.deadline_ms);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&v);
}

static void drop_capability(struct __test_metadata *_metadata, int cap)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	ASSERT_EQ(0, syscall(SYS_capget, &header, data));
	data[cap / 32].effective &= ~(1U << cap % 32);
	ASSERT_EQ(0, syscall(SYS_capset, &header, data));
}

TEST_F(vigil, who_cannot_kill_cannot_have_it_killed)
{
	struct beat_request tell = { .deadline_ms = DEADLINE_MS };
	struct beat_request kill_it = tell, signal_it = tell;
	struct request req = { .owner = OWNER, .beat = &kill_it };
	struct watch w;
	struct victim v;

	kill_it.action = VIGIL_BEAT_ACTION_KILL;
	signal_it.action = VIGIL_BEAT_ACTION_SIGNAL;
	signal_it.signal = SIGABRT;
	start(_metadata, &v, life_pause, NULL);
	drop_capability(_metadata, CAP_KILL);
	req.pidfd = v.pidfd;
	EXPECT_EQ(-EPERM, client_watch(&self->c, &req, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	watch_beat(_metadata, self, &v, OWNER, &tell, &w);
	EXPECT_EQ(-EPERM, client_beat_set(&self->c, w.id, &kill_it));
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_EQ(-EPERM, client_beat_set(&self->c, w.id, &signal_it));
	EXPECT_STRNE("", self->c.refusal.sentence);
	ASSERT_EQ(0, client_beat_set(&self->c, w.id, &tell));
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&v);
}

TEST_F(vigil, init_cannot_be_killed_for_a_beat)
{
	struct beat_request kill_it = { .deadline_ms = DEADLINE_MS, .action = VIGIL_BEAT_ACTION_KILL };
	struct beat_request tell = { .deadline_ms = DEADLINE_MS };
	struct request req = { .owner = OWNER, .beat = &kill_it };
	struct watch w;

	req.pidfd = syscall(SYS_pidfd_open, 1, 0);
	ASSERT_LE(0, req.pidfd);
	EXPECT_EQ(-EPERM, client_watch(&self->c, &req, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	req.beat = &tell;
	ASSERT_EQ(0, client_watch(&self->c, &req, &w));
	EXPECT_EQ(-EPERM, client_beat_set(&self->c, w.id, &kill_it));
	EXPECT_STRNE("", self->c.refusal.sentence);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	close(req.pidfd);
}

/* The page counts while it is held, and no longer. */
TEST_F(vigil, held_pages_count_for_the_limit_of_locked_memory)
{
	struct rlimit one = { .rlim_cur = page_bytes(), .rlim_max = page_bytes() };
	struct beat_request beat = { .deadline_ms = DEADLINE_MS };
	struct watch first, second;
	slot_t *slot = shared_page();
	struct request req = { .owner = "second", .beat = &beat };
	struct victim v;
	int i;

	ASSERT_NE(NULL, slot);
	beat.address = slot;
	start(_metadata, &v, life_pause, NULL);
	req.pidfd = v.pidfd;
	ASSERT_EQ(0, setrlimit(RLIMIT_MEMLOCK, &one));
	drop_capability(_metadata, CAP_IPC_LOCK);
	for (i = 0; i < 2; i++) {
		watch_beat(_metadata, self, &v, OWNER, &beat, &first);
		EXPECT_EQ(-EDQUOT, client_watch(&self->c, &req, &second));
		EXPECT_STRNE("", self->c.refusal.sentence);
		ASSERT_EQ(0, client_release(&self->c, first.id));
	}
	victim_end(&v);
}

TEST_HARNESS_MAIN
