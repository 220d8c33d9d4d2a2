// SPDX-License-Identifier: GPL-2.0
/* The lines of a log file. */
#include "user/log/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000ull

static const char *const stream_names[RECORD_STREAMS] = {
	[RECORD_STDOUT] = "stdout",
	[RECORD_STDERR] = "stderr",
	[RECORD_VIGIL] = "vigil",
};

const char *record_stream_name(enum record_stream stream)
{
	return stream_names[stream];
}

void record_stamp(char *out, uint64_t realtime_ns)
{
	time_t s = (time_t)(realtime_ns / NS_PER_S);
	char whole[RECORD_STAMP_LEN + 1] = "";
	struct tm tm;

	/* Four digits of the year: until 2554 there are no others in 64 bits of nanoseconds. */
	if (gmtime_r(&s, &tm))
		strftime(whole, sizeof(whole), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, RECORD_STAMP_LEN + 1, "%.19s.%09lluZ", whole,
		 (unsigned long long)(realtime_ns % NS_PER_S));
}

size_t record_prefix(char *out, const char *stamp, enum record_stream stream, bool whole)
{
	size_t len = strlen(stream_names[stream]);
	char *at = out;

	memcpy(at, stamp, RECORD_STAMP_LEN);
	at += RECORD_STAMP_LEN;
	*at++ = ' ';
	memcpy(at, stream_names[stream], len);
	at += len;
	*at++ = ' ';
	*at++ = whole ? 'F' : 'P';
	*at++ = ' ';
	return (size_t)(at - out);
}

/* Exactly @n digits. -1 if there are others. */
static long digits(const char *text, int n)
{
	long value = 0;

	while (n--) {
		if (*text < '0' || *text > '9')
			return -1;
		value = value * 10 + (*text++ - '0');
	}
	return value;
}

static const char stamp_form[] = "dddd-dd-ddTdd:dd:dd.dddddddddZ";

static bool has_form(const char *text)
{
	size_t i;

	for (i = 0; i < RECORD_STAMP_LEN; i++)
		if (stamp_form[i] != 'd' && text[i] != stamp_form[i])
			return false;
	return true;
}

static int parse_stamp(const char *text, uint64_t *realtime_ns)
{
	long year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
	long hour = digits(text + 11, 2), min = digits(text + 14, 2), s = digits(text + 17, 2);
	long ns = digits(text + 20, 9);
	struct tm tm = {
		.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day,
		.tm_hour = (int)hour, .tm_min = (int)min, .tm_sec = (int)s,
	};

	if (!has_form(text) || year < 1970 || year > 2500 || month < 1 || month > 12 || day < 1 ||
	    day > 31 || hour < 0 || hour > 23 || min < 0 || min > 59 || s < 0 || s > 60 || ns < 0)
		return -EINVAL;
	*realtime_ns = (uint64_t)timegm(&tm) * NS_PER_S + (uint64_t)ns;
	return 0;
}

static int parse_stream(const char *text, size_t len, struct record *r)
{
	int i;

	for (i = 0; i < RECORD_STREAMS; i++) {
		if (strlen(stream_names[i]) == len && memcmp(text, stream_names[i], len) == 0) {
			r->stream = (enum record_stream)i;
			return 0;
		}
	}
	return -EINVAL;
}

int record_parse(const char *line, size_t len, struct record *r)
{
	const char *end = line + len, *stream = line + RECORD_STAMP_LEN + 1, *tag;

	if (len < RECORD_STAMP_LEN + 2 || line[RECORD_STAMP_LEN] != ' ' ||
	    parse_stamp(line, &r->realtime_ns))
		return -EINVAL;
	tag = memchr(stream, ' ', (size_t)(end - stream));
	if (!tag || parse_stream(stream, (size_t)(tag - stream), r))
		return -EINVAL;
	tag++;
	if (end - tag < 2 || (*tag != 'F' && *tag != 'P') || tag[1] != ' ')
		return -EINVAL;
	r->whole = *tag == 'F';
	r->text = tag + 2;
	r->text_len = (size_t)(end - r->text);
	return 0;
}
