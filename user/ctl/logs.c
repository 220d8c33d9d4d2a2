/* SPDX-License-Identifier: GPL-2.0 */
/* vigil logs */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "user/ctl/daemon.h"
#include "user/ctl/death.h"
#include "user/ctl/logfile.h"
#include "user/ctl/moment.h"
#include "user/ctl/say.h"
#include "user/ctl/wait.h"

enum { LOGS_JOBS_MAX = 100 };

/* What is shown: each job's log, merged by time. */
struct logs {
	const struct ctl_args *args;
	struct logfile *files;
	size_t n;
	uint64_t since_ns;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* The path of a job's log, as vigild or --dir says; free() it. */
static int find_log(const struct ctl_args *args, const char *job, char **path)
{
	const char *file = NULL;
	json_t *answer, *log;
	int status;

	*path = NULL;
	if (args->dir)
		return asprintf(path, "%s/%s.log", args->dir, job) < 0 ? CTL_FAILED : CTL_OK;
	status = daemon_ask(args, "status", job, DAEMON_SOON, &answer);
	if (status != CTL_OK)
		return status;
	log = json_object_get(json_array_get(json_object_get(answer, "jobs"), 0), "log");
	file = json_string_value(json_object_get(log, "file"));
	if (file && json_is_integer(json_object_get(log, "lines"))) {
		*path = strdup(file);
	} else {
		complain("job \"%s\" writes to %s as it likes: look there", job, file ? file : "?");
		status = CTL_FAILED;
	}
	json_decref(answer);
	return status == CTL_OK && !*path ? CTL_FAILED : status;
}

static int open_log(struct logs *s, const char *job)
{
	size_t last = s->args->lines < 0 ? SIZE_MAX : (size_t)s->args->lines;
	char *path;
	int status = find_log(s->args, job, &path), err = 0;

	if (status != CTL_OK)
		return status;
	if (logfile_open(&s->files[s->n], job, path, s->since_ns, last)) {
		err = errno;
		complain("cannot read the log of \"%s\", %s: %s", job, path,
			 err == ENOENT ? "nothing has been written yet" : strerror(err));
		logfile_close(&s->files[s->n]);
	}
	free(path);
	if (!err)
		s->n++;
	return !err ? CTL_OK : err == ENOENT ? CTL_NOT_FOUND : err == EACCES ? CTL_DENIED : CTL_FAILED;
}

/* JSON is UTF-8: what is none becomes a replacement character for each byte. */
static json_t *text_json(const char *text, size_t len)
{
	json_t *value = json_stringn(text, len);
	char *clean, *to;
	size_t i;

	if (value)
		return value;
	clean = malloc(3 * len + 1);
	for (i = 0, to = clean; clean && i < len; i++) {
		if ((unsigned char)text[i] < 0x80)
			*to++ = text[i];
		else
			to = mempcpy(to, "\xef\xbf\xbd", 3);
	}
	value = clean ? json_stringn(clean, (size_t)(to - clean)) : NULL;
	free(clean);
	return value;
}

static void print_object(const struct logfile *l)
{
	char stamp[RECORD_STAMP_LEN + 1];

	record_stamp(stamp, l->record.realtime_ns);
	print_json_line(json_pack("{s:s, s:s, s:s, s:o}", "job", l->job, "time", stamp,
				  "stream", record_stream_name(l->record.stream),
				  "text", text_json(l->record.text, l->record.text_len)));
}

/* A NUL would end the string: it is shown as other control characters are. */
static void print_bytes(const char *text, size_t len)
{
	const char *end = text + len, *nul;

	while (text < end) {
		nul = memchr(text, '\0', (size_t)(end - text));
		say("%.*s", (int)((nul ? nul : end) - text), text);
		if (nul)
			fputs("\\x00", stdout);
		text = nul ? nul + 1 : end;
	}
}

static void print_line(const struct logs *s, const struct logfile *l)
{
	static const enum colour colours[RECORD_STREAMS] = {
		[RECORD_STDERR] = RED, [RECORD_VIGIL] = YELLOW,
	};
	enum colour c = colours[l->record.stream];

	say("%s ", moment_of(l->record.realtime_ns).text);
	if (s->n > 1)
		say("%s ", l->job);
	if (l->record.stream == RECORD_VIGIL)
		say("vigil: ");
	fputs(colour_on(c), stdout);
	print_bytes(l->record.text, l->record.text_len);
	fputs(colour_off(c), stdout);
	putchar('\n');
}

/* The log whose next line is the oldest; NULL if none has one. */
static struct logfile *oldest(const struct logs *s)
{
	struct logfile *first = NULL, *l;
	size_t i;

