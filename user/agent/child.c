// SPDX-License-Identifier: GPL-2.0
/* The child's side of a start: wait at the gate, become the job. */
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
#include <sys/syscall.h>
#include <unistd.h>

static int gate_fd;	/* behind those that are passed */

/* Which of several a step failed at. The process is a copy of vigild of its own. */
static int failed_detail;

static void report(enum child_step step)
{
	struct child_report r = { .step = step, .error = errno, .detail = failed_detail };

	/* Nobody may be there to hear it; then the exit code has to do. */
	if (send(gate_fd, &r, sizeof(r), MSG_NOSIGNAL) < 0)
		errno = 0;
}

_Noreturn static void give_up(enum child_step step)
{
	report(step);
	_exit(CHILD_EXIT_NO_EXEC);
}

/* Put in place of vigild's own output, before all else is closed. */
static void take_pipes(const struct launch *l)
{
	int i;

	for (i = 0; i < OUTLETS; i++)
		if (l->pipes[i] >= 0)
			dup2(l->pipes[i], STDOUT_FILENO + i);
}

/*
 * Nothing else of vigild stays open: were a copy of another child's gate to live here, that child
 * would not notice the death of vigild. All are moved out of the way first, since one may have the number
 * that another is to get.
 */
static void keep_gate_and_passed(int gate, const struct passed_fds *passed)
{
	int n = passed ? (int)passed->n : 0, above = PASSED_FIRST + n + 1, i;
	int moved[PASSED_FDS_MAX + PASSED_UNNAMED_MAX];

	gate_fd = PASSED_FIRST + n;
	gate = fcntl(gate, F_DUPFD_CLOEXEC, above);
	for (i = 0; i < n; i++)
		moved[i] = fcntl(passed->list[i].fd, F_DUPFD_CLOEXEC, above);
	for (i = 0; i < n; i++)
		if (dup2(moved[i], PASSED_FIRST + i) < 0)
			_exit(CHILD_EXIT_GATE);
	if (dup3(gate, gate_fd, O_CLOEXEC) < 0)
		_exit(CHILD_EXIT_GATE);
	syscall(SYS_close_range, gate_fd + 1, ~0U, 0);
}

/*
 * Raw calls: the library keeps two signals to itself and refuses to touch them, but whoever
 * started vigild may have left them ignored.
 */
static void default_signals(void)
{
	/* The kernel's struct sigaction: SIG_DFL, no flags, no restorer, an empty mask. */
	static const unsigned long dfl[4];
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		syscall(SYS_rt_sigaction, sig, dfl, NULL, sizeof(dfl[3]));
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void wait_at_gate(void)
{
	char go;
	ssize_t n;

	do {
		n = read(gate_fd, &go, 1);
	} while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(CHILD_EXIT_GATE);
}

/* O_NONBLOCK: a FIFO nobody reads cannot hold the start. The job gets a plain descriptor. */
static int open_output(const char *path)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	int fd = open(path, flags, 0640);

	if (fd >= 0 && fcntl(fd, F_SETFL, O_APPEND) == 0)
		return fd;
	report(CHILD_STEP_OUTPUT);
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}

/* Of the pipes' own descriptors none is left by now: their copies are in place. */
static bool set_output(const struct launch *l)
{
	int out = l->output ? open_output(l->output) : open("/dev/null", O_WRONLY | O_CLOEXEC), i;

	for (i = 0; out >= 0 && i < OUTLETS; i++)
		if (l->pipes[i] < 0 && dup2(out, STDOUT_FILENO + i) < 0)
			return false;
	return out >= 0;
}

static int set_stdio(const struct launch *l)
{
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);

	return in < 0 || dup2(in, STDIN_FILENO) < 0 || !set_output(l);
}

static int set_nice(const struct launch *l)
{
	return l->set_nice && setpriority(PRIO_PROCESS, 0, l->nice);
}

static int set_scheduler(const struct launch *l)
{
	const struct sched_param param = { .sched_priority = l->priority };

	return l->set_scheduler && sched_setscheduler(0, l->scheduler, &param);
}

static int set_io_priority(const struct launch *l)
{
	return l->io_priority && syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, l->io_priority);
}

static int set_cpus(const struct launch *l)
{
	return l->cpus && sched_setaffinity(0, sizeof(*l->cpus), l->cpus);
}

static int set_oom_score(const struct launch *l)
{
	ssize_t len = (ssize_t)strlen(l->oom_score), n;
	int fd;

	if (!len)
		return 0;
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = write(fd, l->oom_score, (size_t)len);
	return n != len;
}

static int set_limits(const struct launch *l)
{
	int i;

	for (i = 0; i < RLIM_NLIMITS; i++) {
		if (!(l->rlimits_set & 1u << i) || !setrlimit((__rlimit_resource_t)i, &l->rlimits[i]))
			continue;
		failed_detail = i;
		return -1;
	}
	return 0;
}

/* Raw calls: the library's would signal other threads, and there are none. */
static int set_groups(const struct launch *l)
{
	return l->set_groups && syscall(SYS_setgroups, l->ngroups, l->groups);
}

static int set_gid(const struct launch *l)
{
	return l->set_gid && syscall(SYS_setresgid, l->gid, l->gid, l->gid);
}

static int drop_bounding(const struct launch *l)
{
	unsigned long cap;

	/* The kernel's last capability may be lower or higher than that of these headers. */
	for (cap = 0; l->set_capabilities && cap < 64; cap++) {
		if (l->capabilities & 1ull << cap || prctl(PR_CAPBSET_READ, cap, 0, 0, 0) != 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
			return -1;
	}
	return 0;
}

static int set_uid(const struct launch *l)
{
	if (!l->set_uid)
		return 0;
	if (l->set_capabilities && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(SYS_setresuid, l->uid, l->uid, l->uid);
}

static int set_capabilities(const struct launch *l)
{
	const uint32_t low = (uint32_t)l->capabilities, high = (uint32_t)(l->capabilities >> 32);
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[] = { { low, low, low }, { high, high, high } };
	unsigned long cap;

	if (!l->set_capabilities)
		return 0;
	if (syscall(SYS_capset, &head, data) || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -1;
	for (cap = 0; cap < 64; cap++)
		if (l->capabilities & 1ull << cap &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0))
			return -1;
	return 0;
}

static int change_directory(const struct launch *l)
{
	return chdir(l->directory);
}

static int set_no_new_privileges(const struct launch *l)
{
	return l->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* No more of the library than is safe here. */
static void write_pid(char *text)
{
	char digits[LAUNCH_PID_ROOM];
	size_t n = 0;
	pid_t pid = getpid();

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

static int execute(const struct launch *l)
{
	umask(l->umask);
	set_pid_env(l);
	return execve(l->argv[0], l->argv, l->envp);
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
	int (*take)(const struct launch *l);	/* not 0: failed, with errno */
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
	{ CHILD_STEP_EXEC, execute },
};

_Noreturn void child_run(const struct launch *l, int gate)
{
	size_t i;

	setsid();
	prctl(PR_SET_NAME, CHILD_COMM);
	take_pipes(l);
	keep_gate_and_passed(gate, l->passed);
	default_signals();
	wait_at_gate();
	umask(022);
	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i].take(l))
			give_up(steps[i].step);
	_exit(CHILD_EXIT_NO_EXEC);
}
