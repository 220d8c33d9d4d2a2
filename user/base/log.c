// SPDX-License-Identifier: GPL-2.0
/* One line per event on stderr. */
#include "user/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const char *const level_names[] = {
	[LOG_ERROR] = "error: ",
	[LOG_WARNING] = "warning: ",
	[LOG_NOTICE] = "",
	[LOG_DEBUG] = "debug: ",
};

static struct {
	const char *name;
	enum log_level max;
} conf = { .name = "vigil", .max = LOG_NOTICE };

void log_init(const char *name, enum log_level max)
{
	conf.name = name;
	conf.max = max;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char line[LOG_LINE_MAX];
	int saved = errno;
	size_t len, i;
	va_list ap;
	int n;

	if (level > conf.max)
		return;
	n = snprintf(line, sizeof(line), "%s: %s", conf.name, level_names[level]);
	len = n > 0 && (size_t)n < sizeof(line) ? (size_t)n : 0;
	va_start(ap, fmt);
	n = vsnprintf(line + len, sizeof(line) - len, fmt, ap);
	va_end(ap);
	if (n > 0)
		len += (size_t)n;
	if (len > sizeof(line) - 1)
		len = sizeof(line) - 1;
	/* One event, one line, whatever a file or a peer put into the text. */
	for (i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = ' ';
	line[len++] = '\n';
	/* One write: lines of several processes do not mix. A full disk loses the line only. */
	if (write(STDERR_FILENO, line, len) < 0)
		errno = 0;
	errno = saved;
}
