/* SPDX-License-Identifier: GPL-2.0 */
/* Scripts for the fake kernel's event stream. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "selftests/lib/fake.h"

enum { FD_LIVE = FAKE_FD_FIRST, FD_ASK, STEPS_MAX = 12, REPLAYS_MAX = 10 };

/* One step of a script; the number says whether it is over. */
struct step {
	enum {
		END,
		EVENTS,		/* one datagram with the events from a to b */
		GAP,		/* from a to b */
		ERROR,		/* a: errno of recvmsg() or, in a replay, of the dump's end */
		CUT,		/* a datagram longer than any buffer */
		JUNK,		/* bytes that are no message */
		BROKEN,		/* a message that lacks its sequence number */
		FORGED,		/* event a, from another process */
		STRANGE,	/* event a, of a type nobody knows */
		QUIET,		/* nothing there, this once */
		UNLOADED,	/* vigil.ko goes, and the controller says so */
		OTHER_GONE,	/* another family goes */
		INTERRUPTED,	/* the replay's end, interrupted */
		SILENCE,	/* the replay has no end */
		/* in .want only */
		RETURN,		/* a: what vigil_events_next() returns beside 1 */
	} what;
	uint64_t a, b;
};

struct replay {
	uint64_t since;		/* with which it must be asked for */
	struct step answer[STEPS_MAX];
};

/* What the live socket receives, up to END. */
void script_live(const struct step *steps);

/* How replays are answered, in this order; serves as fake.serve. */
void script_replays(const struct replay *replays);
void script_serve(int fd, const struct nlmsghdr *req, struct envelope back);

/* How many were asked for, and from which number on. */
unsigned int script_asked(void);
uint64_t script_asked_since(unsigned int i);

#endif /* SCRIPT_H */
