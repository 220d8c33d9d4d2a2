/* SPDX-License-Identifier: GPL-2.0 */
/* Leases in words and as JSON. */
#ifndef CTL_LEASES_H
#define CTL_LEASES_H

#include <jansson.h>

#include <vigil/vigil.h>

/* As the netlink specification spells them; "unknown" for any other value. */
const char *lease_state_name(enum vigil_lease_state state);
const char *lease_stage_name(enum vigil_lease_stage stage);
const char *bond_state_name(enum vigil_bond_state state);
const char *bond_reach_name(enum vigil_bond_reach reach);

json_t *lease_json(const struct vigil_lease *l);
json_t *bond_json(const struct vigil_bond *b);

#endif /* CTL_LEASES_H */
