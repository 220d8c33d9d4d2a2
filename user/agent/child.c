// SPDX-License-Identifier: GPL-2.0
/*
 * The child's side of a start: wait at the gate, become the job.
 *
 * It may share vigild's memory, at the same time: so it writes to nothing but its stack and what its
 * launch lends it for that, and no call of the library is made that sets errno.
 */
#include "user/agent/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "user/agent/rawcall.h"

#define CALL_5(n, a, b, c, d, e, ...) \
	raw_call(SYS_##n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define CALL(n, ...) CALL_5(n, __VA_ARGS__, 0, 0, 0, 0, 0)

/** struct child - what it knows of itself. */
struct child {
	const struct launch *launch;
	int gate;		/* behind those that are passed */
	int detail;		/* which of several a step failed at */
};

_Noreturn static void leave(int code)
{
	for (;;)
		CALL(exit_group, code);
}

/* Nobody may be there to hear it; then the exit code has to do. */
static void report(const struct child *c, enum child_step step, long err)
{
	const struct child_report r = { .step = step, .error = (int)-err, .detail = c->detail };

	CALL(sendto, c->gate, &r, sizeof(r), MSG_NOSIGNAL, NULL);
}

static void wait_at_gate(const struct child *c)
{
	char go;
	long n;

	do {
		n = CALL(read, c->gate, &go, 1);
	} while (n == -EINTR);
	if (n != 1)
		leave(CHILD_EXIT_GATE);
}

/* Put in place of vigild's own output, before all else is closed. */
static void take_pipes(const struct launch *l)
{
	int i;

	for (i = 0; i < OUTLETS; i++)
		if (l->pipes[i] >= 0)
			CALL(dup3, l->pipes[i], STDOUT_FILENO + i, 0);
}

/*
 * Nothing else of vigild stays open: were a copy of another child's gate to live here, that child
 * would not notice the death of vigild. All are moved out of the way first, since one may have the number
 * that another is to get.
 */
static void keep_gate_and_passed(struct child *c, int gate)
{
	const struct passed_fds *passed = c->launch->passed;
	int n = passed ? (int)passed->n : 0, above = PASSED_FIRST + n + 1, i;
	int moved[PASSED_FDS_MAX + PASSED_UNNAMED_MAX];

	c->gate = PASSED_FIRST + n;
	gate = (int)CALL(fcntl, gate, F_DUPFD_CLOEXEC, above);
	for (i = 0; i < n; i++)
		moved[i] = (int)CALL(fcntl, passed->list[i].fd, F_DUPFD_CLOEXEC, above);
	for (i = 0; i < n; i++)
		if (CALL(dup3, moved[i], PASSED_FIRST + i, 0) < 0)
			leave(CHILD_EXIT_GATE);
	if (CALL(dup3, gate, c->gate, O_CLOEXEC) < 0)
		leave(CHILD_EXIT_GATE);
	CALL(close_range, c->gate + 1, ~0U, 0);
}

/*
 * Whoever started vigild may have left signals ignored, also the two that the library keeps to itself. Handlers
 * end with the execution of the program.
 */
static void default_signals(void)
{
	/* The kernel's struct sigaction: SIG_DFL, no flags, no restorer, an empty mask. */
	const unsigned long dfl[4] = { 0 }, none = 0;
	unsigned long old[4];
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		if (!CALL(rt_sigaction, sig, NULL, old, sizeof(none)) &&
		    old[0] == (unsigned long)SIG_IGN)
			CALL(rt_sigaction, sig, dfl, NULL, sizeof(none));
	CALL(rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
}

/* O_NONBLOCK: a FIFO nobody reads cannot hold the start. The job gets a plain descriptor. */
static long open_output(const struct child *c, const char *path)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	long fd = CALL(openat, AT_FDCWD, path, flags, 0640), err = fd;

	if (fd >= 0)
		err = CALL(fcntl, fd, F_SETFL, O_APPEND);
	if (err >= 0)
		return fd;
	report(c, CHILD_STEP_OUTPUT, err);
	return CALL(openat, AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC);
}

/* Of the pipes' own descriptors none is left by now: their copies are in place. */
static long set_output(const struct child *c)
{
	const struct launch *l = c->launch;
	long out, err = 0;
	int i;

	if (l->pipes[0] >= 0 && l->pipes[1] >= 0)
		return 0;
	out = l->output ? open_output(c, l->output) :
			  CALL(openat, AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC);
	for (i = 0; out >= 0 && err >= 0 && i < OUTLETS; i++)
		if (l->pipes[i] < 0)
			err = CALL(dup3, out, STDOUT_FILENO + i, 0);
	return out < 0 ? out : err < 0 ? err : 0;
}

static long set_stdio(struct child *c)
{
	long in = CALL(openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC), err;

	if (in < 0)
		return in;
	err = in == STDIN_FILENO ? CALL(fcntl, in, F_SETFD, 0) : CALL(dup3, in, STDIN_FILENO, 0);
	return err < 0 ? err : set_output(c);
}

static long set_nice(struct child *c)
{
	return c->launch->set_nice ? CALL(setpriority, PRIO_PROCESS, 0, c->launch->nice) : 0;
}

static long set_scheduler(struct child *c)
{
	const struct sched_param param = { .sched_priority = c->launch->priority };

	return c->launch->set_scheduler ? CALL(sched_setscheduler, 0, c->launch->scheduler, &param) : 0;
}

static long set_io_priority(struct child *c)
{
	int priority = c->launch->io_priority;

	return priority ? CALL(ioprio_set, IOPRIO_WHO_PROCESS, 0, priority) : 0;
}

static long set_cpus(struct child *c)
{
	const cpu_set_t *cpus = c->launch->cpus;

	return cpus ? CALL(sched_setaffinity, 0, sizeof(*cpus), cpus) : 0;
}

static long set_oom_score(struct child *c)
{
	long len, n, fd;

	/* A child that shares vigild's memory has none to set, and a sanitizer has its own strlen(). */
	if (!c->launch->oom_score[0])
		return 0;
	len = (long)strlen(c->launch->oom_score);
	fd = CALL(openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fd;
	n = CALL(write, fd, c->launch->oom_score, len);
	return n < 0 ? n : n == len ? 0 : -EIO;
}

static long set_limits(struct child *c)
{
	const struct launch *l = c->launch;
	long err;
	int i;

	for (i = 0; i < RLIM_NLIMITS; i++) {
		if (!(l->rlimits_set & 1u << i))
			continue;
		err = CALL(prlimit64, 0, i, &l->rlimits[i], NULL);
		if (!err)
			continue;
		c->detail = i;
		return err;
	}
	return 0;
}

static long set_groups(struct child *c)
{
	const struct launch *l = c->launch;

	return l->set_groups ? CALL(setgroups, l->ngroups, l->groups) : 0;
}

static long set_gid(struct child *c)
{
	const struct launch *l = c->launch;

	return l->set_gid ? CALL(setresgid, l->gid, l->gid, l->gid) : 0;
}

static long drop_bounding(struct child *c)
{
	const struct launch *l = c->launch;
	long cap, err = 0;

	/* The kernel's last capability may be lower or higher than that of these headers. */
	for (cap = 0; l->set_capabilities && !err && cap < 64; cap++)
		if (!(l->capabilities & 1ull << cap) && CALL(prctl, PR_CAPBSET_READ, cap) == 1)
			err = CALL(prctl, PR_CAPBSET_DROP, cap);
	return err;
}

static long set_uid(struct child *c)
{
	const struct launch *l = c->launch;
	long err = 0;

	if (!l->set_uid)
		return 0;
	if (l->set_capabilities)
		err = CALL(prctl, PR_SET_KEEPCAPS, 1);
	return err ? err : CALL(setresuid, l->uid, l->uid, l->uid);
}

static long set_capabilities(struct child *c)
{
	const struct launch *l = c->launch;
	const uint32_t low = (uint32_t)l->capabilities, high = (uint32_t)(l->capabilities >> 32);
	const struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct data[] = { { low, low, low }, { high, high, high } };
	long cap, err;

	if (!l->set_capabilities)
		return 0;
	err = CALL(capset, &head, data);
	if (!err)
		err = CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL);
	for (cap = 0; !err && cap < 64; cap++)
		if (l->capabilities & 1ull << cap)
			err = CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap);
	return err;
}

