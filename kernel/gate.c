// SPDX-License-Identifier: GPL-2.0
/* The gates: what must hold, or the hardware watchdog is petted no more. */
#include <linux/kernel.h>

#include "gate.h"
#include "limits.h"

/* The first of several that are missed is the one that is told. */
static struct vigil_gate gates[] = {
	[VIGIL_WATCHDOG_GATE_CPUS] = {
		.name = "cpus",
		.open = vigil_cpus_open,
		.close = vigil_cpus_close,
		.missed = vigil_cpus_missed,
		.enabled = true,
		.limit_ms = VIGIL_GATE_CPUS_LIMIT_MS,
		.limit_ms_min = VIGIL_GATE_CPUS_LIMIT_MS_MIN,
	},
	[VIGIL_WATCHDOG_GATE_VITAL] = {
		.name = "vital",
		.missed = vigil_vital_missed,
		.enabled = true,
		.limit_ms = VIGIL_GATE_VITAL_LIMIT_MS,
	},
	[VIGIL_WATCHDOG_GATE_DEVICE] = {
		.name = "device",
		.missed = vigil_device_missed,
		.enabled = true,
		.limit_ms = VIGIL_GATE_DEVICE_LIMIT_MS,
	},
	[VIGIL_WATCHDOG_GATE_KEEPER] = {
		.name = "keeper",
		.missed = vigil_keeper_missed,
		.enabled = true,
		.limit_ms = VIGIL_GATE_KEEPER_LIMIT_MS,
	},
};

/* Entry 0 is none: VIGIL_WATCHDOG_GATE_NONE. */
static_assert(VIGIL_WATCHDOG_GATE_NONE == 0);

/**
 * vigil_gate - a gate by its number
 * @id: the number
 *
 * Return: the gate, or NULL if there is none.
 */
struct vigil_gate *vigil_gate(enum vigil_watchdog_gate id)
{
	return id < ARRAY_SIZE(gates) && gates[id].name ? &gates[id] : NULL;
}

static void close_below(unsigned int id)
{
	while (id--)
		if (gates[id].close)
			gates[id].close();
}

/**
 * vigil_gates_open - begin to look
 *
 * Context: process context, may sleep.
 * Return: 0 or an error; then none is open.
 */
int vigil_gates_open(void)
{
	unsigned int id;
	int err;

	for (id = 0; id < ARRAY_SIZE(gates); id++) {
		err = gates[id].open ? gates[id].open() : 0;
		if (err) {
			close_below(id);
			return err;
		}
	}
	return 0;
}

void vigil_gates_close(void)
{
	close_below(ARRAY_SIZE(gates));
}

static bool overdue(const struct vigil_gate *gate, struct vigil_miss *miss, u64 now_ns)
{
	u64 limit_ns = (u64)READ_ONCE(gate->limit_ms) * NSEC_PER_MSEC;

	return gate->missed && READ_ONCE(gate->enabled) && gate->missed(miss, now_ns) &&
	       now_ns > miss->since_ns + limit_ns;
}

/**
 * vigil_gates_missed - look at all gates
 * @miss: gets what is missed
 * @now_ns: now, CLOCK_MONOTONIC
 *
 * Context: process context; the gates are open.
 * Return: the first gate that was missed for longer than it may be, or VIGIL_WATCHDOG_GATE_NONE.
 */
enum vigil_watchdog_gate vigil_gates_missed(struct vigil_miss *miss, u64 now_ns)
{
	unsigned int id;

	for (id = 0; id < ARRAY_SIZE(gates); id++)
		if (overdue(&gates[id], miss, now_ns))
			return id;
	*miss = (struct vigil_miss) { };
	return VIGIL_WATCHDOG_GATE_NONE;
}
