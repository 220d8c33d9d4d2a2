// SPDX-License-Identifier: GPL-2.0
/* Users and groups by name or number. */
#include "user/agent/account.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <stdlib.h>

bool account_is_number(const char *text)
{
	return isdigit((unsigned char)text[0]);
}

const struct passwd *account_find(const char *user)
{
	if (account_is_number(user))
		return getpwuid((uid_t)strtoul(user, NULL, 10));
	return getpwnam(user);
}

int account_uid(const char *user, uid_t *uid)
{
	const struct passwd *pw;

	if (account_is_number(user)) {
		*uid = (uid_t)strtoul(user, NULL, 10);
		return 0;
	}
	pw = getpwnam(user);
	if (pw)
		*uid = pw->pw_uid;
	return pw ? 0 : -ENOENT;
}

int account_gid(const char *group, gid_t *gid)
{
	const struct group *gr;

	if (account_is_number(group)) {
		*gid = (gid_t)strtoul(group, NULL, 10);
		return 0;
	}
	gr = getgrnam(group);
	if (gr)
		*gid = gr->gr_gid;
	return gr ? 0 : -ENOENT;
}
