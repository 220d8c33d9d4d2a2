/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The election in small: two monitors, three elements, messages that are lost.
 *
 * What is modelled: an element promises to one monitor at a time, in epochs that never fall (rules 7 and 8); a
 * monitor is effective only with the promises of a majority, all made in its present epoch; it stops when an element
 * tells it of a better value (rule 3), is passive for a round (rule 4), and is started again when an element has
 * forgotten who polls it (rules 2 and 5). Polls and answers are lost, monitors crash, promises and values end too early:
 * FAULTS times in all, at any moment.
 *
 * Time is not modelled. That a promise ends at the monitor before it ends at the element is assumed, for answers on their
 * way as well: the arithmetic for that is in user/core/core.h, and the simulator runs it with drifting clocks.
 *
 * Checked: never two effective monitors (ltl one); and whatever went wrong, sooner or later somebody is effective, for good
 * (ltl wins): there is no state in which nobody ever wins.
 */
#ifndef FAULTS
#define FAULTS 3
#endif
#define NOBODY 2
#define AT(m, x) ((m) * 3 + (x))

byte holder[3] = NOBODY;	/* the element's promise */
byte epoch_max[3];
byte epoch_of[3] = NOBODY;	/* who had it in that epoch */
byte best[3] = NOBODY;		/* the best value heard: the higher number, but established before passive */
bool best_established[3];

bool alive[2] = true;
bool established[2];
byte epoch[2];
byte heard[2];			/* the newest epoch heard of */
bool counted[6];		/* AT(m, x): the monitor counts on that promise */

bool answer[6];			/* one is on its way from x to m */
bool a_promise[6];
byte a_epoch[6];
byte a_epoch_of[6];
byte a_best[6];
bool a_best_established[6];
byte a_asked[6];		/* the epoch in which it was asked for */

byte faults = FAULTS;

#define COUNT(m) (counted[AT(m, 0)] + counted[AT(m, 1)] + counted[AT(m, 2)])
#define EFFECTIVE(m) (alive[m] && established[m] && COUNT(m) >= 2)
#define BEATS(m, me, o, oe) ((me && !oe) || (me == oe && m > o))

inline drop_counts(m)
{
	counted[AT(m, 0)] = false;
	counted[AT(m, 1)] = false;
	counted[AT(m, 2)] = false
}

/* What is not needed any more is made the same, which keeps states few. */
inline clear(m, x)
{
	answer[AT(m, x)] = false;
	a_promise[AT(m, x)] = false;
	a_epoch[AT(m, x)] = 0;
	a_epoch_of[AT(m, x)] = 0;
	a_best[AT(m, x)] = 0;
	a_best_established[AT(m, x)] = false;
	a_asked[AT(m, x)] = 0
}

/* It stops, or dies: what was on its way to it is for nobody. */
inline stop(m)
{
	alive[m] = false;
	established[m] = false;
	epoch[m] = 0;
	heard[m] = 0;
	drop_counts(m);
	clear(m, 0);
	clear(m, 1);
	clear(m, 2)
}

inline new_term(m)
{
	epoch[m] = (epoch[m] > heard[m] -> epoch[m] : heard[m]) + 1;
	drop_counts(m)
}

/* What an element does with a poll. */
inline poll(m, x)
{
	if
	:: best[x] == NOBODY || best[x] == m || BEATS(m, established[m], best[x], best_established[x]) ->
		best[x] = m;
		best_established[x] = established[m]
	:: else
	fi;
	a_promise[AT(m, x)] = established[m] && (holder[x] == NOBODY || holder[x] == m) &&
		(epoch[m] > epoch_max[x] || (epoch[m] == epoch_max[x] && epoch_of[x] == m));
	if
	:: a_promise[AT(m, x)] ->
		holder[x] = m;
		epoch_max[x] = epoch[m];
		epoch_of[x] = m
	:: else
	fi;
	a_epoch[AT(m, x)] = epoch_max[x];
	a_epoch_of[AT(m, x)] = epoch_of[x];
	a_best[AT(m, x)] = best[x];
	a_best_established[AT(m, x)] = best_established[x];
	a_asked[AT(m, x)] = epoch[m];
	answer[AT(m, x)] = true
}

/* What a monitor does with an answer. */
inline take(m, x)
{
	heard[m] = (a_epoch[AT(m, x)] > heard[m] -> a_epoch[AT(m, x)] : heard[m]);
	if
	:: a_best[AT(m, x)] != m && BEATS(a_best[AT(m, x)], a_best_established[AT(m, x)], m, established[m]) ->
		stop(m)
	:: else ->
		if
		:: a_promise[AT(m, x)] && a_asked[AT(m, x)] == epoch[m] -> counted[AT(m, x)] = true
		:: established[m] && !a_promise[AT(m, x)] &&
		   (a_epoch[AT(m, x)] > epoch[m] ||
		    (a_epoch[AT(m, x)] == epoch[m] && a_epoch_of[AT(m, x)] != m)) -> new_term(m)
		:: else
		fi
	fi;
	clear(m, x)
}

proctype Monitor(byte m)
{
	byte x;

	do
	:: atomic {
		!alive[m] && (best[0] == NOBODY || best[1] == NOBODY || best[2] == NOBODY) ->
		alive[m] = true
	   }
	:: alive[m] ->
		x = 0;
		do
		:: x < 3 && alive[m] ->
			if
			:: atomic { alive[m] -> poll(m, x) }
			:: atomic { alive[m] && faults > 0 -> faults-- }
			:: !alive[m]
			fi;
			if
			:: atomic { answer[AT(m, x)] -> take(m, x) }
			:: atomic { answer[AT(m, x)] && faults > 0 -> faults--; clear(m, x) }
			:: !answer[AT(m, x)]
			fi;
			x++
		:: else -> break
		od;
		atomic {
			if
			:: alive[m] && !established[m] -> established[m] = true; new_term(m)
			:: else
			fi
		}
	od
}

/* A promise and a value run out when nobody renews them; too early if something went wrong. */
proctype Element(byte x)
{
	do
	:: atomic {
		holder[x] != NOBODY && !counted[AT(holder[x], x)] && !(answer[AT(holder[x], x)] && a_promise[AT(holder[x], x)]) &&
		(!alive[holder[x]] || faults > 0) ->
		faults = (alive[holder[x]] -> faults - 1 : faults);
		holder[x] = NOBODY
	   }
	od
}

proctype Memory(byte x)
{
	do
	:: atomic {
		best[x] != NOBODY && (!alive[best[x]] || faults > 0) ->
		faults = (alive[best[x]] -> faults - 1 : faults);
		best[x] = NOBODY
	   }
	od
}

proctype Mischief(byte m)
{
	do
	:: atomic { faults > 0 && alive[m] -> faults--; stop(m) }
	:: atomic { faults > 0 && counted[AT(m, 0)] -> faults--; counted[AT(m, 0)] = false }
	:: atomic { faults > 0 && counted[AT(m, 1)] -> faults--; counted[AT(m, 1)] = false }
	:: faults == 0 -> break
	od
}

init {
	atomic {
		run Monitor(0);
		run Monitor(1);
		run Element(0);
		run Element(1);
		run Element(2);
		run Memory(0);
		run Memory(1);
		run Memory(2);
		run Mischief(0);
		run Mischief(1)
	}
}

ltl one { [] !(EFFECTIVE(0) && EFFECTIVE(1)) }
ltl wins { <> [] (EFFECTIVE(0) || EFFECTIVE(1)) }