	for (i = 0; i < s->n; i++) {
		l = &s->files[i];
		if (!l->ready && !logfile_next(l))
			continue;
		if (!first || l->record.realtime_ns < first->record.realtime_ns)
			first = l;
	}
	return first;
}

static int print_all(const struct logs *s)
{
	struct logfile *l;

	while ((l = oldest(s))) {
		if (s->args->json)
			print_object(l);
		else
			print_line(s, l);
		l->ready = false;
		if (ferror(stdout))
			return CTL_FAILED;
	}
	return CTL_OK;
}

static int watch_folders(const struct logs *s, int fd)
{
	char folder[PATH_MAX];
	char *slash;
	size_t i;

	for (i = 0; i < s->n; i++) {
		snprintf(folder, sizeof(folder), "%s", s->files[i].path);
		slash = strrchr(folder, '/');
		if (slash)
			*slash = '\0';
		if (inotify_add_watch(fd, slash ? folder : ".", IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
			return -1;
	}
	return 0;
}

static void drain(int fd)
{
	char buf[16384];

	while (read(fd, buf, sizeof(buf)) > 0)
		;
}

/* Drained before it is read: what comes in between is news once more. */
static int follow(const struct logs *s)
{
	struct pollfd fds[3] = { { .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .events = POLLIN } };
	enum wait_result w;
	int status;

	if (fds[0].fd < 0 || watch_folders(s, fds[0].fd)) {
		complain("cannot wait for more: %s", strerror(errno));
		return CTL_FAILED;
	}
	status = print_all(s);
	while (status == CTL_OK) {
		w = wait_for(fds, 1);
		if (w != WAIT_READY) {
			status = wait_status(w);
			break;
		}
		drain(fds[0].fd);
		status = print_all(s);
	}
	close(fds[0].fd);
	return status;
}

static int show(struct logs *s)
{
	int status = CTL_OK;
	size_t i;

	for (i = 0; i < s->args->n && status == CTL_OK; i++)
		status = open_log(s, s->args->operands[i]);
	if (status == CTL_OK)
		status = s->args->follow ? follow(s) : print_all(s);
	for (i = 0; i < s->n; i++)
		logfile_close(&s->files[i]);
	return status;
}

static int run(const struct ctl_args *args)
{
	struct logs s = { .args = args };
	int status;

	if (args->since_text && moment_parse(args->since_text, now_ns(), &s.since_ns)) {
		complain("--since takes \"now\", a time ago, as 10min, or a time, as \"2026-11-26 22:18\", "
			 "not \"%s\"", args->since_text);
		return CTL_USAGE;
	}
	if (args->follow && wait_prepare()) {
		complain("cannot wait for more: %s", strerror(errno));
		return CTL_FAILED;
	}
	s.files = calloc(args->n, sizeof(*s.files));
	if (!s.files) {
		complain("out of memory");
		return CTL_FAILED;
	}
	status = show(&s);
	free(s.files);
	return status;
}

const struct ctl_command cmd_logs = {
	.name = "logs",
	.operands = "JOB...",
	.summary = "Show what jobs have written",
	.help = "Prints the lines of each JOB's log, rotated files included, those of several jobs in the\n"
		"order of time; then ends unless told to follow. Standard error is red on a terminal, and what\n"
		"vigil itself has to say of the log begins with \"vigil:\". With -o json each line is an object.\n"
		"The log is read from its files, where vigild says that they are; needs the right to read\n"
		"them.\n",
	.options = CTL_FOLLOW | CTL_LINES | CTL_SINCE_TIME | CTL_DIR | CTL_OUTPUT | CTL_SOCKET,
	.min = 1,
	.max = LOGS_JOBS_MAX,
	.run = run,
};
