/* SPDX-License-Identifier: GPL-2.0 */
/* A token bucket: so many in so long, and as many at once. */
#ifndef VIGIL_LOG_BUCKET_H
#define VIGIL_LOG_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

/** struct bucket - zeroed it is full. */
struct bucket {
	uint64_t missing;	/* tokens that are out, each times the window's microseconds */
	uint64_t at_us;		/* when that was so */
};

/**
 * bucket_take - take a token if there is one.
 * @max: tokens in a full bucket, and those that come in @within_us; 0: there is no limit
 * @now_us: never goes back; if it does, nothing comes in until it has caught up
 *
 * @max times @within_us is below 2^62.
 */
bool bucket_take(struct bucket *b, uint64_t max, uint64_t within_us, uint64_t now_us);

#endif /* VIGIL_LOG_BUCKET_H */
