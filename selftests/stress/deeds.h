/* SPDX-License-Identifier: GPL-2.0 */
/* What is to happen a few times at least, whatever the seed. */
#ifndef SELFTESTS_STRESS_DEEDS_H
#define SELFTESTS_STRESS_DEEDS_H

enum deed {
	/* beater */
	DEED_BEAT,		/* often enough, by slot and by request: never told */
	DEED_MISSED,		/* and told, and no more */
	DEED_RECOVERED,
	DEED_SIGNALLED,
	DEED_HUNG_KILLED,
	/* warden of the keeper */
	DEED_KEEPER_DIED,	/* and was respawned, and registered */
	DEED_KEEPER_HUNG,	/* after it had beaten; the same */
	DEED_KEEPER_RESIGNED,
	DEED_KEEPER_REPLACED,
	DEED_KEEPER_RELEASED,
	DEED_KEEPER_EXHAUSTED,
	/* tenant */
	DEED_LEASE_EXPIRED,
	DEED_LEASE_RENEWED,
	DEED_LEASE_RECALLED,
	DEED_LEASE_REGAINED,	/* under a newer epoch; the older one is refused */
	DEED_LEASE_UNBOUND,	/* and what was unbound lives on */
	DEED_LEASE_CGROUP,
	/* armer */
	DEED_ARMED,
	DEED_VITAL_DIED,
	DEED_UNLOAD_REFUSED,
	DEEDS,
};

#endif /* SELFTESTS_STRESS_DEEDS_H */
