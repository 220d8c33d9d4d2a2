/* SPDX-License-Identifier: GPL-2.0 */
/* What the loop shows to other threads: things that never change once they are shown, behind liburcu. */
#ifndef VIGIL_API_PUBLISHED_H
#define VIGIL_API_PUBLISHED_H

#include <urcu.h>

/*
 * The life of such a thing:
 *
 * 1. The loop makes it and shows it by published_set(). From then on nobody writes to it.
 * 2. A reader takes it by published_get() between published_enter() and published_leave(), and uses it
 *    in between only. It waits for nobody.
 * 3. The loop shows another in its place, so that it cannot be found any more, and hands it to
 *    published_retire(). That waits for nobody either: a thread of liburcu waits for a grace
 *    period, that is until every reader who may have found it has left, and then frees it.
 *
 * A thread that reads calls rcu_register_thread() first and rcu_unregister_thread() last.
 *
 * ThreadSanitizer does not know what a grace period proves, and liburcu is not compiled for it: so
 * each of these says in its terms what happens before what.
 */
struct published_head {
	struct rcu_head rcu;
	void (*free)(struct published_head *head);
};

/** published_set - show @thing where @place is; NULL: nothing. One thread alone may. */
void published_set(void **place, void *thing);

/** published_get - what is shown there now, or NULL. */
void *published_get(void **place);

void published_enter(void);
void published_leave(void);

/** published_retire - have @free called once nobody can be reading it. Not from a reader. */
void published_retire(struct published_head *head, void (*free)(struct published_head *head));

/** published_barrier - wait until all that was retired has been freed: when vigild ends. */
void published_barrier(void);

#endif /* VIGIL_API_PUBLISHED_H */
