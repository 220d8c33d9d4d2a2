/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lines of a log file: "TIME STREAM TAG TEXT", the form that container runtimes write (CRI).
 *
 * TIME is in UTC with nine digits of the second. TAG is F for a full line, or the last piece of
 * one, and P for a piece of a line that goes on in the next record of its stream.
 */
#ifndef VIGIL_LOG_RECORD_H
#define VIGIL_LOG_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_stream {
	RECORD_STDOUT,
	RECORD_STDERR,
	RECORD_VIGIL,		/* the logger's own */
	RECORD_STREAMS,
};

enum {
	RECORD_STAMP_LEN = 30,		/* 2026-11-26T22:18:05.123456789Z */
	RECORD_PREFIX_MAX = RECORD_STAMP_LEN + 10,
};

/** struct record - one line of a log file; @text is where it was in the line. */
struct record {
	uint64_t realtime_ns;
	enum record_stream stream;
	bool whole;
	const char *text;
	size_t text_len;
};

const char *record_stream_name(enum record_stream stream);

/** record_stamp - the time as RECORD_STAMP_LEN bytes and a NUL. */
void record_stamp(char *out, uint64_t realtime_ns);

/** record_prefix - all that stands before the text. Returns its length; no NUL. */
size_t record_prefix(char *out, const char *stamp, enum record_stream stream, bool whole);

/**
 * record_parse - read a line without its newline.
 *
 * Return: 0, or -EINVAL if it is no record.
 */
int record_parse(const char *line, size_t len, struct record *r);

#endif /* VIGIL_LOG_RECORD_H */
