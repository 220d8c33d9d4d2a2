// SPDX-License-Identifier: GPL-2.0
/* Who is at the other end of a Unix socket, as the kernel says. */
#include "user/api/peer.h"

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

static bool is_in(int fd, const struct ucred *cred, const struct api_group *group)
{
	return group->known && (cred->gid == group->gid || in_supplementary(fd, group->gid));
}

void peer_look(int fd, const struct api_group *admins, const struct api_group *readers,
	       struct api_peer *peer)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	*peer = (struct api_peer){ .uid = (uid_t)-1, .role = API_STRANGER };
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return;
	peer->uid = cred.uid;
	peer->pid = cred.pid;
	if (cred.uid == 0 || cred.uid == geteuid() || is_in(fd, &cred, admins))
		peer->role = API_ADMIN;
	else if (is_in(fd, &cred, readers))
		peer->role = API_READER;
}
