// SPDX-License-Identifier: GPL-2.0
/* A supervisor of processes that beat, that miss, and that are signalled or killed for it. */
/*
 * No miss is judged by the clock: how often one was missed is what the watch itself counts, read when
 * nobody beats any more, and what has to be told of it is as many HUNG, and one RECOVERED between two.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "selftests/fuzz/random.h"
#include "selftests/kernel/client.h"
#include "selftests/kernel/pace.h"
#include "selftests/kernel/victim.h"
#include "selftests/stress/board.h"

enum {
	SHORT_MS = 100,
	NEVER_MS = 3600 * 1000,
	BEATS = 8,
	MISSES = 2,
	PAGE_BYTES = 4096,
};

/* In a page that is shared with the victim: it beats at the first, and counts its signals at the second. */
struct slots {
	volatile uint64_t beat;
	atomic_uint signals;
};

struct beater {
	struct board *b;
	struct rng rng;
	char name[VIGIL_OWNER_LEN_MAX + 1];
	struct slots *slots;
	struct victim v;
	struct watch w;
	struct client c;
};

static void complain(struct beater *t, const char *what, int ret)
{
	tally_complain(&t->b->tally, "%s: %s: %d %s", t->name, what, ret, t->c.refusal.sentence);
}

static struct slots *counted;

static void count_signal(int sig)
{
	(void)sig;
	atomic_fetch_add(&counted->signals, 1);
}

/* A real-time signal is queued: each is counted. */
static int life(const struct ends *ends, void *arg)
{
	struct sigaction action = { .sa_handler = count_signal };

	counted = arg;
	sigaction(SIGRTMIN, &action, NULL);
	life_tell(ends, 0);
	for (;;)
		pause();
	return 0;
}

static bool begin(struct beater *t, uint32_t deadline_ms, uint32_t action)
{
	struct beat_request beat = {
		.deadline_ms = deadline_ms, .action = action, .address = &t->slots->beat,
		.signal = action == VIGIL_BEAT_ACTION_SIGNAL ? SIGRTMIN : 0,
	};
	struct request req = { .owner = t->name, .beat = &beat };
	int ret;

	atomic_store(&t->slots->signals, 0);
	if (victim_start(&t->v, life, t->slots))
		return false;
	victim_told(&t->v);
	req.pidfd = t->v.pidfd;
	ret = client_watch(&t->c, &req, &t->w);
	if (!ret)
		return true;
	complain(t, "watch", ret);
	victim_end(&t->v);
	return false;
}

static bool look(struct beater *t)
{
	int ret = client_get(&t->c, t->w.id, &t->w);

	if (ret)
		complain(t, "get", ret);
	return !ret;
}

static bool dead(struct beater *t)
{
	return !look(t) || t->w.state == VIGIL_WATCH_STATE_DEAD;
}

/* The watch goes, and what it has counted is what everybody has to hear. */
static void end(struct beater *t, struct board_want want)
{
	int ret;

	want.fate = FATE_DEATH;
	board_want(t->b, t->w.id, want);
	victim_end(&t->v);
	atomic_fetch_add(&t->b->deaths, 1);
	if (!AWAIT(dead(t)))
		complain(t, "a killed process is not dead", 0);
	ret = client_release(&t->c, t->w.id);
	if (ret)
		complain(t, "release", ret);
}

static void beat(struct beater *t)
{
	int ret = 0;

	if (rng_once_in(&t->rng, 2))
		t->slots->beat++;
	else
		ret = client_beat(&t->c, t->w.id);
	if (ret)
		complain(t, "beat", ret);
}

static bool missed(struct beater *t, uint32_t times)
{
	return !look(t) || t->w.beat.missed >= times;
}

static bool beats_again(struct beater *t, uint32_t times)
{
	return missed(t, times + 1) || t->w.beat.state == VIGIL_BEAT_STATE_BEATING;
}

/* Leaves it hung, so that its counter stays; returns that. */
static uint32_t miss_often(struct beater *t)
{
	uint32_t times = 0;
	int i;

	for (i = 0; i < MISSES; i++) {
		if (i)
			beat(t);
		if (i && !AWAIT(beats_again(t, times)))
			complain(t, "a beat is not seen", t->w.beat.missed);
		if (!AWAIT(missed(t, times + 1)))
			complain(t, "a miss is not told", t->w.beat.missed);
		times = t->w.beat.missed;
	}
	return times;
}

static void beaten(struct beater *t)
{
	int i;

	if (!begin(t, NEVER_MS, VIGIL_BEAT_ACTION_KILL))
		return;
	for (i = 0; i < BEATS; i++)
		beat(t);
	end(t, (struct board_want){ 0 });
	board_did(t->b, DEED_BEAT);
}

static void told(struct beater *t)
{
	uint32_t times;

	if (!begin(t, SHORT_MS, VIGIL_BEAT_ACTION_NONE))
		return;
	times = miss_often(t);
	end(t, (struct board_want){ .hung = times, .recovered = times - 1 });
	board_did(t->b, DEED_MISSED);
	if (times > 1)
		board_did(t->b, DEED_RECOVERED);
}

static void signalled(struct beater *t)
{
	uint32_t times;

	if (!begin(t, SHORT_MS, VIGIL_BEAT_ACTION_SIGNAL))
		return;
	times = miss_often(t);
	if (!AWAIT(atomic_load(&t->slots->signals) >= times) || atomic_load(&t->slots->signals) > times)
		complain(t, "as many signals as misses", atomic_load(&t->slots->signals));
	end(t, (struct board_want){ .hung = times, .recovered = times - 1 });
	board_did(t->b, DEED_SIGNALLED);
}

static void killed(struct beater *t)
{
	if (!begin(t, SHORT_MS, VIGIL_BEAT_ACTION_KILL))
		return;
	if (!AWAIT(dead(t)))
		complain(t, "it is not killed for its miss", t->w.beat.missed);
	end(t, (struct board_want){ .cause = VIGIL_CAUSE_HUNG, .hung = 1 });
	board_did(t->b, DEED_HUNG_KILLED);
}

/* The beat is taken away from a process that would miss it; what it missed before has been told. */
static void removed(struct beater *t)
{
	struct beat_request none = { 0 };
	uint32_t times;
	int ret;

	if (!begin(t, SHORT_MS, VIGIL_BEAT_ACTION_NONE))
		return;
	times = miss_often(t);
	ret = client_beat_set(&t->c, t->w.id, &none);
	if (ret)
		complain(t, "beat-set", ret);
	end(t, (struct board_want){ .hung = times, .recovered = times - 1 });
}

typedef void (*course_fn)(struct beater *t);

static const course_fn courses[] = { beaten, told, signalled, killed, removed };

int beater_live(struct board *b, uint64_t seed, unsigned int number)
{
	struct beater *t = calloc(1, sizeof(*t));
	unsigned int turn = number;

	if (!t || client_open(&t->c))
		return 1;
	t->b = b;
	t->rng = rng_split(seed, number);
	snprintf(t->name, sizeof(t->name), "beater %u", number);
	t->slots = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->slots == MAP_FAILED)
		return 1;
	while (!atomic_load(&b->stop))
		courses[turn++ % (sizeof(courses) / sizeof(*courses))](t);
	client_close(&t->c);
	return 0;
}
