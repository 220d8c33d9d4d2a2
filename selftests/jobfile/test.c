/* SPDX-License-Identifier: GPL-2.0 */
/* Job files: every error in its place, every value as it was meant. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "selftests/jobfile/cases.h"
#include "user/jobfile/jobfile.h"

static const struct jobfile_cases * const all_cases[] = {
	&cases_accepted,
	&cases_keys,
	&cases_words,
	&cases_numbers,
	&cases_text,
	&cases_foretell,
	&cases_ready,
	&cases_process,
	&cases_replicas,
	&cases_sockets,
	&cases_depend,
	&cases_standby,
};

static unsigned int test_nr, test_failed;

static void result(bool ok, const char *name)
{
	printf("%sok %u %s\n", ok ? "" : "not ", ++test_nr, name);
	test_failed += !ok;
}

static void append(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *buf, size_t size, const char *fmt, ...)
{
	size_t n = strlen(buf);
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf + n, size - n, fmt, args);
	va_end(args);
}

static void print_list(char *buf, size_t size, const char *name, char *const *list)
{
	append(buf, size, " %s=", name);
	for (; *list; list++)
		append(buf, size, "[%s]", *list);
}

/* Where it is not as it is by default. */
static void print_ready(char *buf, size_t size, const struct job_ready *r)
{
	if (r->how || r->start_timeout_us != 90000000 || r->access)
		append(buf, size, " ready=%d/%" PRIu64 " access=%d", r->how, r->start_timeout_us,
		       r->access);
	if (r->pid_file)
		append(buf, size, " pid-file=%s", r->pid_file);
	if (r->watchdog_us || r->beat || r->on_hang)
		append(buf, size, " watchdog=%" PRIu64 "/%d hang=%d", r->watchdog_us, r->beat,
		       r->on_hang);
	if (r->reload_signal)
		append(buf, size, " reload=%d", r->reload_signal);
	if (r->reload_argv)
		print_list(buf, size, "reload", r->reload_argv);
	if (r->fd_store_max)
		append(buf, size, " fds=%" PRIu64, r->fd_store_max);
}

static void print_probe(char *buf, size_t size, const struct job_probe *p)
{
	if (!p->given)
		return;
	if (p->argv)
		print_list(buf, size, "probe", p->argv);
	else if (p->http.url)
		append(buf, size, " probe=%s/%u", p->http.url, p->http.status);
	else if (p->unix_path)
		append(buf, size, " probe=%s", p->unix_path);
	else
		append(buf, size, " probe=tcp/%d", p->tcp.ss_family);
	if (p->http.headers)
		print_list(buf, size, "headers", p->http.headers);
	append(buf, size, " %" PRIu64 "/%" PRIu64 " %u/%u %" PRIu64 " %d", p->interval_us,
	       p->timeout_us, p->failures, p->successes, p->delay_us, p->liveness);
}

static void print_condition(char *buf, size_t size, int kind, const struct job_condition *c)
{
	append(buf, size, " %d:%u%%/%" PRIu64 "/%d", kind, c->percent, c->for_us, c->action);
	if (c->full)
		append(buf, size, ":full");
	if (c->path)
		append(buf, size, ":%s", c->path);
	if (c->bytes)
		append(buf, size, "<%" PRIu64, c->bytes);
	if (c->window_us)
		append(buf, size, ":%" PRIu64 "/%" PRIu64, c->window_us, c->horizon_us);
}

static void print_foretell(char *buf, size_t size, const struct job_foretell *f)
{
	int kind;

	if (!f)
		return;
	append(buf, size, " foretell=%" PRIu64 "/%" PRIu64 "/%u", f->interval_us, f->spacing_us,
	       f->at_once);
	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		if (f->conditions[kind].given)
			print_condition(buf, size, kind, &f->conditions[kind]);
}

