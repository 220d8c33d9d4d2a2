// SPDX-License-Identifier: GPL-2.0
/* What one who has others kept can do with them. */
#include <signal.h>
#include <string.h>

#include "selftests/kernel/pace.h"
#include "selftests/stress/warden.h"

enum {
	DAY_MS = 86400000,
	RESPAWNS = 3,
};

#define OWNER	"warden"
#define REBORN	"selftest"	/* the owner under which what is respawned watches itself */

void warden_complain(struct warden *t, const char *what, int ret)
{
	tally_complain(&t->b->tally, "warden: %s: %d %s", what, ret, t->c.refusal.sentence);
}

void warden_expect(struct warden *t, uint32_t stage)
{
	board_expect_news(t->b, NEWS_KEEPER + stage, 1);
}

bool ward_begin(struct warden *t, struct ward *k)
{
	struct request req = { .owner = OWNER };
	int ret;

	if (victim_start(&k->v, life_pause, NULL))
		return false;
	victim_told(&k->v);
	req.pidfd = k->v.pidfd;
	ret = client_watch(&t->c, &req, &k->w);
	if (!ret)
		return true;
	warden_complain(t, "watch", ret);
	victim_end(&k->v);
	return false;
}

int ward_set(struct warden *t, const struct ward *k, const char *what, pid_t replace)
{
	struct keeper_request r = {
		.id = k->w.id, .argv = { what ? t->reborn : "/nonexistent", what },
		.respawn_max = what && !strcmp(what, "keep") ? RESPAWNS : 1,
		.window_ms = DAY_MS, .register_ms = DAY_MS,
		.last_resort = VIGIL_KEEPER_LAST_RESORT_REPORT, .replace = replace,
	};

	return client_keeper_set(&t->c, &r);
}

void ward_keep(struct warden *t, const struct ward *k, const char *what, pid_t replace)
{
	int ret = ward_set(t, k, what, replace);

	if (ret)
		warden_complain(t, "keeper-set", ret);
	else
		warden_expect(t, VIGIL_KEEPER_STAGE_REGISTERED);
}

void warden_resign(struct warden *t)
{
	int ret = client_keeper_resign(&t->c, 0);

	if (ret)
		warden_complain(t, "keeper-resign", ret);
	else
		warden_expect(t, VIGIL_KEEPER_STAGE_RESIGNED);
}

static bool dead(struct warden *t, uint64_t id)
{
	struct watch w;

	return client_get(&t->c, id, &w) || w.state == VIGIL_WATCH_STATE_DEAD;
}

void ward_end(struct warden *t, struct ward *k, struct board_want want)
{
	want.fate = FATE_DEATH;
	board_want(t->b, k->w.id, want);
	victim_end(&k->v);
	atomic_fetch_add(&t->b->deaths, 1);
	if (!AWAIT(dead(t, k->w.id)) || client_release(&t->c, k->w.id))
		warden_complain(t, "release of the dead", 0);
}

bool warden_sees(struct warden *t, uint32_t state, pid_t but, struct keeper *k)
{
	return !client_keeper_get(&t->c, k) && k->state == state && k->pid != but;
}

static void end_reborn(struct warden *t, const struct keeper *k)
{
	kill(k->pid, SIGKILL);
	atomic_fetch_add(&t->b->deaths, 1);
	board_expect(t->b, k->id, FATE_DEATH);
	if (!AWAIT(dead(t, k->id)) || client_release_owner(&t->c, REBORN) < 0)
		warden_complain(t, "release of the respawned", 0);
}

/* The keeper is dying; the one that is respawned in its place registers. */
void warden_await_respawn(struct warden *t, const struct ward *lost, enum deed deed)
{
	struct keeper k;

	warden_expect(t, VIGIL_KEEPER_STAGE_LOST);
	warden_expect(t, VIGIL_KEEPER_STAGE_RESPAWNED);
	warden_expect(t, VIGIL_KEEPER_STAGE_REGISTERED);
	if (!AWAIT(warden_sees(t, VIGIL_KEEPER_STATE_KEPT, lost->v.pid, &k))) {
		warden_complain(t, "it is not brought back", k.state);
		warden_resign(t);
		return;
	}
	warden_resign(t);
	end_reborn(t, &k);
	board_did(t->b, deed);
}

