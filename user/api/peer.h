/* SPDX-License-Identifier: GPL-2.0 */
/* Who is at the other end of a Unix socket, and what that one may do. */
#ifndef VIGIL_API_PEER_H
#define VIGIL_API_PEER_H

#include <stdbool.h>
#include <sys/types.h>

enum api_role {
	API_STRANGER,		/* nothing */
	API_READER,		/* what changes nothing */
	API_ADMIN,		/* everything */
};

/** struct api_group - a group whose members have a role; @known is false where there is none. */
struct api_group {
	bool known;
	gid_t gid;
};

/** struct api_peer - as the kernel saw it when it connected. */
struct api_peer {
	uid_t uid;		/* -1: the kernel does not say */
	pid_t pid;
	enum api_role role;
};

/**
 * peer_look - who is there.
 *
 * Root, our own user and members (primary or supplementary) of @admins are admins; members of @readers are readers.
 */
void peer_look(int fd, const struct api_group *admins, const struct api_group *readers,
	       struct api_peer *peer);

#endif /* VIGIL_API_PEER_H */
