/* SPDX-License-Identifier: GPL-2.0 */
/* The log of one job: all its files, the oldest first, and what is added to them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "user/ctl/logfile.h"

#define NS_PER_S 1000000000ull

static FILE *open_number(const struct logfile *l, unsigned int n)
{
	char *path;
	FILE *f;

	if ((n ? asprintf(&path, "%s.%u", l->path, n) : asprintf(&path, "%s", l->path)) < 0)
		return NULL;
	f = fopen(path, "re");
	free(path);
	return f;
}

static bool same_file(FILE *a, FILE *b)
{
	struct stat x, y;

	return a && b && !fstat(fileno(a), &x) && !fstat(fileno(b), &y) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* Newest first. A file may take the next number between two of them: then it is met again. */
static void open_all(struct logfile *l)
{
	unsigned int n, missing = 0;
	FILE *f;

	for (n = 0; n < LOG_ROTATED_MAX && l->n < LOG_ROTATED_MAX && missing < 2; n++) {
		f = open_number(l, n);
		if (!f) {
			missing++;
			continue;
		}
		if (l->n && same_file(f, l->files[l->n - 1]))
			fclose(f);
		else
			l->files[l->n++] = f;
	}
}

static void reverse(struct logfile *l)
{
	size_t i;
	FILE *f;

	for (i = 0; i < l->n / 2; i++) {
		f = l->files[i];
		l->files[i] = l->files[l->n - 1 - i];
		l->files[l->n - 1 - i] = f;
	}
}

/* The length of a line without its newline, which is replaced; -1 if there is no whole line yet. */
static ssize_t read_line(struct logfile *l, FILE *f)
{
	off_t before = ftello(f);
	ssize_t len = getline(&l->line, &l->line_size, f);

	if (len > 0 && l->line[len - 1] == '\n') {
		l->line[len - 1] = '\0';
		return len - 1;
	}
	/* At the end, or where somebody is writing: read it again then. */
	clearerr(f);
	fseeko(f, before, SEEK_SET);
	return -1;
}

static void begin_anew(struct logfile *l, enum record_stream stream)
{
	free(l->joined[stream]);
	l->joined[stream] = NULL;
	l->joined_len[stream] = 0;
}

/* Adds a piece to those before it. False if there is no memory, or the line is too long. */
static bool join(struct logfile *l, const struct record *r)
{
	size_t len = l->joined_len[r->stream];
	char *joined = realloc(l->joined[r->stream], len + r->text_len + 1);

	if (!joined)
		return false;
	memcpy(joined + len, r->text, r->text_len);
	joined[len + r->text_len] = '\0';
	l->joined[r->stream] = joined;
	l->joined_len[r->stream] = len + r->text_len;
	return l->joined_len[r->stream] < LOGFILE_LINE_MAX;
}

/* Whether @r completes a line, which it then is. */
static bool complete(struct logfile *l, struct record *r)
{
	bool more = r->whole && !l->joined_len[r->stream] ? true : join(l, r);

	if (!r->whole && more)
		return false;
	if (l->joined_len[r->stream]) {
		r->text = l->joined[r->stream];
		r->text_len = l->joined_len[r->stream];
	}
	return true;
}

/* The text of the line given out last. */
static void forget_last(struct logfile *l)
{
	int i;

	for (i = 0; i < RECORD_STREAMS; i++)
		if (l->joined[i] && l->record.text == l->joined[i])
			begin_anew(l, (enum record_stream)i);
	l->record.text = NULL;
}

static bool next_in(struct logfile *l, FILE *f)
{
	struct record r;
	ssize_t len;

	forget_last(l);
	while ((len = read_line(l, f)) >= 0) {
		if (record_parse(l->line, (size_t)len, &r) || !complete(l, &r))
			continue;
		l->record = r;
		if (r.realtime_ns >= l->since_ns)
			return true;
		forget_last(l);
	}
	return false;
}

static size_t count_lines(struct logfile *l, FILE *f)
{
	size_t n = 0;
	int i;

	while (next_in(l, f))
		n++;
	rewind(f);
	for (i = 0; i < RECORD_STREAMS; i++)
		begin_anew(l, (enum record_stream)i);
	return n;
}

/* All lines are older than those asked for, if the file was last written before. */
static bool is_too_old(const struct logfile *l, FILE *f)
{
	struct stat st;

	return !fstat(fileno(f), &st) && (uint64_t)st.st_mtim.tv_sec + 1 < l->since_ns / NS_PER_S;
}

/* From the newest file back, and past the first line wanted: it may have begun in an older file. */
static void skip_to(struct logfile *l, size_t last)
{
	size_t i = l->n, n = 0;

	if (last == SIZE_MAX)
		return;
	while (i > 0 && n <= last)
		n += count_lines(l, l->files[--i]);
	l->at = i;
	for (; n > last; n--)
		logfile_next(l);
	l->ready = false;
}

int logfile_open(struct logfile *l, const char *job, const char *path, uint64_t since_ns, size_t last)
{
	memset(l, 0, sizeof(*l));
	l->job = job;
	l->since_ns = since_ns;
	l->path = strdup(path);
	if (!l->path)
		return -1;
	open_all(l);
	if (!l->n)
		return -1;
	reverse(l);
	while (l->at + 1 < l->n && is_too_old(l, l->files[l->at]))
		l->at++;
	skip_to(l, last);
	return 0;
}

void logfile_close(struct logfile *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		fclose(l->files[i]);
	for (i = 0; i < RECORD_STREAMS; i++)
		free(l->joined[i]);
	free(l->line);
	free(l->path);
}

/* The one that was begun when the newest that we have was left: rotated since, perhaps several times. */
static FILE *successor(const struct logfile *l, FILE *of)
{
	FILE *newer = NULL, *f;
	unsigned int n, missing = 0;

	for (n = 0; n < LOG_ROTATED_MAX && missing < 2; n++) {
		f = open_number(l, n);
		missing += !f;
		if (!f)
			continue;
		if (same_file(f, of)) {
			fclose(f);
			return newer;
		}
		if (newer)
			fclose(newer);
		newer = f;
	}
	return newer;
}

/* Whether a file that was emptied in place is to be read from its new beginning. */
static bool begins_anew(FILE *f)
{
	struct stat st;

	if (fstat(fileno(f), &st) || st.st_size >= ftello(f))
		return false;
	rewind(f);
	return true;
}

static bool move_on(struct logfile *l)
{
	FILE *newest = l->files[l->n - 1], *f;

	if (l->at + 1 < l->n) {
		l->at++;
		return true;
	}
	if (begins_anew(newest))
		return true;
	f = successor(l, newest);
	if (!f)
		return false;
	/* All that it has got until it was left: it may have got more since we looked. */
	if (next_in(l, newest)) {
		fclose(f);
		l->ready = true;
		return true;
	}
	fclose(newest);
	l->files[l->n - 1] = f;
	return true;
}

bool logfile_next(struct logfile *l)
{
	l->ready = false;
	do {
		if (next_in(l, l->files[l->at]))
			l->ready = true;
	} while (!l->ready && move_on(l));
	return l->ready;
}
