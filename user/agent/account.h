/* SPDX-License-Identifier: GPL-2.0 */
/* Users and groups by name or number. */
#ifndef VIGIL_AGENT_ACCOUNT_H
#define VIGIL_AGENT_ACCOUNT_H

#include <pwd.h>
#include <stdbool.h>
#include <sys/types.h>

bool account_is_number(const char *text);

/** account_find - the account of a user, in static memory; NULL if there is none. */
const struct passwd *account_find(const char *user);

/** account_uid, account_gid - 0 or -ENOENT. A number needs no account. */
int account_uid(const char *user, uid_t *uid);
int account_gid(const char *group, gid_t *gid);

#endif /* VIGIL_AGENT_ACCOUNT_H */
