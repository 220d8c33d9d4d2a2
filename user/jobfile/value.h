/* SPDX-License-Identifier: GPL-2.0 */
/* What one word of a job file means: numbers, durations, sizes, signals, names. */
#ifndef JOBFILE_VALUE_H
#define JOBFILE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/jobfile/suggest.h"

enum value_result {
	VALUE_OK,
	VALUE_NOT_A_NUMBER,	/* or one with a unit where none belongs */
	VALUE_NO_UNIT,
	VALUE_BAD_UNIT,
	VALUE_TOO_BIG,		/* for 64 bits */
};

enum value_result value_number(const char *text, uint64_t *out);

/* Microseconds, from "100ms"; units us, ms, s, min, h. */
enum value_result value_duration(const char *text, uint64_t *out);

/* Bytes, from "64M"; units K, M, G, T of 1024, or none. */
enum value_result value_size(const char *text, uint64_t *out);

/* The number of "TERM", "SIGTERM", "RTMIN+3" or "15"; 0 if there is no such signal. */
int value_signal(const char *text, struct suggestion *meant);

/* A user's or group's name, or its number. */
bool value_is_account(const char *text);

/* A name of an environment variable. */
bool value_is_variable(const char *text);

/* A job's name. */
bool value_is_job_name(const char *text);

/* The largest unit that writes the value without a fraction, for messages. */
struct written {
	char text[24];
};

struct written write_number(uint64_t n);
struct written write_duration(uint64_t us);
struct written write_size(uint64_t bytes);

#endif /* JOBFILE_VALUE_H */
