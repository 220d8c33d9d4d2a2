// SPDX-License-Identifier: GPL-2.0
/* A process that arms and disarms a watchdog, one that resets nothing, again and again. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/dog.h"
#include "selftests/kernel/module.h"
#include "selftests/kernel/pace.h"
#include "selftests/kernel/victim.h"
#include "selftests/stress/board.h"

enum {
	TIMEOUT_S = 3600,
	PETS = 2,
	TRIES = 2,		/* of the one who unloads, while it is armed: the first may have begun before */
};

#define OWNER	"armer"

struct armer {
	struct board *b;
	struct client c;
};

static const uint32_t grace_ms = 600000;

static void complain(struct armer *t, const char *what, int ret)
{
	tally_complain(&t->b->tally, "armer: %s: %d %s", what, ret, t->c.refusal.sentence);
}

static void expect(struct armer *t, uint32_t stage)
{
	board_expect_news(t->b, NEWS_DOG + stage, 1);
}

/* No CPU of a slow guest is missed, and a vital process at once. */
static void quiet_knobs(void)
{
	knob_write("gates/cpus/limit_ms", "600000");
	knob_write("gates/device/limit_ms", "600000");
	knob_write("gates/vital/limit_ms", "0");
}

static int arm(struct armer *t, bool by_fd)
{
	struct dog_wish wish = {
		.fd = by_fd ? open(dog_device(), O_WRONLY | O_CLOEXEC) : -1,
		.device = by_fd ? NULL : dog_device(),
		.timeout_s = TIMEOUT_S, .grace_ms = &grace_ms,
	};
	int ret = by_fd && wish.fd < 0 ? -errno : dog_arm(&t->c, &wish, NULL);

	if (!ret)
		atomic_fetch_add(&t->b->armed, 1);
	if (ret && wish.fd >= 0 && write(wish.fd, "V", 1) != 1)
		complain(t, "the device cannot be stopped", -errno);
	if (wish.fd >= 0)
		close(wish.fd);
	return ret;
}

static int disarm(struct armer *t)
{
	atomic_fetch_add(&t->b->armed, 1);
	return dog_disarm(&t->c);
}

static bool petted(struct armer *t, uint64_t times)
{
	struct dog_status s;

	return !dog_get(&t->c, &s) && s.pets >= times;
}

static void await_pets(struct armer *t)
{
	struct dog_status s = { 0 };

	if (dog_get(&t->c, &s) || !AWAIT(petted(t, s.pets + PETS)))
		complain(t, "it is not petted", 0);
}

static bool at_stage(struct armer *t, uint32_t stage)
{
	struct dog_status s;

	return !dog_get(&t->c, &s) && s.now.stage == stage;
}

/* Its death is a warning until its watch is released. */
static void lose_a_vital(struct armer *t)
{
	struct request req = { .owner = OWNER, .flags = VIGIL_WATCH_FLAGS_VITAL };
	struct victim v;
	struct watch w;
	int ret;

	if (victim_start(&v, life_pause, NULL))
		return;
	req.pidfd = v.pidfd;
	ret = client_watch(&t->c, &req, &w);
	victim_end(&v);
	atomic_fetch_add(&t->b->deaths, 1);
	if (ret) {
		complain(t, "a vital watch", ret);
		return;
	}
	board_expect(t->b, w.id, FATE_DEATH);
	expect(t, VIGIL_WATCHDOG_STAGE_WARNING);
	expect(t, VIGIL_WATCHDOG_STAGE_RECOVERED);
	if (!AWAIT(at_stage(t, VIGIL_WATCHDOG_STAGE_WARNING)))
		complain(t, "a vital death does not warn", 0);
	ret = client_release(&t->c, w.id);
	if (ret)
		complain(t, "release", ret);
	if (!AWAIT(at_stage(t, VIGIL_WATCHDOG_STAGE_ARMED)))
		complain(t, "the warning stays", 0);
	board_did(t->b, DEED_VITAL_DIED);
}

/* Here nobody else unloads the module, so this is refused for the watchdog alone or for it, too. */
static void refuse_to_unload(struct armer *t)
{
	if (module_unload())
		board_did(t->b, DEED_UNLOAD_REFUSED);
	else
		complain(t, "the module was unloaded while the watchdog was armed", 0);
}

int armer_live(struct board *b, uint64_t seed, unsigned int number)
{
	struct armer *t = calloc(1, sizeof(*t));
	unsigned int turn;
	int ret;

	(void)seed;
	(void)number;
	if (!t || client_open(&t->c))
		return 1;
	t->b = b;
	quiet_knobs();
	for (turn = 0; !atomic_load(&b->stop); turn++) {
		ret = arm(t, turn % 2);
		if (ret) {
			complain(t, "arm", ret);
			return 1;
		}
		expect(t, VIGIL_WATCHDOG_STAGE_ARMED);
		await_pets(t);
		refuse_to_unload(t);
		lose_a_vital(t);
		expect(t, VIGIL_WATCHDOG_STAGE_DISARMED);
		ret = disarm(t);
		if (ret)
			complain(t, "disarm", ret);
		board_did(b, DEED_ARMED);
	}
	client_close(&t->c);
	return 0;
}

/* Who counts says when to stop, too, and has a deadline for that. */
static void await_count(const struct board *b, const atomic_uint *count, unsigned int until)
{
	struct pace p;

	pace_begin(&p, PACE_US, 0);
	while (!atomic_load(&b->stop) && atomic_load(count) < until && pace_next(&p))
		;
	pace_end(&p);
}

/* Armed until somebody has tried to unload the module a few times; then disarmed until somebody could. */
static void between_unloads(struct armer *t)
{
	unsigned int unloads = atomic_load(&t->b->unloads), tries = atomic_load(&t->b->tries);
	int ret;

	quiet_knobs();
	if (arm(t, unloads % 2))
		return;
	await_count(t->b, &t->b->tries, tries + TRIES);
	ret = disarm(t);
	if (ret)
		complain(t, "disarm", ret);
	board_did(t->b, DEED_ARMED);
	await_count(t->b, &t->b->unloads, unloads + 1);
}

/* A family that is loaded anew has another number, so the client is new, too. */
int rearmer_live(struct board *b, uint64_t seed, unsigned int number)
{
	struct armer *t = calloc(1, sizeof(*t));

	(void)seed;
	(void)number;
	if (!t)
		return 1;
	t->b = b;
	while (!atomic_load(&b->stop)) {
		if (!AWAIT(atomic_load(&b->stop) || !client_open(&t->c)) || !t->c.sk)
			continue;
		between_unloads(t);
		client_close(&t->c);
	}
	return 0;
}
