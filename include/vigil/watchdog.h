/* SPDX-License-Identifier: GPL-2.0 */
/* libvigil: the node's hardware watchdog. Include <vigil/vigil.h>, which says what holds for all calls. */
#ifndef LIBVIGIL_WATCHDOG_H
#define LIBVIGIL_WATCHDOG_H

#include <stdint.h>

#include <linux/vigil.h>

#include <vigil/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct vigil_watchdog - what the node's hardware watchdog has come to.
 * @stage: enum vigil_watchdog_stage
 * @gate: the gate that is missed; of an event "recovered", that was; VIGIL_WATCHDOG_GATE_NONE if none
 * @detail: the CPU that does not run, or the watch that is dead, as @gate has it
 * @timeout_s: the device resets the node if it is not petted for so long; 0 if none is armed
 * @reset_in_ms: the node is reset after at most this if nothing changes; 0 if no reset is due
 * @device: its name, such as "watchdog0"; "" if none is armed
 */
struct vigil_watchdog {
	enum vigil_watchdog_stage stage;
	enum vigil_watchdog_gate gate;
	uint64_t detail;
	uint32_t timeout_s;
	uint32_t reset_in_ms;
	char device[VIGIL_DEVICE_LEN_MAX + 1];
};

/**
 * struct vigil_watchdog_status - the node's hardware watchdog.
 * @now: what it has come to; its stage is never VIGIL_WATCHDOG_STAGE_RECOVERED
 * @grace_ms: petting goes on for so long after a warning
 * @interval_ms: it is petted at least so often; 0 if none is armed
 * @pets: pets since the module was loaded
 * @warnings: warnings since then
 * @recoveries: how many of these ended well
 */
struct vigil_watchdog_status {
	struct vigil_watchdog now;
	uint32_t grace_ms;
	uint32_t interval_ms;
	uint64_t pets;
	uint64_t warnings;
	uint64_t recoveries;
};

/**
 * vigil_watchdog_arm - have vigil.ko pet a hardware watchdog from now on, while its gates are met.
 * @device: the device file, such as "/dev/watchdog0", 1 to VIGIL_DEVICE_LEN_MAX bytes
 * @timeout_s: the device's timeout to set; 0 to leave it as it is
 * @grace_ms: for how long petting goes on after a warning; negative to leave it as it is
 * @out: what was armed, or NULL
 *
 * If a gate is missed for longer than its limit (/sys/kernel/vigil/watchdog/gates), there is a warning:
 * an event. If it is not met again within the grace, petting ends and the device resets the
 * node within its timeout. This needs CAP_SYS_ADMIN and the node's initial network namespace.
 *
 * Return: 0; -EPERM; -EBUSY if one is armed already, or somebody else has the device open; -ENODEV if
 * there is no such device; -EINVAL if it is no watchdog, or takes no such timeout, or the grace is
 * out of bounds; -EOPNOTSUPP if the device lacks what is needed.
 */
int vigil_watchdog_arm(struct vigil *v, const char *device, uint32_t timeout_s, int grace_ms,
		       struct vigil_watchdog_status *out);

/**
 * vigil_watchdog_arm_fd - the same with a device that the caller has opened, and set up as it likes.
 * @fd: stays the caller's, who should close it without further ado: vigil.ko holds the device
 *
 * Return: as vigil_watchdog_arm(); -EBADF if @fd is not open.
 */
int vigil_watchdog_arm_fd(struct vigil *v, int fd, uint32_t timeout_s, int grace_ms,
			  struct vigil_watchdog_status *out);

/**
 * vigil_watchdog_disarm - stop the device and pet it no more.
 *
 * Return: 0; -EPERM; -ENODEV if none is armed; -EBUSY if the device cannot be stopped ("nowayout"): it stays
 * armed.
 */
int vigil_watchdog_disarm(struct vigil *v);

/**
 * vigil_watchdog_get - read what the hardware watchdog has come to.
 */
int vigil_watchdog_get(struct vigil *v, struct vigil_watchdog_status *out);

/**
 * vigil_watchdog_stage_name - "disarmed", "armed", "warning", "recovered" or "bite".
 *
 * Return: a static string, "unknown" for any other value. Thread safe.
 */
const char *vigil_watchdog_stage_name(enum vigil_watchdog_stage stage);

/**
 * vigil_watchdog_gate_name - "none", "cpus", "vital" or "device".
 *
 * Return: a static string, "unknown" for any other value. Thread safe.
 */
const char *vigil_watchdog_gate_name(enum vigil_watchdog_gate gate);

#ifdef __cplusplus
}
#endif

#endif /* LIBVIGIL_WATCHDOG_H */