static long change_directory(struct child *c)
{
	return CALL(chdir, c->launch->directory);
}

static long set_no_new_privileges(struct child *c)
{
	return c->launch->no_new_privileges ? CALL(prctl, PR_SET_NO_NEW_PRIVS, 1) : 0;
}

/* No more of the library than is safe here. */
static void write_pid(char *text)
{
	char digits[LAUNCH_PID_ROOM];
	size_t n = 0;
	long pid = CALL(getpid, 0);

	for (; pid; pid /= 10)
		digits[n++] = (char)('0' + pid % 10);
	while (n)
		*text++ = digits[--n];
	*text = '\0';
}

static void set_pid_env(const struct launch *l)
{
	int i;

	for (i = 0; i < LAUNCH_PID_ENV_MAX && l->pid_env[i]; i++)
		write_pid(l->pid_env[i]);
}

/*
 * The order matters. The output is opened as vigild's user. Priorities, the OOM score and limits may
 * be raised with vigild's capabilities only: before the identity goes. The groups go before the
 * user, who may change no groups; so does the bounding set, for which CAP_SETPCAP is needed. To
 * leave user 0 empties the permitted set unless it is told to stay, and the effective and the
 * ambient set always: they are made after that. The ambient set needs the permitted and the
 * inheritable one. no_new_privs is last: it never hinders what was done on purpose before it.
 */
