/* SPDX-License-Identifier: GPL-2.0 */
/* Processes made to die, and what the rest of the kernel knows of them. */
#ifndef SELFTESTS_KERNEL_VICTIM_H
#define SELFTESTS_KERNEL_VICTIM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct record;
struct rusage;

/* The victim's ends of its two pipes. */
struct ends {
	int go;
	int tell;
};

/* What a victim does; its return value becomes the exit code. */
typedef int (*life_fn)(const struct ends *ends, void *arg);

struct victim {
	pid_t pid;
	int pidfd;
	int go;
	int told;
	uint64_t start_ticks;
};

/* The process is killed with its parent. Returns 0 or a negative errno. */
int victim_start(struct victim *v, life_fn life, void *arg);
/* Closes the descriptors, kills and reaps what is left. */
void victim_end(struct victim *v);
void victim_go(const struct victim *v);
/* Waits for one int from the victim; -1 if it died without. */
int victim_told(const struct victim *v);
/* Reaps; returns the wait status or -errno. */
int victim_reap(struct victim *v, struct rusage *usage);
/* Waits for the death and leaves the zombie. */
int victim_await_zombie(const struct victim *v);

/* For use in a life. */
void life_await_go(const struct ends *ends);
void life_tell(const struct ends *ends, int value);

/* Lives: wait for go, then exit with *(int *)arg; wait for a signal for ever. */
int life_exit(const struct ends *ends, void *arg);
int life_pause(const struct ends *ends, void *arg);

int pidfd_open_raw(pid_t pid, unsigned int flags);
uint64_t proc_start_ticks(pid_t pid);
void proc_comm(pid_t pid, char *comm, int len);
char proc_thread_state(pid_t pid, pid_t tid);
/* Polls, because procfs tells no one when a thread becomes a zombie. */
bool proc_await_thread_state(pid_t pid, pid_t tid, char state);

uint64_t clock_ns(int clock);

/* NULL if the record tells what wait4() told, else what differs. */
const char *record_differs(const struct record *r, int status, const struct rusage *usage);

#endif /* SELFTESTS_KERNEL_VICTIM_H */
