// SPDX-License-Identifier: GPL-2.0
/* One good version of one job file. */
#include "user/agent/jobsrc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/bounds.h"
#include "user/agent/digest.h"
#include "user/store/store_version.h"

void jobsrc_get(struct jobsrc *src)
{
	src->refs++;
}

void jobsrc_put(struct jobsrc *src)
{
	if (!src || --src->refs > 0)
		return;
	job_file_free(&src->file);
	free(src->text);
	free(src->path);
	free(src);
}

void complaints_add(struct complaints *errs, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	if (errs->n >= AGENT_ERRORS_MAX)
		return;
	if (!errs->list)
		errs->list = calloc(AGENT_ERRORS_MAX, sizeof(*errs->list));
	if (!errs->list)
		return;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n >= 0)
		errs->list[errs->n++] = text;
}

void complaints_free(struct complaints *errs)
{
	size_t i;

	for (i = 0; i < errs->n; i++)
		free(errs->list[i]);
	free(errs->list);
	*errs = (struct complaints){ 0 };
}

static void add_parse_errors(const struct job_file *f, const char *path, struct complaints *errs)
{
	char text[4096 + sizeof(f->errors->text)];
	size_t i;

	for (i = 0; i < f->nerrors; i++) {
		job_error_format(&f->errors[i], path, text, sizeof(text));
		complaints_add(errs, "%s", text);
	}
}

struct jobsrc *jobsrc_parse(const char *path, char *text, size_t len, struct complaints *errs)
{
	struct jobsrc *src = calloc(1, sizeof(*src));
	int err = -ENOMEM;

	if (!src)
		goto free_text;
	src->path = strdup(path);
	if (!src->path)
		goto free_src;
	err = job_file_parse(text, len, &src->file);
	if (err)
		goto free_file;
	src->refs = 1;
	src->text = text;
	src->len = len;
	src->id = digest_add(digest_text(DIGEST_SEED, path), text, len);
	if (src->id < STORE_VERSIONS_RESERVED)
		src->id += STORE_VERSIONS_RESERVED;
	return src;
free_file:
	if (err == -EINVAL)
		add_parse_errors(&src->file, path, errs);
	job_file_free(&src->file);
	free(src->path);
free_src:
	free(src);
free_text:
	if (err != -EINVAL)
		complaints_add(errs, "%s: %s", path, strerror(-err));
	free(text);
	return NULL;
}

struct jobsrc *jobsrc_read_again(const char *path, struct jobsrc *known, struct complaints *errs)
{
	char *text;
	size_t len;
	int err = job_file_read(path, &text, &len);

	if (!err && known && known->len == len && memcmp(known->text, text, len) == 0) {
		free(text);
		jobsrc_get(known);
		return known;
	}
	if (!err)
		return jobsrc_parse(path, text, len, errs);
	complaints_add(errs, "%s: cannot read it: %s", path, strerror(-err));
	return NULL;
}

struct jobsrc *jobsrc_read(const char *path, struct complaints *errs)
{
	return jobsrc_read_again(path, NULL, errs);
}

struct jobsrc *jobsrc_copy(const char *path, const char *text, size_t len)
{
	struct complaints unheard = { 0 };
	struct jobsrc *src;
	char *copy = malloc(len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	src = jobsrc_parse(path, copy, len, &unheard);
	if (src)
		src->saved = true;
	complaints_free(&unheard);
	return src;
}