static void print_ends(char *buf, size_t size, const char *name, const struct job_ends *ends)
{
	const char *before = name;
	int i;

	for (i = 0; i <= JOB_CODE_MAX; i++) {
		if (!(ends->codes[i / 64] >> i % 64 & 1))
			continue;
		append(buf, size, "%s%d", before, i);
		before = ",";
	}
	for (i = 1; i <= 64; i++) {
		if (!(ends->signals >> (i - 1) & 1))
			continue;
		append(buf, size, "%ss%d", before, i);
		before = ",";
	}
}

static void print_refs(char *buf, size_t size, const char *name, const struct job_refs *refs)
{
	size_t i;

	for (i = 0; i < refs->n; i++)
		append(buf, size, "%s%s", i ? "," : name, refs->list[i].name);
}

static void print_commands(char *buf, size_t size, const char *name, const char *dashed,
			   const struct job_commands *commands)
{
	size_t i;

	for (i = 0; i < commands->n; i++)
		print_list(buf, size, commands->list[i].ignore_failure ? dashed : name,
			   commands->list[i].argv);
}

/* Only what is given. */
static void print_supervision(char *buf, size_t size, const struct job_spec *s)
{
	const struct job_group *team = s->team;

	print_ends(buf, size, " success=", &s->success_exit);
	print_ends(buf, size, " prevent=", &s->restart_prevent);
	print_ends(buf, size, " force=", &s->restart_force);
	if (s->on_limit)
		append(buf, size, " on-limit=%d", s->on_limit);
	print_refs(buf, size, " after=", &s->after);
	print_refs(buf, size, " requires=", &s->requires);
	print_refs(buf, size, " binds-to=", &s->binds_to);
	if (s->on_dependency)
		append(buf, size, " on-dependency=%d/%d", s->on_dependency, s->dependency_signal);
	if (team)
		append(buf, size, " group=%s/%u/%d/%u/%" PRIu64, team->name, s->team_place,
		       team->strategy, team->restarts_max, team->restarts_window_us);
	print_commands(buf, size, "pre", "-pre", &s->pre_start);
	print_commands(buf, size, "post", "-post", &s->post_stop);
	if (s->command_timeout_us != 90000000)
		append(buf, size, " timeout=%" PRIu64, s->command_timeout_us);
	if (s->standby || s->singleton || s->takeover_signal)
		append(buf, size, " standby=%" PRIu64 "/%d/%d", s->standby, s->singleton,
		       s->takeover_signal);
}

static void print_log(char *buf, size_t size, const struct job_log *l)
{
	append(buf, size, " log=%" PRIu64 "*%" PRIu64 " rate=%" PRIu64 "/%" PRIu64, l->max_size,
	       l->max_files, l->rate_max, l->rate_within_us);
	append(buf, size, " out=%d err=%d journald=%d syslog=%d", l->out, l->err, l->journald,
	       l->syslog);
}

static void print_spec(char *buf, size_t size, const struct job_spec *s)
{
	char process[1024] = "";

	append(buf, size, "%s", s->name);
	print_list(buf, size, "argv", s->argv);
	print_list(buf, size, "env", s->env);
	append(buf, size, " user=%s group=%s directory=%s output=%s", s->user ? s->user : "-",
	       s->group ? s->group : "-", s->directory, s->output ? s->output : "-");
	append(buf, size, " restart=%d backoff=%" PRIu64 "..%" PRIu64 " healthy=%" PRIu64,
	       s->restart, s->backoff_initial_us, s->backoff_max_us, s->healthy_after_us);
	append(buf, size, " limit=%u/%" PRIu64 " stop=%d/%" PRIu64 " autostart=%d",
	       s->restarts_max, s->restarts_window_us, s->stop_signal, s->stop_timeout_us,
	       s->autostart);
	append(buf, size, " memory=%" PRIu64 " nofile=%" PRIu64, s->memory_max, s->nofile_max);
	if (s->core_set)
		append(buf, size, " core=%" PRIu64, s->core_max);
	if (s->log.line)
		print_log(buf, size, &s->log);
	print_supervision(buf, size, s);
	print_ready(buf, size, &s->ready);
	print_probe(buf, size, &s->probe);
	print_foretell(buf, size, s->foretell);
	print_process(process, sizeof(process), s);
	append(buf, size, "%s\n", process);
}

