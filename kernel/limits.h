/* SPDX-License-Identifier: GPL-2.0 */
/* Every bound of the module in one place. */
#ifndef VIGIL_LIMITS_H
#define VIGIL_LIMITS_H

#include <linux/time64.h>

enum vigil_limits {
	/* Bounds of the module parameters, and their defaults. */
	VIGIL_RING_SIZE_MIN = 64,
	VIGIL_RING_SIZE_DEFAULT = 16384,
	VIGIL_RING_SIZE_MAX = 1 << 20,
	VIGIL_WATCHES_MAX_MIN = 1,
	VIGIL_WATCHES_MAX_DEFAULT = 100000,
	VIGIL_WATCHES_MAX_MAX = 10000000,

	/* Owners of one process: at its death each is noted with interrupts off. */
	VIGIL_WATCHES_PER_PROCESS_MAX = 1024,

	/* Memory of one watch, its names included. */
	VIGIL_WATCH_BYTES_MAX = 256,

	/* How long a hook stays in the kernel after its last user. */
	VIGIL_HOOK_LINGER_MS = 100,

	/* Living descendants that one watch notes, and watches that note one process as a descendant. */
	VIGIL_TREE_MEMBERS_MAX = 1 << 16,
	VIGIL_TREES_PER_PROCESS_MAX = 16,
	/* Memory of one descendant. */
	VIGIL_MEMBER_BYTES_MAX = 128,

	/* Deaths numbered before the soft interrupt gives way to others, and for how long. */
	VIGIL_FLUSH_BATCH = 256,
	VIGIL_YIELD_NS = 20 * NSEC_PER_USEC,
	/* Events handed to the listeners at a time; below VIGIL_RING_SIZE_MIN. */
	VIGIL_PUBLISH_BATCH = 32,

	/* Beats. Looks in a deadline, and at which of them that find no beat CPU time is measured. */
	VIGIL_BEAT_MS_MIN = 100,
	VIGIL_BEAT_MS_MAX = 3600 * MSEC_PER_SEC,
	VIGIL_BEAT_BYTES_MAX = 56,
	VIGIL_BEAT_LOOKS = 5,
	VIGIL_BEAT_LOOKS_CPU = 3,
	/*
	 * Deadlines are rounded up to so many significant bits to share a round, and a look may come
	 * late by so small a share of the time between two, so that looks share an interrupt.
	 */
	VIGIL_ROUND_DEADLINE_BITS = 7,
	VIGIL_ROUND_SLACK = 64,
	VIGIL_ROUNDS_HASH_BITS = 8,
	/* Times of looks that are kept: a power of two, and more than the looks in a deadline. */
	VIGIL_ROUND_TIMES = 8,

	/* Threads that are looked at, and the share of a processor with which a process runs. */
	VIGIL_HANG_THREADS_MAX = 1024,
	VIGIL_HANG_CPU_SHARE = 8,

	/*
	 * A death is told at once, unless there was a flush less than a window ago. Then
	 * the deaths of a storm are gathered for a moment, if there were this many flushes in
	 * the window, so that listeners wake once for many; and for more such
	 * moments, up to so many, as long as nobody has read what was sent last. As many
	 * deaths as fit into one datagram, whatever their names, are sent in any case.
	 */
	VIGIL_BURST_FLUSHES = 8,
	VIGIL_BURST_WINDOW_NS = 2 * NSEC_PER_MSEC,
	VIGIL_GATHER_NS = 200 * NSEC_PER_USEC,
	VIGIL_GATHER_LOOKS_MAX = 20,
	VIGIL_GATHER_DEATHS = 11,

	/* Notes that the black box holds of each kind. */
	VIGIL_BLACKBOX_DECISIONS = 128,
	VIGIL_BLACKBOX_EVENTS = 128,
	/*
	 * Of a writing, each kind takes up so many bytes of the kernel's log at most, a line's begin
	 * as so many: all of it has to fit the part that pstore keeps (kmsg_bytes, 10 KiB by
	 * default). Of the reason that was given, so many bytes are written.
	 */
	VIGIL_BLACKBOX_WRITE_BYTES = 4096,
	VIGIL_BLACKBOX_LINE_BYTES = 72,
	VIGIL_BLACKBOX_WHY_MAX = 128,

	/*
	 * The hardware watchdog. Each CPU comes by once in an interval, a part of the device's
	 * timeout within these bounds, and at least one round is done in it.
	 */
	VIGIL_PETS_PER_TIMEOUT = 4,
	VIGIL_INTERVAL_MS_MIN = 100,
	VIGIL_INTERVAL_MS_MAX = 1000,
	VIGIL_GRACE_MS_DEFAULT = 5000,
	VIGIL_GRACE_MS_MAX = 600000,

	/* For how long a gate may be missed; that of the CPUs leaves room for two intervals. */
	VIGIL_GATE_LIMIT_MS_MAX = 600000,
	VIGIL_GATE_CPUS_LIMIT_MS_MIN = 2 * VIGIL_INTERVAL_MS_MAX,
	VIGIL_GATE_CPUS_LIMIT_MS = 10000,
	VIGIL_GATE_VITAL_LIMIT_MS = 5000,
	VIGIL_GATE_DEVICE_LIMIT_MS = 5000,
	VIGIL_GATE_KEEPER_LIMIT_MS = 0,
	/* Bounds of the keeper's settings, and their defaults. */
	VIGIL_KEEPER_RESPAWN_MAX_DEFAULT = 5,
	VIGIL_KEEPER_RESPAWN_MAX_MAX = 64,
	VIGIL_KEEPER_MS_MIN = 1,
	VIGIL_KEEPER_MS_MAX = 86400000,
	VIGIL_KEEPER_WINDOW_MS_DEFAULT = 60000,
	VIGIL_KEEPER_REGISTER_MS_DEFAULT = 30000,

	/* A keeper that is not dead so long after its kill does not die. */
	VIGIL_KEEPER_KILL_MS = 10000,
	/* The pause after a failed respawn, and how often it doubles. */
	VIGIL_KEEPER_PAUSE_MS = 100,
	VIGIL_KEEPER_PAUSE_SHIFT_MAX = 6,

	/* A node that was asked to reboot as the last resort is reset after this. */
	VIGIL_REBOOT_GRACE_MS = 30000,
	/* Leases held at a time: they are found by a walk over them. */
	VIGIL_LEASES_MAX_MIN = 1,
	VIGIL_LEASES_MAX_DEFAULT = 256,
	VIGIL_LEASES_MAX_MAX = 4096,
	/* Watches bound to one lease, and cgroups handed over with them. */
	VIGIL_BONDS_PER_LEASE_MAX = 16384,
	/* How far ahead a deadline may lie. */
	VIGIL_LEASE_MS_MAX = 24 * 60 * 60 * MSEC_PER_SEC,
	/* Watches picked under the lease's lock, to be killed without it. */
	VIGIL_FENCE_BATCH = 32,
	/* Pauses between looks at what a fenced lease has left. They double. */
	VIGIL_FENCE_LOOK_MS_MIN = 1,
	VIGIL_FENCE_LOOK_MS_MAX = 128,
};

#endif /* VIGIL_LIMITS_H */
