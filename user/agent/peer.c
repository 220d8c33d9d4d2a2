// SPDX-License-Identifier: GPL-2.0
/* Who is at the other end of a Unix socket, as the kernel says. */
#include "user/agent/peer.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static bool in_supplementary(int fd, gid_t gid)
{
	socklen_t len = 0, i;
	gid_t *groups;
	bool found = false;

	/* Asked with no room the kernel tells how much is needed. */
	getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &len);
	if (len == 0)
		return false;
	groups = malloc(len);
	if (!groups)
		return false;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == 0)
		for (i = 0; i < len / sizeof(*groups); i++)
			found |= groups[i] == gid;
	free(groups);
	return found;
}

bool peer_may_speak(int fd, bool has_group, gid_t gid)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return false;
	if (cred.uid == 0 || cred.uid == geteuid())
		return true;
	return has_group && (cred.gid == gid || in_supplementary(fd, gid));
}

void peer_who(int fd, uid_t *uid, pid_t *pid)
{
	struct ucred cred = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		cred = (struct ucred){ .uid = (uid_t)-1 };
	*uid = cred.uid;
	*pid = cred.pid;
}
