/* SPDX-License-Identifier: GPL-2.0 */
/* Every bound of the logger. */
#ifndef VIGIL_LOG_BOUNDS_H
#define VIGIL_LOG_BOUNDS_H

enum log_bounds {
	LOG_TEXT_MAX = 16384,			/* bytes of a line in one record */
	LOG_IN_MAX = 65536,			/* bytes taken from a pipe at once: what one holds */
	LOG_OUT_MAX = 131072,			/* bytes of records made of them */
	LOG_RING_SIZE = 4 << 20,		/* records that wait for the disk */
	LOG_JOBS = 16384,			/* slots, a power of two above the number of jobs */
	LOG_JOB_NAME_SIZE = 64,
	LOG_PARTS = 128,			/* unfinished lines that are kept */
	LOG_OPEN_MAX = 512,			/* log files open at once */
	LOG_PUMPS_PER_TURN = 64,
	LOG_TIMERS_MAX = 4,
	LOG_ROTATED_MAX = 1000,
	LOG_NOTICE_MAX = 160,
};

enum log_times {
	LOG_TICK_US = 1000 * 1000,
	LOG_STALL_US = 2 * 1000 * 1000,		/* jobs are held up no longer by a stuck disk */
};

#endif /* VIGIL_LOG_BOUNDS_H */
