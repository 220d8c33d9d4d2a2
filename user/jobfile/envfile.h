/* SPDX-License-Identifier: GPL-2.0 */
/* Environment files: lines of NAME=VALUE, as systemd's EnvironmentFile= takes them. */
#ifndef VIGIL_JOBFILE_ENVFILE_H
#define VIGIL_JOBFILE_ENVFILE_H

#include <stddef.h>

/** struct env_error - @line counts from 1. */
struct env_error {
	unsigned int line;
	const char *text;
};

/* Takes one variable; @value is valid during the call. Returns 0, or a negative errno to give up with. */
typedef int (*env_fn)(void *arg, const char *name, const char *value);

/**
 * env_file_parse - tell every variable of a file, in its order.
 * @text: any bytes
 *
 * A line is NAME=VALUE, or blank, or begins with # or ;. The value may have parts in single quotes, which
 * mean what they hold, and in double quotes, in which a backslash stands before ", \, ` and $. A
 * backslash elsewhere stands before any byte, and before the end of a line joins it to the next
 * one. Quotes may hold lines. Blanks around the value are dropped unless they are quoted.
 *
 * Return: 0; -EINVAL with *err filled; -ENOMEM; what @fn returned.
 */
int env_file_parse(const char *text, size_t len, env_fn fn, void *arg, struct env_error *err);

#endif /* VIGIL_JOBFILE_ENVFILE_H */
