/* SPDX-License-Identifier: GPL-2.0 */
/* A second connection to the store, which only reads: for another thread than the one that writes. */
#ifndef VIGIL_STORE_STORE_READ_H
#define VIGIL_STORE_STORE_READ_H

#include "user/store/store_history.h"

/**
 * store_open_reader - of a store that store_open() has open.
 * @why: filled with a sentence on failure
 *
 * Takes store_each_event(), store_each_roll(), store_each_life_roll(), store_error() and store_close(), and nothing
 * else. A reader holds no lock that a writer waits for; it sees what was committed last.
 *
 * Return: NULL on failure.
 */
struct store *store_open_reader(const char *dir, char *why, size_t size);

/** store_each_life_roll - of one job, what was measured over its whole life. 0, -EUCLEAN or -EIO. */
int store_each_life_roll(struct store *s, const char *job, int life_grain, store_roll_fn fn, void *arg);

#endif /* VIGIL_STORE_STORE_READ_H */
