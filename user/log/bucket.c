// SPDX-License-Identifier: GPL-2.0
/* A token bucket: so many in so long, and as many at once. */
#include "user/log/bucket.h"

/* Exact: in the time of the whole window, what is missing falls by the whole bucket. */
static void refill(struct bucket *b, uint64_t max, uint64_t within_us, uint64_t now_us)
{
	uint64_t passed = now_us > b->at_us ? now_us - b->at_us : 0;
	uint64_t came = (passed < within_us ? passed : within_us) * max;

	b->missing = b->missing > came ? b->missing - came : 0;
	b->at_us += passed;
}

bool bucket_take(struct bucket *b, uint64_t max, uint64_t within_us, uint64_t now_us)
{
	if (!max)
		return true;
	refill(b, max, within_us, now_us);
	if (b->missing + within_us > max * within_us)
		return false;
	b->missing += within_us;
	return true;
}
