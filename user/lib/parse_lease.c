// SPDX-License-Identifier: GPL-2.0
/* vigil.ko's messages about leases: any bytes in, a value or -EPROTO out. Pure. */
#include <errno.h>
#include <string.h>

#include "user/lib/attr.h"
#include "user/lib/parse.h"

static const struct vnl_attr_rule event_rules[VIGIL_A_LEASE_EVENT_MAX + 1] = {
	[VIGIL_A_LEASE_EVENT_NAME] = VNL_STRING(struct vigil_lease_event, name),
	[VIGIL_A_LEASE_EVENT_EPOCH] = VNL_NUMBER(struct vigil_lease_event, epoch),
	[VIGIL_A_LEASE_EVENT_STAGE] = VNL_NUMBER(struct vigil_lease_event, stage),
	[VIGIL_A_LEASE_EVENT_TIMER_LATE] = VNL_NUMBER(struct vigil_lease_event, timer_late_ns),
	[VIGIL_A_LEASE_EVENT_KILL_LATE] = VNL_NUMBER(struct vigil_lease_event, kill_late_ns),
};

static const struct vnl_attr_rule lease_rules[VIGIL_A_LEASE_MAX + 1] = {
	[VIGIL_A_LEASE_NAME] = VNL_STRING(struct vigil_lease, name),
	[VIGIL_A_LEASE_EPOCH] = VNL_NUMBER(struct vigil_lease, epoch),
	[VIGIL_A_LEASE_DEADLINE] = VNL_NUMBER(struct vigil_lease, deadline_ns),
	[VIGIL_A_LEASE_STATE] = VNL_NUMBER(struct vigil_lease, state),
	[VIGIL_A_LEASE_LIVING] = VNL_NUMBER(struct vigil_lease, living),
	[VIGIL_A_LEASE_DEAD] = VNL_NUMBER(struct vigil_lease, dead),
	[VIGIL_A_LEASE_CGROUPS] = VNL_NUMBER(struct vigil_lease, cgroups),
};

static const struct vnl_attr_rule bond_rules[VIGIL_A_LEASE_MAX + 1] = {
	[VIGIL_A_LEASE_NAME] = VNL_STRING(struct vigil_bond, lease),
	[VIGIL_A_LEASE_WATCH_ID] = VNL_NUMBER(struct vigil_bond, watch_id),
	[VIGIL_A_LEASE_PID] = VNL_NUMBER(struct vigil_bond, pid),
	[VIGIL_A_LEASE_REACH] = VNL_NUMBER(struct vigil_bond, reach),
	[VIGIL_A_LEASE_BOND_STATE] = VNL_NUMBER(struct vigil_bond, state),
};

int vnl_parse_lease_event(const struct nlattr *nest, struct vigil_lease_event *out)
{
	const uint64_t needed = VNL_SEEN(VIGIL_A_LEASE_EVENT_NAME) |
				VNL_SEEN(VIGIL_A_LEASE_EVENT_EPOCH) |
				VNL_SEEN(VIGIL_A_LEASE_EVENT_STAGE);
	uint64_t seen;

	if (vnl_attrs_read_nested(nest, event_rules, VIGIL_A_LEASE_EVENT_MAX, out, &seen))
		return -EPROTO;
	return (seen & needed) == needed ? 0 : -EPROTO;
}

int vnl_parse_lease(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	const uint64_t needed = VNL_SEEN(VIGIL_A_LEASE_NAME) | VNL_SEEN(VIGIL_A_LEASE_EPOCH) |
				VNL_SEEN(VIGIL_A_LEASE_DEADLINE) | VNL_SEEN(VIGIL_A_LEASE_STATE) |
				VNL_SEEN(VIGIL_A_LEASE_LIVING);
	uint64_t seen;

	memset(out, 0, sizeof(struct vigil_lease));
	if (vnl_parse_cmd(nlh, cmd, lease_rules, VIGIL_A_LEASE_MAX, out, &seen))
		return -EPROTO;
	return (seen & needed) == needed ? 0 : -EPROTO;
}

int vnl_parse_bond(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	const uint64_t needed = VNL_SEEN(VIGIL_A_LEASE_NAME) | VNL_SEEN(VIGIL_A_LEASE_WATCH_ID) |
				VNL_SEEN(VIGIL_A_LEASE_REACH) | VNL_SEEN(VIGIL_A_LEASE_BOND_STATE);
	uint64_t seen;

	memset(out, 0, sizeof(struct vigil_bond));
	if (vnl_parse_cmd(nlh, cmd, bond_rules, VIGIL_A_LEASE_MAX, out, &seen))
		return -EPROTO;
	return (seen & needed) == needed ? 0 : -EPROTO;
}
