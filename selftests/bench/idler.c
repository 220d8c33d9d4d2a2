// SPDX-License-Identifier: GPL-2.0
/* A program that fills the MiB that it is told, closes its stdin, and waits to be killed. Linked statically. */
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

static int fill(size_t bytes)
{
	size_t at;
	char *mem;

	if (!bytes)
		return 0;
	mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		return -1;
	madvise(mem, bytes, MADV_NOHUGEPAGE);
	for (at = 0; at < bytes; at += PAGE_BYTES)
		mem[at] = 1;
	return 0;
}

int main(int argc, char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fill(argc > 1 ? strtoul(argv[1], NULL, 10) << 20 : 0))
		return 1;
	close(STDIN_FILENO);
	for (;;)
		pause();
}
