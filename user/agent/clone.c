// SPDX-License-Identifier: GPL-2.0
/* A new process, born in its cgroup. */
#include "user/agent/clone.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct clone_args args_of(int *pidfd, int cgroup_fd)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
	};

	if (cgroup_fd >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup_fd;
	}
	return args;
}

pid_t clone_into(int *pidfd, int cgroup_fd)
{
	struct clone_args args = args_of(pidfd, cgroup_fd);

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

#ifdef __x86_64__
/* The child finds its registers as they were, but for the stack: nothing of the parent's may be popped. */
static long call_beside(struct clone_args *args, void (*fn)(void *arg), void *arg)
{
	register uintptr_t begin __asm__("r12") = (uintptr_t)fn;
	register uintptr_t with __asm__("r13") = (uintptr_t)arg;
	long result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r13, %%rdi\n\t"
			 "call *%%r12\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(result)
			 : "a"(SYS_clone3), "D"(args), "S"(sizeof(*args)), "r"(begin), "r"(with)
			 : "rcx", "r11", "memory");
	return result;
}
#else
static long call_beside(struct clone_args *args, void (*fn)(void *arg), void *arg)
{
	(void)args;
	(void)fn;
	(void)arg;
	return -ENOTSUP;
}
#endif

pid_t clone_beside(int *pidfd, int cgroup_fd, void *stack, size_t stack_size, void (*fn)(void *arg),
		   void *arg)
{
	struct clone_args args = args_of(pidfd, cgroup_fd);
	long pid;

	args.flags |= CLONE_VM;
	args.stack = (uintptr_t)stack;
	args.stack_size = stack_size & ~(size_t)15;
	pid = call_beside(&args, fn, arg);
	if (pid >= 0)
		return (pid_t)pid;
	errno = (int)-pid;
	return -1;
}
