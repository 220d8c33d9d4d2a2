/* SPDX-License-Identifier: GPL-2.0 */
/* The gates: what must hold, or the hardware watchdog is petted no more. */
#ifndef VIGIL_GATE_H
#define VIGIL_GATE_H

#include <linux/types.h>
#include <linux/vigil.h>

/**
 * struct vigil_miss - a condition that does not hold
 * @since_ns: since when, CLOCK_MONOTONIC
 * @detail: which one: the CPU, or the watch
 */
struct vigil_miss {
	u64 since_ns;
	u64 detail;
};

/**
 * struct vigil_gate - a condition of petting
 * @name: folder in sysfs
 * @open: begin to look; before that and after @close nothing is asked. May sleep, may be NULL.
 * @close: look no longer. May sleep, may be NULL.
 * @missed: whether it does not hold, and since when. In a round.
 * @enabled: whether it counts
 * @limit_ms: for how long it may be missed
 * @limit_ms_min: the least that this may be
 */
struct vigil_gate {
	const char *name;
	int (*open)(void);
	void (*close)(void);
	bool (*missed)(struct vigil_miss *miss, u64 now_ns);
	bool enabled;
	u32 limit_ms;
	u32 limit_ms_min;
};

/* In gate_cpus.c: */
int vigil_cpus_open(void);
void vigil_cpus_close(void);
bool vigil_cpus_missed(struct vigil_miss *miss, u64 now_ns);

/* In gate_vital.c: */
bool vigil_vital_missed(struct vigil_miss *miss, u64 now_ns);

/* In gate_keeper.c: */
bool vigil_keeper_missed(struct vigil_miss *miss, u64 now_ns);

/* In watchdog.c: */
bool vigil_device_missed(struct vigil_miss *miss, u64 now_ns);

struct vigil_gate *vigil_gate(enum vigil_watchdog_gate id);
int vigil_gates_open(void);
void vigil_gates_close(void);
enum vigil_watchdog_gate vigil_gates_missed(struct vigil_miss *miss, u64 now_ns);

#endif /* VIGIL_GATE_H */
