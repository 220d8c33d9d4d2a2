/* SPDX-License-Identifier: GPL-2.0 */
/* A new process, born in its cgroup. */
#ifndef VIGIL_AGENT_CLONE_H
#define VIGIL_AGENT_CLONE_H

#include <sys/types.h>

/**
 * clone_into - as fork(), with a pidfd for the parent.
 * @cgroup_fd: the child's cgroup, or -1 for that of the caller
 *
 * Return: the child's process ID, 0 in the child, or -1 with errno.
 */
pid_t clone_into(int *pidfd, int cgroup_fd);

#endif /* VIGIL_AGENT_CLONE_H */