static const struct {
	enum child_step step;
	long (*take)(struct child *c);	/* 0 or a negative errno */
} steps[] = {
	{ CHILD_STEP_STDIN, set_stdio },
	{ CHILD_STEP_NICE, set_nice },
	{ CHILD_STEP_SCHEDULER, set_scheduler },
	{ CHILD_STEP_IO_PRIORITY, set_io_priority },
	{ CHILD_STEP_CPUS, set_cpus },
	{ CHILD_STEP_OOM_SCORE, set_oom_score },
	{ CHILD_STEP_LIMITS, set_limits },
	{ CHILD_STEP_GROUPS, set_groups },
	{ CHILD_STEP_GID, set_gid },
	{ CHILD_STEP_BOUNDING, drop_bounding },
	{ CHILD_STEP_UID, set_uid },
	{ CHILD_STEP_CAPABILITIES, set_capabilities },
	{ CHILD_STEP_DIRECTORY, change_directory },
	{ CHILD_STEP_NO_NEW_PRIVILEGES, set_no_new_privileges },
};

_Noreturn static void give_up(const struct child *c, enum child_step step, long err)
{
	report(c, step, err);
	leave(CHILD_EXIT_NO_EXEC);
}

/* All but the program itself needs no permission: vigild makes this process known meanwhile. */
static void take_steps(struct child *c)
{
	long err = 0;
	size_t i;

	CALL(umask, 022);
	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		err = steps[i].take(c);
		if (err)
			break;
	}
	CALL(umask, c->launch->umask);
	set_pid_env(c->launch);
	wait_at_gate(c);
	if (err)
		give_up(c, steps[i].step, err);
}

_Noreturn void child_run(const struct launch *l, int gate)
{
	struct child c = { .launch = l };

	CALL(setsid, 0);
	CALL(prctl, PR_SET_NAME, CHILD_COMM);
	take_pipes(l);
	keep_gate_and_passed(&c, gate);
	default_signals();
	take_steps(&c);
	give_up(&c, CHILD_STEP_EXEC, CALL(execve, l->argv[0], l->argv, l->envp));
}

void child_begin(void *arg)
{
	const struct child_start *start = arg;

	child_run(&start->launch, start->gate);
}
