// SPDX-License-Identifier: GPL-2.0
/* A process that has others kept: they die, hang, resign, are replaced and respawned, or cannot be. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "selftests/kernel/pace.h"
#include "selftests/stress/warden.h"

enum {
	SHORT_MS = 100,
	NEVER_MS = 3600 * 1000,
	BEATS = 5,
	PAGE_BYTES = 4096,
};

static void dies(struct warden *t)
{
	struct ward k;

	if (!ward_begin(t, &k))
		return;
	ward_keep(t, &k, "keep", 0);
	kill(k.v.pid, SIGKILL);
	warden_await_respawn(t, &k, DEED_KEEPER_DIED);
	ward_end(t, &k, (struct board_want){ 0 });
}

static void set_beat(struct warden *t, const struct ward *k, uint32_t deadline_ms)
{
	struct beat_request beat = { .deadline_ms = deadline_ms, .address = t->slot };
	int ret = client_beat_set(&t->c, k->w.id, &beat);

	if (ret)
		warden_complain(t, "beat-set", ret);
}

/* It beats often enough by far. Then it beats no more, and has to soon: it misses once, and never recovers. */
static void hangs(struct warden *t)
{
	struct ward k;
	int i, ret;

	if (!ward_begin(t, &k))
		return;
	ward_keep(t, &k, "keep", 0);
	set_beat(t, &k, NEVER_MS);
	for (i = 0; i < BEATS; i++) {
		++*t->slot;
		ret = client_beat(&t->c, k.w.id);
		if (ret)
			warden_complain(t, "beat", ret);
	}
	set_beat(t, &k, SHORT_MS);
	warden_await_respawn(t, &k, DEED_KEEPER_HUNG);
	ward_end(t, &k, (struct board_want){ .cause = VIGIL_CAUSE_HUNG, .hung = 1 });
}

static void resigns(struct warden *t)
{
	struct ward k;

	if (!ward_begin(t, &k))
		return;
	ward_keep(t, &k, "keep", 0);
	warden_resign(t);
	ward_end(t, &k, (struct board_want){ 0 });
	board_did(t->b, DEED_KEEPER_RESIGNED);
}

static void is_replaced(struct warden *t)
{
	struct ward first, second;

	if (!ward_begin(t, &first))
		return;
	ward_keep(t, &first, "keep", 0);
	if (ward_begin(t, &second)) {
		if (ward_set(t, &second, "keep", 0) != -EBUSY)
			warden_complain(t, "a second keeper is not refused", 0);
		ward_keep(t, &second, "keep", first.v.pid);
		ward_end(t, &first, (struct board_want){ 0 });
		warden_resign(t);
		ward_end(t, &second, (struct board_want){ 0 });
		board_did(t->b, DEED_KEEPER_REPLACED);
	} else {
		warden_resign(t);
		ward_end(t, &first, (struct board_want){ 0 });
	}
}

static void is_released(struct warden *t)
{
	struct ward k;

	if (!ward_begin(t, &k))
		return;
	ward_keep(t, &k, "keep", 0);
	board_expect(t->b, k.w.id, FATE_SILENCE);
	warden_expect(t, VIGIL_KEEPER_STAGE_RESIGNED);
	if (client_release(&t->c, k.w.id))
		warden_complain(t, "release of the living", 0);
	victim_end(&k.v);
	board_did(t->b, DEED_KEEPER_RELEASED);
}

/* What is respawned in its place fails, or cannot be run. */
static void goes_for_good(struct warden *t, const char *what)
{
	struct keeper now;
	struct ward k;

	if (!ward_begin(t, &k))
		return;
	ward_keep(t, &k, what, 0);
	kill(k.v.pid, SIGKILL);
	warden_expect(t, VIGIL_KEEPER_STAGE_LOST);
	if (what)
		warden_expect(t, VIGIL_KEEPER_STAGE_RESPAWNED);
	warden_expect(t, VIGIL_KEEPER_STAGE_RESPAWN_FAILED);
	warden_expect(t, VIGIL_KEEPER_STAGE_EXHAUSTED);
	if (!AWAIT(warden_sees(t, VIGIL_KEEPER_STATE_EXHAUSTED, 0, &now)))
		warden_complain(t, "it is not given up", now.state);
	warden_resign(t);
	ward_end(t, &k, (struct board_want){ 0 });
	board_did(t->b, DEED_KEEPER_EXHAUSTED);
}

static void fails(struct warden *t)
{
	goes_for_good(t, "fail");
}

static void cannot_be_run(struct warden *t)
{
	goes_for_good(t, NULL);
}

typedef void (*course_fn)(struct warden *t);

static const course_fn courses[] = {
	dies, hangs, resigns, is_replaced, is_released, fails, cannot_be_run,
};

/* The kernel suite's program lies beside this one's folder. */
static bool find_reborn(struct warden *t)
{
	ssize_t len = readlink("/proc/self/exe", t->reborn, sizeof(t->reborn) - 1);
	char *end;

	if (len < 0)
		return false;
	t->reborn[len] = '\0';
	end = strstr(t->reborn, "/stress/stress");
	if (end)
		snprintf(end, sizeof(t->reborn) - (end - t->reborn), "/kernel/reborn");
	return end && !access(t->reborn, X_OK);
}

int warden_live(struct board *b, uint64_t seed, unsigned int number)
{
	struct warden *t = calloc(1, sizeof(*t));
	unsigned int turn = 0;

	(void)seed;
	(void)number;
	if (!t || client_open(&t->c) || !find_reborn(t))
		return 1;
	t->b = b;
	t->slot = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->slot == MAP_FAILED)
		return 1;
	while (!atomic_load(&b->stop))
		courses[turn++ % (sizeof(courses) / sizeof(*courses))](t);
	client_close(&t->c);
	return 0;
}