/* The outcome as text: a line for each spec, or one for each error. */
static int outcome(const char *text, size_t len, char *buf, size_t size)
{
	struct job_file f;
	int ret = job_file_parse(text, len, &f);
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < f.nspecs; i++)
		print_spec(buf, size, &f.specs[i]);
	for (i = 0; i < f.nerrors; i++)
		append(buf, size, "%u:%u: %s\n", f.errors[i].line, f.errors[i].column,
		       f.errors[i].text);
	job_file_free(&f);
	return ret;
}

static void show_lines(const char *title, const char *text)
{
	int n;

	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		printf("#   %s: %.*s\n", title, n, text);
	}
}

static void run_case(const struct jobfile_case *c)
{
	size_t len = c->len ? c->len : strlen(c->text);
	char buf[8192];
	int ret = outcome(c->text, len, buf, sizeof(buf));
	bool ok = !strcmp(buf, c->want) && ret == (c->good ? 0 : -EINVAL);

	result(ok, c->name);
	if (ok)
		return;
	printf("#   returned %d\n", ret);
	show_lines("want", c->want);
	show_lines("got ", buf);
}

static void run_cases(const struct jobfile_cases *cases)
{
	size_t i;

	for (i = 0; i < cases->n; i++)
		run_case(&cases->list[i]);
}

/* "jobs:\n" and then @n times what @line makes of the number. */
static char *repeat(size_t n, const char *(*line)(size_t i), size_t *len)
{
	FILE *f;
	char *text = NULL;
	size_t i;

	f = open_memstream(&text, len);
	if (!f)
		return NULL;
	fprintf(f, "jobs:\n");
	for (i = 0; i < n; i++)
		fputs(line(i), f);
	fclose(f);
	return text;
}

static const char *good_job(size_t i)
{
	static char buf[80];

	snprintf(buf, sizeof(buf), "  job%zu: {exec: [/bin/true, \"%zu\"]}\n", i, i);
	return buf;
}

static const char *bad_job(size_t i)
{
	static char buf[80];

	snprintf(buf, sizeof(buf), "  job%zu: {exec: [/bin/true], wrong%zu: 1}\n", i, i);
	return buf;
}

static void test_many(void)
{
	struct job_file f;
	size_t len;
	char *text = repeat(JOBS_PER_FILE_MAX, good_job, &len);
	int ret = job_file_parse(text, len, &f);

	result(!ret && f.nspecs == JOBS_PER_FILE_MAX &&
	       !strcmp(f.specs[JOBS_PER_FILE_MAX - 1].argv[1], "9999"),
	       "as many jobs as a file may hold are taken in its order");
	job_file_free(&f);
	free(text);

	text = repeat(JOBS_PER_FILE_MAX + 1, good_job, &len);
	ret = job_file_parse(text, len, &f);
	result(ret == -EINVAL && f.nerrors == 1 && strstr(f.errors[0].text, "10001 jobs"),
	       "one job more is refused");
	job_file_free(&f);
	free(text);
}

static void test_many_errors(void)
{
	struct job_file f;
	size_t len;
	char *text = repeat(1000, bad_job, &len);
	int ret = job_file_parse(text, len, &f);

	result(ret == -EINVAL && f.nerrors == JOB_FILE_ERRORS_MAX && f.errors[98].line == 100 &&
	       strstr(f.errors[99].text, "the rest is not shown"),
	       "a hundred errors are enough, and the last says that there are more");
	job_file_free(&f);
	free(text);
}

/* Each line doubles the one before: written out they would fill any memory. */
static const char *laugh(size_t i)
{
	static char buf[120];

	snprintf(buf, sizeof(buf), i ? "  l%zu: &l%zu [*l%zu, *l%zu]\n" : "  l%zu: &l%zu [a, b]\n",
		 i, i, i - 1, i - 1);
	return buf;
}

