/* SPDX-License-Identifier: GPL-2.0 */
/* A new process, born in its cgroup. */
#ifndef VIGIL_AGENT_CLONE_H
#define VIGIL_AGENT_CLONE_H

#include <stddef.h>
#include <sys/types.h>

/**
 * clone_into - as fork(), with a pidfd for the parent.
 * @pidfd: set in the parent
 * @cgroup_fd: the child is born in this cgroup; -1: in that of the parent
 */
pid_t clone_into(int *pidfd, int cgroup_fd);

/**
 * clone_beside - as clone_into(), but the child shares the parent's memory until it executes a program or ends.
 * @stack, @stack_size: the child's; it begins with @fn, which does not return
 *
 * Both run at the same time: @fn may use @arg, its stack and system calls that leave errno alone (rawcall.h),
 * and the parent leaves these alone. What it takes does not grow with the parent's memory.
 *
 * Return: as clone_into(); -1 with ENOTSUP where it is not to be had.
 */
pid_t clone_beside(int *pidfd, int cgroup_fd, void *stack, size_t stack_size, void (*fn)(void *arg),
		   void *arg);

#endif /* VIGIL_AGENT_CLONE_H */
