/* SPDX-License-Identifier: GPL-2.0 */
/* What must be told, and what each follower heard: in memory that all share. */
#ifndef SELFTESTS_STRESS_BOARD_H
#define SELFTESTS_STRESS_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/vigil.h>

#include "selftests/fuzz/tally.h"
#include "selftests/stress/deeds.h"

struct watch;

enum {
	BOARD_WATCHES = 1 << 22,	/* a watch is its id here: they begin at 1 when the module is loaded */
	BOARD_FOLLOWERS = 3,
};

/* What is told of no watch is counted by its kind and stage. */
enum {
	NEWS_KEEPER,
	NEWS_LEASE = NEWS_KEEPER + VIGIL_KEEPER_STAGE_EXHAUSTED + 1,
	NEWS_DOG = NEWS_LEASE + VIGIL_LEASE_STAGE_FENCED + 1,
	NEWS_KINDS = NEWS_DOG + VIGIL_WATCHDOG_STAGE_BITE + 1,
};

enum fate {
	FATE_OTHERS,		/* not a watch of this test */
	FATE_DEATH,		/* told exactly once */
	FATE_SILENCE,		/* released while its process lived: never told */
	FATE_EITHER,		/* released while its process died */
};

/* What must become of a watch; the cause is of any death if it is 0, VIGIL_CAUSE_UNKNOWN. */
struct board_want {
	uint8_t fate;
	uint8_t cause;
	uint16_t hung;
	uint16_t recovered;
};

struct board_told {
	uint8_t deaths;
	uint8_t cause;
	uint16_t hung;
	uint16_t recovered;
};

struct board {
	atomic_bool stop;		/* no more deaths are made */
	atomic_ullong last;		/* the number of the last event; 0 while it is not known */
	atomic_ullong newest;		/* the greatest id that anything is wanted of */
	atomic_uint ready;		/* followers that listen */
	atomic_uint overruns;
	atomic_uint replays;
	atomic_uint deaths;
	atomic_uint armed;		/* odd while a watchdog is armed for certain */
	atomic_uint tries;		/* to unload the module */
	atomic_uint unloads;
	atomic_uint did[DEEDS];
	atomic_uint news[NEWS_KINDS];
	unsigned int news_told[BOARD_FOLLOWERS][NEWS_KINDS];
	struct tally tally;		/* for complaints */
	struct board_want want[BOARD_WATCHES];
	struct board_told told[BOARD_FOLLOWERS][BOARD_WATCHES];
};

struct board *board_new(void);

/* For the watch's owner alone, before the last event. */
void board_want(struct board *b, uint64_t id, struct board_want want);

static inline void board_expect(struct board *b, uint64_t id, enum fate fate)
{
	board_want(b, id, (struct board_want){ .fate = fate });
}

static inline void board_expect_news(struct board *b, unsigned int kind, unsigned int times)
{
	atomic_fetch_add(&b->news[kind], times);
}

static inline void board_did(struct board *b, enum deed deed)
{
	atomic_fetch_add(&b->did[deed], 1);
}

/* Every event comes here once for each follower, in the order of their numbers. */
void board_hear(struct board *b, unsigned int follower, const struct watch *event);

/* Returns how much was told otherwise than it must; complains of the first. */
unsigned int board_judge(struct board *b);

/* Whether each of these has been done a few times. */
bool board_enough(const struct board *b, const enum deed *deeds, unsigned int count);
/* As KTAP diagnostics. */
void board_print_deeds(const struct board *b, const enum deed *deeds, unsigned int count);

/* What a worker does in a process of its own, until it shall stop: 0 if it could. */
typedef int (*live_fn)(struct board *b, uint64_t seed, unsigned int number);

int owner_live(struct board *b, uint64_t seed, unsigned int number);
int beater_live(struct board *b, uint64_t seed, unsigned int number);
int tenant_live(struct board *b, uint64_t seed, unsigned int number);
int warden_live(struct board *b, uint64_t seed, unsigned int number);
int armer_live(struct board *b, uint64_t seed, unsigned int number);
int follower_live(struct board *b, uint64_t seed, unsigned int number);
/* The same, while the module comes and goes. */
int rearmer_live(struct board *b, uint64_t seed, unsigned int number);

/* Returns the process ID, or a negative errno. */
int board_start(struct board *b, live_fn live, uint64_t seed, unsigned int number);

#endif /* SELFTESTS_STRESS_BOARD_H */
