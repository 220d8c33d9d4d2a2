/* SPDX-License-Identifier: GPL-2.0 */
/* System calls that leave errno alone, for a process that shares vigild's memory and with it its errno. */
#ifndef VIGIL_AGENT_RAWCALL_H
#define VIGIL_AGENT_RAWCALL_H

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/** raw_call - the result, or a negative errno. */
#ifdef __x86_64__
static inline long raw_call(long n, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = 0;
	long result;

	__asm__ volatile("syscall" : "=a"(result)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#else
/* Nothing is shared there: clone.c. */
static inline long raw_call(long n, long a, long b, long c, long d, long e)
{
	long result = syscall(n, a, b, c, d, e, 0);

	return result < 0 ? -errno : result;
}
#endif

#endif /* VIGIL_AGENT_RAWCALL_H */
