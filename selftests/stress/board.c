// SPDX-License-Identifier: GPL-2.0
/* What must be told, and what each follower heard. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "selftests/kernel/client.h"
#include "selftests/stress/board.h"

enum { DEED_MIN = 3 };

static const char *const deed_names[DEEDS] = {
	[DEED_BEAT] = "beaten in time",
	[DEED_MISSED] = "beat missed",
	[DEED_RECOVERED] = "recovered",
	[DEED_SIGNALLED] = "signalled for a miss",
	[DEED_HUNG_KILLED] = "killed for a miss",
	[DEED_KEEPER_DIED] = "keeper died and was respawned",
	[DEED_KEEPER_HUNG] = "keeper hung and was respawned",
	[DEED_KEEPER_RESIGNED] = "keeper resigned",
	[DEED_KEEPER_REPLACED] = "keeper replaced",
	[DEED_KEEPER_RELEASED] = "keeper's watch released",
	[DEED_KEEPER_EXHAUSTED] = "keeper gone for good",
	[DEED_LEASE_EXPIRED] = "lease expired",
	[DEED_LEASE_RENEWED] = "lease renewed",
	[DEED_LEASE_RECALLED] = "lease recalled",
	[DEED_LEASE_REGAINED] = "lease held again",
	[DEED_LEASE_UNBOUND] = "unbound from a lease",
	[DEED_LEASE_CGROUP] = "cgroup fenced",
	[DEED_ARMED] = "watchdog armed and disarmed",
	[DEED_VITAL_DIED] = "watchdog warned and recovered",
	[DEED_UNLOAD_REFUSED] = "unloading refused while armed",
};

struct board *board_new(void)
{
	struct board *b = mmap(NULL, sizeof(*b), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return b == MAP_FAILED ? NULL : b;
}

int board_start(struct board *b, live_fn live, uint64_t seed, unsigned int number)
{
	pid_t pid = fork();

	if (pid)
		return pid < 0 ? -errno : pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(live(b, seed, number));
}

void board_want(struct board *b, uint64_t id, struct board_want want)
{
	unsigned long long newest = atomic_load(&b->newest);

	if (id >= BOARD_WATCHES) {
		tally_complain(&b->tally, "too many watches for this test");
		return;
	}
	b->want[id] = want;
	while (newest < id && !atomic_compare_exchange_weak(&b->newest, &newest, id))
		;
}

static void hear_news(struct board *b, unsigned int follower, unsigned int kind)
{
	if (kind < NEWS_KINDS)
		b->news_told[follower][kind]++;
	else
		tally_complain(&b->tally, "follower %u: news of an unknown kind", follower);
}

static void hear_death(struct board_told *t, const struct watch *event)
{
	t->deaths++;
	t->cause = event->exit.cause;
}

void board_hear(struct board *b, unsigned int follower, const struct watch *event)
{
	struct board_told *t = event->id < BOARD_WATCHES ? &b->told[follower][event->id] : NULL;

	switch (event->type) {
	case VIGIL_EVENT_TYPE_GAP:
		tally_complain(&b->tally, "follower %u: a gap", follower);
		break;
	case VIGIL_EVENT_TYPE_DEAD:
		if (t)
			hear_death(t, event);
		break;
	case VIGIL_EVENT_TYPE_HUNG:
	case VIGIL_EVENT_TYPE_RECOVERED:
		if (t)
			(*(event->type == VIGIL_EVENT_TYPE_HUNG ? &t->hung : &t->recovered))++;
		break;
	case VIGIL_EVENT_TYPE_KEEPER:
		hear_news(b, follower, NEWS_KEEPER + event->keeper.stage);
		break;
	case VIGIL_EVENT_TYPE_LEASE:
		hear_news(b, follower, NEWS_LEASE + event->lease.stage);
		break;
	case VIGIL_EVENT_TYPE_WATCHDOG:
		hear_news(b, follower, NEWS_DOG + event->dog.stage);
		break;
	}
}

static bool deaths_right(const struct board_want *want, const struct board_told *told)
{
	if (told->deaths && want->cause && told->cause != want->cause)
		return false;
	switch (want->fate) {
	case FATE_DEATH:
		return told->deaths == 1;
	case FATE_SILENCE:
		return told->deaths == 0;
	default:
		return told->deaths <= 1;
	}
}

static bool right(const struct board_want *want, const struct board_told *told)
{
	if (want->fate == FATE_OTHERS)
		return true;
	return deaths_right(want, told) && told->hung == want->hung && told->recovered == want->recovered;
}

static bool judge_watch(struct board *b, unsigned int follower, uint64_t id)
{
	static const char *const names[] = { "others", "death", "silence", "either" };
	const struct board_want *want = &b->want[id];
	const struct board_told *told = &b->told[follower][id];

	if (right(want, told))
		return true;
	tally_complain(&b->tally, "follower %u heard of watch %llu: %u deaths (cause %u), %u hung, %u recovered; "
		       "not %s (%u), %u, %u", follower, (unsigned long long)id, told->deaths, told->cause,
		       told->hung, told->recovered, names[want->fate], want->cause, want->hung, want->recovered);
	return false;
}

static bool judge_news(struct board *b, unsigned int follower, unsigned int kind)
{
	unsigned int want = atomic_load(&b->news[kind]), told = b->news_told[follower][kind];

	if (told == want)
		return true;
	tally_complain(&b->tally, "follower %u heard %u times, not %u, of %s stage %u", follower, told, want,
		       kind < NEWS_LEASE ? "the keeper's" : kind < NEWS_DOG ? "a lease's" : "the watchdog's",
		       kind < NEWS_LEASE ? kind : kind < NEWS_DOG ? kind - NEWS_LEASE : kind - NEWS_DOG);
	return false;
}

unsigned int board_judge(struct board *b)
{
	uint64_t newest = atomic_load(&b->newest), id;
	unsigned int follower, kind, wrong = 0;

	for (follower = 0; follower < BOARD_FOLLOWERS; follower++) {
		for (id = 1; id <= newest; id++)
			wrong += !judge_watch(b, follower, id);
		for (kind = 0; kind < NEWS_KINDS; kind++)
			wrong += !judge_news(b, follower, kind);
	}
	return wrong;
}

bool board_enough(const struct board *b, const enum deed *deeds, unsigned int count)
{
	while (count--)
		if (atomic_load(&b->did[deeds[count]]) < DEED_MIN)
			return false;
	return true;
}

void board_print_deeds(const struct board *b, const enum deed *deeds, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		printf("# %8u times: %s\n", atomic_load(&b->did[deeds[i]]), deed_names[deeds[i]]);
}
