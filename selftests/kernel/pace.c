// SPDX-License-Identifier: GPL-2.0
/* Looks at what the kernel announces by no event: paced by a timer, and until a deadline. */
#include "selftests/kernel/pace.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "selftests/kernel/victim.h"
#include "selftests/lib/patience.h"

enum { NS_PER_US = 1000, US_PER_S = 1000000, NS_PER_MS = 1000000 };

void pace_begin(struct pace *p, long period_us, int deadline_ms)
{
	struct itimerspec each = {
		.it_interval = { period_us / US_PER_S, period_us % US_PER_S * NS_PER_US },
	};

	each.it_value = each.it_interval;
	p->end_ns = !deadline_ms ? 0 :
		    clock_ns(CLOCK_MONOTONIC) + (uint64_t)deadline_ms * patience() * NS_PER_MS;
	p->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (p->timer >= 0)
		timerfd_settime(p->timer, 0, &each, NULL);
}

bool pace_next(struct pace *p)
{
	uint64_t ticks;
	ssize_t got;

	if (p->end_ns && clock_ns(CLOCK_MONOTONIC) >= p->end_ns)
		return false;
	do {
		got = read(p->timer, &ticks, sizeof(ticks));
	} while (got < 0 && errno == EINTR);
	return got == sizeof(ticks);
}

void pace_end(struct pace *p)
{
	close(p->timer);
}
