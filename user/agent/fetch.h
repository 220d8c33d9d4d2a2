/* SPDX-License-Identifier: GPL-2.0 */
/* HTTP requests of probes, in the loop. */
#ifndef VIGIL_AGENT_FETCH_H
#define VIGIL_AGENT_FETCH_H

#include <stdbool.h>

#include <curl/curl.h>

#include "user/base/loop.h"
#include "user/jobfile/jobfile.h"

/** struct fetcher - all requests; the library is begun with the first. */
struct fetcher {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer timer;
};

/** struct fetch - one request at a time. */
struct fetch {
	struct fetcher *in;
	CURL *easy;		/* NULL: none is under way */
	struct curl_slist *headers;
	unsigned int status;	/* that is wanted; 0: any from 200 to 399 */
	void (*done)(void *arg, const char *wrong);
	void *arg;
	char error[CURL_ERROR_SIZE];
};

void fetcher_init(struct fetcher *f, struct loop *loop);
void fetcher_close(struct fetcher *f);

static inline bool fetch_runs(const struct fetch *x)
{
	return x->easy;
}

/**
 * fetch_start - GET @http->url; @x->done is called with the outcome, NULL if that is as wanted.
 * @timeout_us: then it has failed
 *
 * Return: 0; -ENOMEM, and @done is not called.
 */
int fetch_start(struct fetch *x, const struct job_http *http, uint64_t timeout_us);

/** fetch_cancel - give it up, if one is under way; @done is not called. */
void fetch_cancel(struct fetch *x);

#endif /* VIGIL_AGENT_FETCH_H */
