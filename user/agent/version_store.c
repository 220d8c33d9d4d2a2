// SPDX-License-Identifier: GPL-2.0
/*
 * The rows of the jobs' versions.
 *
 * Most jobs run by what the store has as their file's text, and need no row. What a row calls the
 * filed text is that of the same transaction: a file that was changed since is another.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/digest.h"
#include "user/agent/rollout.h"
#include "user/agent/version_impl.h"
#include "user/base/log.h"
#include "user/jobfile/compare.h"

static uint64_t number_of(const struct version *v, const struct version *filed)
{
	if (!v->spec)
		return STORE_VERSION_NONE;
	if (v->src == filed->src || compare_specs(v->spec, filed->spec) == 0)
		return STORE_VERSION_FILED;
	return v->src->id;
}

static struct store_job_version row_of(const struct job *job, const struct version *filed, bool rolling)
{
	const struct versions *v = &job->ver;
	struct store_job_version row = {
		.name = job->name,
		.running = number_of(&v->run, filed),
		.good = number_of(&v->good, filed),
		.before = number_of(&v->before, filed),
		.rolling = rolling,
		.why = v->why,
	};

	if (v->blend && filed->spec == v->filed)
		row.rejected = STORE_VERSION_FILED;
	if (row.running == STORE_VERSION_NONE)
		row.running = STORE_VERSION_FILED;
	return row;
}

static bool tells_nothing(const struct store_job_version *row)
{
	return row->running == STORE_VERSION_FILED && !row->good && !row->before && !row->rejected &&
	       !row->rolling;
}

static uint64_t digest_of(const struct store_job_version *row)
{
	uint64_t digest = digest_text(DIGEST_SEED, row->why ? row->why : "");

	digest = digest_number(digest, row->running);
	digest = digest_number(digest, row->good);
	digest = digest_number(digest, row->before);
	digest = digest_number(digest, row->rejected);
	return digest_number(digest, row->rolling) | 1;
}

static int put_text(const struct version *v, uint64_t number, struct store *store)
{
	if (number < STORE_VERSIONS_RESERVED)
		return 0;
	return store_put_version(store, number, v->src->path, v->src->text, v->src->len);
}

static int put_row(const struct job *job, const struct store_job_version *row, struct store *store)
{
	const struct versions *v = &job->ver;
	int err = put_text(&v->run, row->running, store);

	if (!err)
		err = put_text(&v->good, row->good, store);
	if (!err)
		err = put_text(&v->before, row->before, store);
	return err ? err : store_put_job_version(store, row);
}

int version_put(struct job *job, const struct version *filed, bool rolling, struct store *store)
{
	const struct store_job_version row = row_of(job, filed, rolling);

	job->ver.stored = true;
	job->ver.saved_digest = 0;
	return put_row(job, &row, store);
}

int version_save(struct job *job, struct store *store)
{
	const struct version filed = { .src = job->src, .spec = job->ver.filed };
	struct versions *v = &job->ver;
	struct store_job_version row;
	bool nothing;
	int err;

	if (!job->src)
		return 0;
	row = row_of(job, &filed, v->rolling);
	nothing = tells_nothing(&row);
	if (v->saved_digest == digest_of(&row) || (nothing && !v->stored))
		return 0;
	err = nothing ? store_del_job_version(store, job->name) : put_row(job, &row, store);
	v->stored = !nothing;
	v->saved_digest = digest_of(&row);
	job->agent->rollout.prune = true;
	return err;
}

/** struct texts - the older texts that the store has. */
struct texts {
	struct agent *agent;
	struct jobsrc **list;
	size_t n;
	size_t room;
};

static void take_text(void *arg, uint64_t id, const char *path, const char *text, size_t len)
{
	struct texts *t = arg;
	struct jobsrc *src = jobsrc_copy(path, text, len);

	if (src && t->n == t->room) {
		size_t room = t->room ? 2 * t->room : 16;
		struct jobsrc **list = reallocarray(t->list, room, sizeof(struct jobsrc *));

		if (!list) {
			jobsrc_put(src);
			return;
		}
		t->list = list;
		t->room = room;
	}
	if (!src || src->id != id) {
		log_warning("an earlier version of %s cannot be read any more", path);
		jobsrc_put(src);
		return;
	}
	t->list[t->n++] = src;
}

static const struct job_spec *spec_of(const struct jobsrc *src, const char *name)
{
	size_t i;

	for (i = 0; i < src->file.nspecs; i++)
		if (strcmp(src->file.specs[i].name, name) == 0)
			return &src->file.specs[i];
	return NULL;
}

static struct version find(const struct texts *t, const struct job *job, uint64_t number,
			   const struct version *filed)
{
	size_t i;

	if (number == STORE_VERSION_FILED)
		return *filed;
	for (i = 0; i < t->n; i++)
		if (t->list[i]->id == number)
			return (struct version){ t->list[i], spec_of(t->list[i], standby_base(job)) };
	return (struct version){ 0 };
}

static void take(struct version *v, struct version found)
{
	if (found.spec)
		version_set(v, found.src, found.spec);
}

static void take_row(void *arg, const struct store_job_version *row)
{
	const struct texts *t = arg;
	struct job *job = jobs_find(&t->agent->jobs, row->name);
	struct version filed = { 0 }, rejected;
	struct versions *v;

	if (!job || !job->src)
		return;
	v = &job->ver;
	v->stored = true;
	/* job->ver.run is what the store has as its file's. */
	take(&filed, v->run);
	rejected = find(t, job, row->rejected, &filed);
	take(&v->good, find(t, job, row->good, &filed));
	take(&v->before, find(t, job, row->before, &filed));
	take(&v->run, find(t, job, row->running, &filed));
	if (rejected.spec && v->good.spec && compare_specs(rejected.spec, v->filed) == 0 &&
	    version_go_back(job, row->why ? row->why : ""))
		log_error("%s: out of memory: not rolled back", job->name);
	if (row->rolling)
		rollout_begin(job);
	version_set(&filed, NULL, NULL);
}

void version_rows_load(struct agent *a)
{
	struct store *store = persist_source(a);
	struct texts t = { .agent = a };
	size_t i;

	if (!store)
		return;
	if (store_each_version(store, take_text, &t) ||
	    store_each_job_version(store, take_row, &t))
		log_error("cannot read the jobs' earlier versions: %s",
			  store_error(store));
	for (i = 0; i < t.n; i++)
		jobsrc_put(t.list[i]);
	/* What was rolled back, was so for its standbys. */
	for (i = 0; i < a->jobs.n; i++)
		if (a->jobs.list[i]->ver.blend && !a->jobs.list[i]->slot)
			standby_define(a->jobs.list[i]);
	free(t.list);
}
