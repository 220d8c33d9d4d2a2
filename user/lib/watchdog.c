// SPDX-License-Identifier: GPL-2.0
/* Arming, disarming and reading the hardware watchdog; the names of its stages and gates. */
#include <errno.h>
#include <string.h>

#include "user/lib/handle.h"

static int arm(struct vigil *v, union vnl_request *rq, uint32_t timeout_s, int grace_ms,
	       struct vigil_watchdog_status *out)
{
	struct vigil_watchdog_status unwanted;

	if (timeout_s)
		mnl_attr_put_u32(&rq->nlh, VIGIL_A_WATCHDOG_TIMEOUT_S, timeout_s);
	if (grace_ms >= 0)
		mnl_attr_put_u32(&rq->nlh, VIGIL_A_WATCHDOG_GRACE_MS, (uint32_t)grace_ms);
	return vnl_handle_do(v, rq, vnl_parse_watchdog, out ?: &unwanted);
}

int vigil_watchdog_arm(struct vigil *v, const char *device, uint32_t timeout_s, int grace_ms,
		       struct vigil_watchdog_status *out)
{
	size_t len = device ? strnlen(device, VIGIL_DEVICE_LEN_MAX + 1) : 0;
	union vnl_request rq;

	if (len == 0 || len > VIGIL_DEVICE_LEN_MAX)
		return vnl_conn_explain(&v->ctl, -EINVAL, "the device needs a name that is not too long");
	vnl_request_init(&rq, VIGIL_CMD_WATCHDOG_ARM, VIGIL_FAMILY_VERSION);
	mnl_attr_put_strz(&rq.nlh, VIGIL_A_WATCHDOG_DEVICE, device);
	return arm(v, &rq, timeout_s, grace_ms, out);
}

int vigil_watchdog_arm_fd(struct vigil *v, int fd, uint32_t timeout_s, int grace_ms,
			  struct vigil_watchdog_status *out)
{
	union vnl_request rq;

	if (fd < 0)
		return vnl_conn_explain(&v->ctl, -EBADF, "a descriptor is no negative number");
	vnl_request_init(&rq, VIGIL_CMD_WATCHDOG_ARM, VIGIL_FAMILY_VERSION);
	mnl_attr_put_u32(&rq.nlh, VIGIL_A_WATCHDOG_FD, (uint32_t)fd);
	return arm(v, &rq, timeout_s, grace_ms, out);
}

int vigil_watchdog_disarm(struct vigil *v)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_WATCHDOG_DISARM, VIGIL_FAMILY_VERSION);
	return vnl_handle_do(v, &rq, NULL, NULL);
}

int vigil_watchdog_get(struct vigil *v, struct vigil_watchdog_status *out)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_WATCHDOG_GET, VIGIL_FAMILY_VERSION);
	return vnl_handle_do(v, &rq, vnl_parse_watchdog, out);
}

static const char *const stage_names[] = {
	[VIGIL_WATCHDOG_STAGE_DISARMED] = "disarmed",
	[VIGIL_WATCHDOG_STAGE_ARMED] = "armed",
	[VIGIL_WATCHDOG_STAGE_WARNING] = "warning",
	[VIGIL_WATCHDOG_STAGE_RECOVERED] = "recovered",
	[VIGIL_WATCHDOG_STAGE_BITE] = "bite",
};

static const char *const gate_names[] = {
	[VIGIL_WATCHDOG_GATE_NONE] = "none",
	[VIGIL_WATCHDOG_GATE_CPUS] = "cpus",
	[VIGIL_WATCHDOG_GATE_VITAL] = "vital",
	[VIGIL_WATCHDOG_GATE_DEVICE] = "device",
	[VIGIL_WATCHDOG_GATE_KEEPER] = "keeper",
};

#define NAME(names, i) ((i) < sizeof(names) / sizeof(*(names)) ? (names)[i] : "unknown")

const char *vigil_watchdog_stage_name(enum vigil_watchdog_stage stage)
{
	return NAME(stage_names, (unsigned int)stage);
}

const char *vigil_watchdog_gate_name(enum vigil_watchdog_gate gate)
{
	return NAME(gate_names, (unsigned int)gate);
}
