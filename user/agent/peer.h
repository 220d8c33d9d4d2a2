/* SPDX-License-Identifier: GPL-2.0 */
/* Who is at the other end of a Unix socket. */
#ifndef VIGIL_AGENT_PEER_H
#define VIGIL_AGENT_PEER_H

#include <stdbool.h>
#include <sys/types.h>

/** peer_may_speak - root, our own user, or a member of @gid (primary or supplementary). */
bool peer_may_speak(int fd, bool has_group, gid_t gid);

/** peer_who - as the kernel saw it when it connected; user -1 if it does not say. */
void peer_who(int fd, uid_t *uid, pid_t *pid);

#endif /* VIGIL_AGENT_PEER_H */
