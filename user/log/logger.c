// SPDX-License-Identifier: GPL-2.0
/*
 * vigil-log: the process that reads what jobs write.
 *
 * Each stream of each instance is a named pipe that the job itself holds open for reading, too: it
 * never breaks, whoever dies. vigild makes the pipes, this process finds them by their names. So
 * neither needs to be told of the other's death, and there is nothing to be handed over.
 */
#include "user/log/logger.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/base/loop.h"
#include "user/base/path.h"
#include "user/log/reader.h"

struct logger {
	struct loop loop;
	struct log_state *state;
	struct writer writer;
	struct reader reader;
	struct loop_timer tick;
	int agent_lock_fd;
	bool told;		/* to end: the next one may be of another version */
};

static bool vigild_runs(const struct logger *l)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return l->agent_lock_fd >= 0 && fcntl(l->agent_lock_fd, F_GETLK, &fl) == 0 &&
	       fl.l_type != F_UNLCK;
}

static void tick(void *arg)
{
	struct logger *l = arg;

	atomic_fetch_add(&l->state->beat, 1);
	reader_retry(&l->reader);
	if (!l->reader.n && !vigild_runs(l))
		loop_stop(&l->loop);
	loop_arm(&l->loop, &l->tick, clock_us() + LOG_TICK_US);
}

static bool after_turn(void *arg)
{
	struct logger *l = arg;

	return reader_turn(&l->reader);
}

static void on_signal(void *arg, int signo)
{
	struct logger *l = arg;

	(void)signo;
	l->told = true;
	loop_stop(&l->loop);
}

/* A record lock: it ends with the process, and says who holds it. */
static int take_lock(int dir_fd, const char *logs_dir)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = openat(dir_fd, LOGGER_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETLK, &fl))
		return errno == EACCES || errno == EAGAIN ? -EBUSY : -errno;
	if (ftruncate(fd, 0) || dprintf(fd, "%d %s %s\n", getpid(), VIGIL_VERSION, logs_dir) < 0)
		log_debug("cannot write the process ID: %s", strerror(errno));
	return 0;
}

static int set_up(struct logger *l, char **argv, const char *dir, int dir_fd)
{
	char path[PATH_MAX];
	int err = path_join(path, sizeof(path), argv[LOGGER_ARG_RUN], LOGGER_AGENT_LOCK, "");

	if (err)
		return err;
	l->agent_lock_fd = open(path, O_RDONLY | O_CLOEXEC);
	l->tick = (struct loop_timer){ .fn = tick, .arg = l };
	l->state = state_open(dir_fd, argv[LOGGER_ARG_BOOT_ID]);
	if (!l->state)
		return -errno;
	err = loop_begin(&l->loop, LOG_TIMERS_MAX, on_signal, after_turn, l);
	if (!err)
		err = writer_start(&l->writer, l->state, argv[LOGGER_ARG_LOGS]);
	if (!err)
		err = reader_open(&l->reader, &l->loop, &l->writer, l->state, dir_fd, dir);
	loop_arm(&l->loop, &l->tick, clock_us() + LOG_TICK_US);
	return err;
}

static int run(struct logger *l)
{
	int err = loop_run(&l->loop);

	if (err)
		log_error("the event loop failed: %s", strerror(-err));
	if (l->told)
		reader_yield(&l->reader);
	reader_close(&l->reader);
	writer_stop(&l->writer);
	loop_fini(&l->loop);
	state_close(l->state);
	return err ? LOGGER_EXIT_FAILURE : LOGGER_EXIT_OK;
}

/* As often as it is tried again, it is told once. */
static int fail_to_start(char **argv, const char *what, int err)
{
	log_line(argv[LOGGER_ARG_AGAIN][0] == '1' ? LOG_DEBUG : LOG_ERROR, "cannot %s: %s", what,
		 strerror(-err));
	return LOGGER_EXIT_FAILURE;
}

int logger_main(int argc, char **argv)
{
	static struct logger l;
	char dir[PATH_MAX];
	int dir_fd, err;

	prctl(PR_SET_NAME, LOGGER_NAME);
	if (argc != LOGGER_ARGS || path_join(dir, sizeof(dir), argv[LOGGER_ARG_RUN], LOGGER_DIR, ""))
		return LOGGER_EXIT_FAILURE;
	log_init(LOGGER_NAME, argv[LOGGER_ARG_DEBUG][0] == '1' ? LOG_DEBUG : LOG_NOTICE);
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return fail_to_start(argv, "open its directory", -errno);
	err = take_lock(dir_fd, argv[LOGGER_ARG_LOGS]);
	if (err == -EBUSY)
		return LOGGER_EXIT_DUPLICATE;
	if (!err)
		err = set_up(&l, argv, dir, dir_fd);
	if (err)
		return fail_to_start(argv, "set up", err);
	return run(&l);
}
