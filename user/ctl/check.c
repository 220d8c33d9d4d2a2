/* SPDX-License-Identifier: GPL-2.0 */
/* vigil check */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/ctl/command.h"
#include "user/ctl/say.h"
#include "user/jobfile/jobfile.h"

enum { CHECK_FILES_MAX = 100000 };

static const char *read_error(int err)
{
	switch (err) {
	case -EFBIG:
		return "larger than 4 MiB: split it";
	case -EISDIR:
		return "a directory; name the files in it";
	case -EINVAL:
		return "not a regular file";
	default:
		return strerror(-err);
	}
}

static void print_errors(const char *path, const struct job_file *f)
{
	char *line = malloc(strlen(path) + sizeof(f->errors[0].text) + 32);
	size_t i;

	for (i = 0; line && i < f->nerrors; i++) {
		job_error_format(&f->errors[i], path, line,
				 strlen(path) + sizeof(f->errors[0].text) + 32);
		say("%s\n", line);
	}
	if (!line)
		complain("out of memory");
	free(line);
}

static int check_text(const char *path, const char *text, size_t len)
{
	struct job_file f;
	int err = job_file_parse(text, len, &f);

	if (err == -ENOMEM)
		complain("%s: out of memory", path);
	else if (err)
		print_errors(path, &f);
	else
		say("%s: good, %zu job%s\n", path, f.nspecs, f.nspecs == 1 ? "" : "s");
	job_file_free(&f);
	return err ? CTL_FAILED : CTL_OK;
}

static int check(const char *path)
{
	char *text;
	size_t len;
	int err = job_file_read(path, &text, &len), status;

	if (err) {
		complain("cannot read %s: %s", path, read_error(err));
		return err == -EACCES ? CTL_DENIED : err == -ENOENT ? CTL_NOT_FOUND : CTL_FAILED;
	}
	status = check_text(path, text, len);
	free(text);
	return status;
}

static int run(const struct ctl_args *args)
{
	int status, first = CTL_OK;
	size_t i;

	for (i = 0; i < args->n; i++) {
		status = check(args->operands[i]);
		if (first == CTL_OK)
			first = status;
	}
	return first;
}

const struct ctl_command cmd_check = {
	.name = "check",
	.operands = "FILE...",
	.summary = "Check job files",
	.help = "Every error of each file is printed as FILE:LINE:COLUMN: what is wrong; the exit status\n"
		"is 1 if there is any. vigild is not needed. Whether users and programs exist is not\n"
		"looked at. "
		"vigil-job(5) tells what a job file may say.\n",
	.min = 1,
	.max = CHECK_FILES_MAX,
	.run = run,
};
