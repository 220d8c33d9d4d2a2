// SPDX-License-Identifier: GPL-2.0
/* Writes so many numbered lines of 80 bytes, as fast as they are taken. usage: producer NUMBER */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	unsigned long n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0, i;

	for (i = 0; i < n; i++)
		printf("%010lu the quick brown fox jumps over the lazy dog and goes on to the next one\n", i);
	return !n || fflush(stdout) ? 1 : 0;
}
