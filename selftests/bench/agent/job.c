// SPDX-License-Identifier: GPL-2.0
/*
 * The job that is killed: no library, no start-up code. Its first instructions ask for the time; then it tells the
 * board, in the slot whose number is the last part of its working directory, and waits for its end.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include "selftests/bench/agent/board.h"

#ifndef __x86_64__
#error "the job makes its system calls for x86-64"
#endif

/* The stack holds the time when run() is called, 16 bytes below what the kernel left. */
__asm__(".globl _start\n"
	"_start:\n"
	"	sub $16, %rsp\n"
	"	mov $228, %eax\n"	/* clock_gettime */
	"	mov $1, %edi\n"		/* CLOCK_MONOTONIC */
	"	mov %rsp, %rsi\n"
	"	syscall\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call run\n");

_Noreturn void run(const struct timespec *first);

static long call(long n, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall" : "=a"(result)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
}

static long map(long fd)
{
	register long r10 __asm__("r10") = MAP_SHARED;
	register long r8 __asm__("r8") = fd;
	register long r9 __asm__("r9") = 0;
	long result;

	__asm__ volatile("syscall" : "=a"(result)
			 : "a"(SYS_mmap), "D"(0), "S"(BOARD_SLOTS * sizeof(struct slot)),
			   "d"(PROT_READ | PROT_WRITE), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static unsigned int own_number(void)
{
	char path[4096];
	long len = call(SYS_getcwd, (long)path, sizeof(path), 0, 0);
	unsigned int n = 0;
	const char *p;

	if (len < 2)
		return 0;
	for (p = path + len - 1; p > path && p[-1] != '/'; p--)
		;
	for (; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (unsigned int)(*p - '0');
	return n < BOARD_SLOTS ? n : 0;
}

_Noreturn void run(const struct timespec *first)
{
	unsigned int n = own_number();
	long fd = call(SYS_open, (long)BOARD_NAME, O_RDWR, 0, 0);
	struct slot *board = (struct slot *)map(fd);

	if (fd < 0 || (unsigned long)board > -4096ul || !n)
		call(SYS_exit, 1, 0, 0, 0);
	board[n].pid = (int32_t)call(SYS_getpid, 0, 0, 0, 0);
	board[n].first_ns = (uint64_t)first->tv_sec * 1000000000u + (uint64_t)first->tv_nsec;
	__atomic_fetch_add(&board[n].starts, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&board[0].starts, 1, __ATOMIC_SEQ_CST);
	call(SYS_futex, (long)&board[0].starts, FUTEX_WAKE, 1, 0);
	for (;;)
		call(SYS_pause, 0, 0, 0, 0);
}
