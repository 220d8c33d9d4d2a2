/* SPDX-License-Identifier: GPL-2.0 */
/* vigil-log: the process that reads what jobs write, and outlives vigild. */
#ifndef VIGIL_LOG_LOGGER_H
#define VIGIL_LOG_LOGGER_H

/* Its name, by which vigild runs itself as the logger. */
#define LOGGER_NAME "vigil-log"

/* In the run directory. */
#define LOGGER_DIR "log"
#define LOGGER_LOCK "lock"
#define LOGGER_AGENT_LOCK "vigild.lock"

enum logger_args {
	LOGGER_ARG_RUN = 1,
	LOGGER_ARG_LOGS,
	LOGGER_ARG_BOOT_ID,
	LOGGER_ARG_DEBUG,	/* "0" or "1" */
	LOGGER_ARG_AGAIN,	/* "1": one has failed before, and said why */
	LOGGER_ARGS,
};

enum logger_exit {
	LOGGER_EXIT_OK = 0,		/* nothing is left to do, or it was told to end */
	LOGGER_EXIT_FAILURE = 1,
	LOGGER_EXIT_DUPLICATE = 3,	/* another one runs on the run directory */
};

/**
 * logger_main - be the logger.
 *
 * It ends when no vigild runs and no job can write any more. Return: the exit status.
 */
int logger_main(int argc, char **argv);

#endif /* VIGIL_LOG_LOGGER_H */