static void test_billion_laughs(void)
{
	struct job_file f;
	size_t len;
	char *text = repeat(30, laugh, &len);
	int ret = job_file_parse(text, len, &f);

	/* The first list is walked, and thereby blamed, only once. */
	result(ret == -EINVAL && f.nerrors == JOB_FILE_ERRORS_MAX &&
	       strstr(f.errors[0].text, "a job's mapping") && strstr(f.errors[1].text, "anchor"),
	       "aliases of aliases do not grow");
	job_file_free(&f);
	free(text);
}

/* @n bytes, the text @unit over and over. */
static char *fill(const char *unit, size_t n)
{
	size_t len = strlen(unit), i;
	char *text = malloc(n + 1);

	for (i = 0; text && i < n; i++)
		text[i] = unit[i % len];
	return text;
}

/* The largest file must not take long, whatever it holds: libyaml has been quadratic before. */
static void test_large(void)
{
	static const char * const units[] = {
		"[", "{", "- ", "? ", "a", "a: ", "\n", "\"", "a,\n", "#", "!", "&a ", "\t", "- a\n",
		"\xf0\x9f\x98\x80", "{a: b},", ": ", "a: b\n", "'", "| ", "\\", "--- a\n",
	};
	char name[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		char *text = fill(units[i], JOB_FILE_SIZE_MAX);
		struct job_file f;
		int ret = job_file_parse(text, JOB_FILE_SIZE_MAX, &f);

		snprintf(name, sizeof(name), "a large file of pattern %zu has an error", i);
		result(ret == -EINVAL && f.nerrors && !f.nspecs, name);
		job_file_free(&f);
		free(text);
	}
}

static void test_too_large(void)
{
	char *text = fill("\n", JOB_FILE_SIZE_MAX + 1);
	struct job_file f;
	int ret = job_file_parse(text, JOB_FILE_SIZE_MAX + 1, &f);
	char line[300] = "";

	if (f.nerrors)
		job_error_format(&f.errors[0], "big.yaml", line, sizeof(line));
	result(ret == -EINVAL && !strcmp(line, "big.yaml: larger than 4194304 bytes: split it"),
	       "a file that is too large is refused as a whole");
	job_file_free(&f);
	free(text);
}

static void test_format(void)
{
	struct job_error e = { .line = 3, .column = 9, .text = "text" };
	char line[40], small[8];

	job_error_format(&e, "dir/a.yaml", line, sizeof(line));
	job_error_format(&e, "dir/a.yaml", small, sizeof(small));
	result(!strcmp(line, "dir/a.yaml:3:9: text") && !strcmp(small, "dir/a.y"),
	       "an error is written as file, line, column and text, within its buffer");
}

static void test_read(void)
{
	char path[] = "/tmp/vigil-jobfile-XXXXXX";
	int fd = mkstemp(path);
	char *text;
	size_t len;
	bool ok;

	ok = fd >= 0 && dprintf(fd, "jobs: {}\n") == 9 && !job_file_read(path, &text, &len) &&
	     len == 9 && !memcmp(text, "jobs: {}\n", 9);
	result(ok, "a file is read whole");
	if (ok)
		free(text);
	result(job_file_read("/nonexistent/file", &text, &len) == -ENOENT, "a missing file is told");
	result(job_file_read("/", &text, &len) == -EISDIR, "a directory is no job file");
	result(job_file_read("/dev/null", &text, &len) == -EINVAL, "a device is no job file");
	result(!ftruncate(fd, JOB_FILE_SIZE_MAX + 1) &&
	       job_file_read(path, &text, &len) == -EFBIG, "a file that is too large is not read");
	close(fd);
	unlink(path);
}

int main(void)
{
	size_t i;

	printf("KTAP version 1\n");
	for (i = 0; i < ARRAY_SIZE(all_cases); i++)
		run_cases(all_cases[i]);
	test_many();
	test_many_errors();
	test_billion_laughs();
	test_large();
	test_too_large();
	test_format();
	test_read();
	printf("1..%u\n", test_nr);
	return test_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
