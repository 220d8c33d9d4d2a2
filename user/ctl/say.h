/* SPDX-License-Identifier: GPL-2.0 */
/* What the command says: messages, colours, and text that cannot steer a terminal. */
#ifndef CTL_SAY_H
#define CTL_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum colour { PLAIN, GREEN, YELLOW, RED, BOLD };

/* "vigil: ..." on stderr: what failed, why, what to do. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Like printf() to stdout; control characters of the result, but for newlines, are shown as \xNN. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Writes out what was said. Returns @status, or CTL_FAILED if that could not be done. */
int say_end(int status);

/* Whether anyone can still read; writes out what was said. */
bool say_flush(void);

/* The sequences that begin and end a colour: "" unless stdout is a terminal that wants them. */
const char *colour_on(enum colour c);
const char *colour_off(enum colour c);

/* @text without control characters and broken UTF-8, which become \xNN; free() it. Newlines stay if @lines. */
char *clean_text(const char *text, bool lines);

/* Characters of a clean text. */
size_t text_width(const char *text);

/* "12.3s", "3m 10s", "2h 5m", "3d 4h" */
struct span {
	char text[24];
};

struct span span_of(double seconds);

/* Local date and time with milliseconds. */
struct moment {
	char text[40];
};

struct moment moment_of(uint64_t realtime_ns);

#endif /* CTL_SAY_H */
