// SPDX-License-Identifier: GPL-2.0
/* The hardware watchdog's part of vigil.ko's messages. Pure. */
#include <errno.h>
#include <string.h>

#include "user/lib/parse.h"

static const struct vnl_attr_rule state_rules[VIGIL_A_WATCHDOG_STATE_MAX + 1] = {
	[VIGIL_A_WATCHDOG_STATE_STAGE] = VNL_NUMBER(struct vigil_watchdog, stage),
	[VIGIL_A_WATCHDOG_STATE_GATE] = VNL_NUMBER(struct vigil_watchdog, gate),
	[VIGIL_A_WATCHDOG_STATE_DETAIL] = VNL_NUMBER(struct vigil_watchdog, detail),
	[VIGIL_A_WATCHDOG_STATE_DEVICE] = VNL_STRING(struct vigil_watchdog, device),
	[VIGIL_A_WATCHDOG_STATE_TIMEOUT_S] = VNL_NUMBER(struct vigil_watchdog, timeout_s),
	[VIGIL_A_WATCHDOG_STATE_RESET_IN_MS] = VNL_NUMBER(struct vigil_watchdog, reset_in_ms),
};

/* What a reply is read into. VIGIL_A_WATCHDOG_FD, _DEVICE and _TIMEOUT_S are for requests alone. */
struct message {
	struct vigil_watchdog_status status;
	const struct nlattr *state;
};

static const struct vnl_attr_rule rules[VIGIL_A_WATCHDOG_MAX + 1] = {
	[VIGIL_A_WATCHDOG_STATE] = VNL_KEPT(struct message, state),
	[VIGIL_A_WATCHDOG_GRACE_MS] = VNL_NUMBER(struct message, status.grace_ms),
	[VIGIL_A_WATCHDOG_INTERVAL_MS] = VNL_NUMBER(struct message, status.interval_ms),
	[VIGIL_A_WATCHDOG_PETS] = VNL_NUMBER(struct message, status.pets),
	[VIGIL_A_WATCHDOG_WARNINGS] = VNL_NUMBER(struct message, status.warnings),
	[VIGIL_A_WATCHDOG_RECOVERIES] = VNL_NUMBER(struct message, status.recoveries),
};

int vnl_parse_watchdog_state(const struct nlattr *nest, struct vigil_watchdog *out)
{
	const uint64_t needed = VNL_SEEN(VIGIL_A_WATCHDOG_STATE_STAGE) |
				VNL_SEEN(VIGIL_A_WATCHDOG_STATE_GATE);
	uint64_t seen;

	memset(out, 0, sizeof(*out));
	if (vnl_attrs_read_nested(nest, state_rules, VIGIL_A_WATCHDOG_STATE_MAX, out, &seen) ||
	    (seen & needed) != needed)
		return -EPROTO;
	return 0;
}

int vnl_parse_watchdog(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	struct message m = { .state = NULL };
	uint64_t seen;

	if (vnl_parse_cmd(nlh, cmd, rules, VIGIL_A_WATCHDOG_MAX, &m, &seen) || !m.state ||
	    vnl_parse_watchdog_state(m.state, &m.status.now))
		return -EPROTO;
	*(struct vigil_watchdog_status *)out = m.status;
	return 0;
}
