/* SPDX-License-Identifier: GPL-2.0 */
/* Any bytes in, jobs or errors out: what callers rely on, for whatever libFuzzer finds. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "user/jobfile/jobfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_spec(const struct job_spec *s)
{
	assert(s->name && *s->name && strlen(s->name) <= JOB_NAME_LEN_MAX);
	assert(s->argv && s->argv[0] && s->argv[0][0] == '/');
	assert(s->env && s->directory && s->directory[0] == '/');
	assert(!s->output || s->output[0] == '/');
	assert(s->restart >= JOB_RESTART_ALWAYS && s->restart <= JOB_RESTART_NEVER);
	assert(s->backoff_initial_us && s->backoff_initial_us <= s->backoff_max_us);
	assert(s->stop_signal > 0 && s->stop_signal < 65 && s->stop_timeout_us);
	assert(s->restarts_window_us);
}

static void check_errors(const struct job_file *f)
{
	size_t i;

	assert(f->nerrors <= JOB_FILE_ERRORS_MAX);
	for (i = 0; i < f->nerrors; i++) {
		assert(f->errors[i].text[0]);
		assert(memchr(f->errors[i].text, 0, sizeof(f->errors[i].text)));
		assert(!f->errors[i].line == !f->errors[i].column);
		assert(!i || f->errors[i].line >= f->errors[i - 1].line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct job_file f;
	int ret = job_file_parse((const char *)data, size, &f);
	size_t i;

	assert(ret == 0 || ret == -EINVAL);
	assert(!ret == !f.nerrors);
	assert(!ret || !f.nspecs);
	for (i = 0; i < f.nspecs; i++)
		check_spec(&f.specs[i]);
	check_errors(&f);
	job_file_free(&f);
	return 0;
}
