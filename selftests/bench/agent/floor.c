// SPDX-License-Identifier: GPL-2.0
/* The floor: who restarts a program as fast as can be, and does nothing else. usage: floor PROGRAM */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	pid_t pid;

	if (argc != 2)
		return 2;
	for (;;) {
		pid = vfork();
		if (pid == 0) {
			execve(argv[1], argv + 1, environ);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) < 0) {
			perror("floor");
			return 1;
		}
	}
}
