// SPDX-License-Identifier: GPL-2.0
/* Clocks of nodes: each with an offset and a rate of its own. */
#include "selftests/sim/sim.h"

enum { PPM = 1000000 };

uint64_t clock_local(const struct node *n, uint64_t world)
{
	return (uint64_t)((int64_t)world + n->clock.offset_ns + (int64_t)(world / PPM) * n->clock.ppm);
}

/* The first moment at which the node's clock shows @local. */
uint64_t clock_world(const struct node *n, uint64_t local)
{
	int64_t elapsed = (int64_t)local - n->clock.offset_ns;
	int64_t world = elapsed - elapsed / (PPM + n->clock.ppm) * n->clock.ppm;

	if (world < 0)
		return 0;
	world -= 2 * PPM / 100;
	while (clock_local(n, (uint64_t)world) < local) {
		int64_t lack = (int64_t)(local - clock_local(n, (uint64_t)world));

		world += lack > 1000 ? lack - lack / 1000 : lack;
	}
	return (uint64_t)world;
}

void clock_stand_still(struct node *n, uint64_t for_ns)
{
	n->clock.offset_ns -= (int64_t)for_ns;
}
