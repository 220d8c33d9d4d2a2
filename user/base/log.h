/* SPDX-License-Identifier: GPL-2.0 */
/* One line per event on stderr. */
#ifndef VIGIL_BASE_LOG_H
#define VIGIL_BASE_LOG_H

enum log_level {
	LOG_ERROR,
	LOG_WARNING,
	LOG_NOTICE,
	LOG_DEBUG,
};

enum { LOG_LINE_MAX = 1024 };

/** log_init - name the program in each line and drop lines above @max. @name must stay. */
void log_init(const char *name, enum log_level max);

/** log_line - write one line; never blocks on memory, never fails, keeps errno. */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_NOTICE, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif /* VIGIL_BASE_LOG_H */
