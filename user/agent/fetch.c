// SPDX-License-Identifier: GPL-2.0
/*
 * HTTP requests of probes, in the loop.
 *
 * The library says which descriptors it waits for and until when; it is told what has come. Names in a URL
 * it looks up in a thread of its own. No redirection is followed, and no proxy asked: a probe is
 * about the one that it names.
 */
#include "user/agent/fetch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/base/clock.h"
#include "user/base/log.h"

/* A descriptor of the library in the loop; it owns the descriptor. */
struct watched {
	struct loop_source src;
	struct fetcher *in;
};

static void finish(struct fetch *x, CURLcode result)
{
	char text[CURL_ERROR_SIZE];
	long status = 0;
	bool good;

	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	good = x->status ? status == (long)x->status : status >= 200 && status < 400;
	if (result != CURLE_OK)
		snprintf(text, sizeof(text), "%s", x->error[0] ? x->error : curl_easy_strerror(result));
	else
		snprintf(text, sizeof(text), "the answer's status is %ld", status);
	fetch_cancel(x);
	x->done(x->arg, result == CURLE_OK && good ? NULL : text);
}

static void take_finished(struct fetcher *f)
{
	struct fetch *x;
	CURLMsg *msg;
	int left;

	while (f->multi && (msg = curl_multi_info_read(f->multi, &left))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&x);
		finish(x, msg->data.result);
	}
}

static void fd_ready(void *arg, uint32_t events)
{
	struct watched *w = arg;
	struct fetcher *f = w->in;
	int what = 0, running;

	if (events & (EPOLLIN | EPOLLHUP))
		what |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (events & EPOLLERR)
		what |= CURL_CSELECT_ERR;
	curl_multi_socket_action(f->multi, w->src.fd, what, &running);
	take_finished(f);
}

static void timer_over(void *arg)
{
	struct fetcher *f = arg;
	int running;

	curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	take_finished(f);
}

static struct watched *watch(struct fetcher *f, curl_socket_t fd)
{
	struct watched *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->in = f;
	w->src = (struct loop_source){ .fd = -1, .fn = fd_ready, .arg = w };
	if (loop_add(f->loop, &w->src, fd, 0) == 0) {
		curl_multi_assign(f->multi, fd, w);
		return w;
	}
	free(w);
	return NULL;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *assigned)
{
	struct fetcher *f = arg;
	struct watched *w = assigned;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w)
			loop_del(f->loop, &w->src);
		free(w);
		return 0;
	}
	/* Without a watch the request ends by its timeout. */
	if (!w)
		w = watch(f, fd);
	if (w)
		loop_change(f->loop, &w->src, (what & CURL_POLL_IN ? EPOLLIN : 0u) |
			    (what & CURL_POLL_OUT ? EPOLLOUT : 0u));
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *arg)
{
	struct fetcher *f = arg;

	(void)multi;
	if (ms < 0)
		loop_disarm(f->loop, &f->timer);
	else
		loop_arm(f->loop, &f->timer, clock_us() + (uint64_t)ms * US_PER_MS);
	return 0;
}

/* The status is what is asked for. */
static size_t discard(char *data, size_t size, size_t n, void *arg)
{
	(void)data;
	(void)arg;
	return size * n;
}

void fetcher_init(struct fetcher *f, struct loop *loop)
{
	*f = (struct fetcher){ .loop = loop };
	f->timer = (struct loop_timer){ .fn = timer_over, .arg = f };
}

static int begin(struct fetcher *f)
{
	if (f->multi)
		return 0;
	/* TLS libraries write without a way to forgo it. A job's child has the default again. */
	signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return -ENOMEM;
	f->multi = curl_multi_init();
	if (!f->multi)
		return -ENOMEM;
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
	/* Each probe makes its connection anew: that is part of what it looks at. */
	curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, 1L);
	return 0;
}

void fetcher_close(struct fetcher *f)
{
	if (!f->multi)
		return;
	curl_multi_cleanup(f->multi);
	f->multi = NULL;
	loop_disarm(f->loop, &f->timer);
	curl_global_cleanup();
}

static void set_options(struct fetch *x, const struct job_http *http, uint64_t timeout_us)
{
	CURL *e = x->easy;

	curl_easy_setopt(e, CURLOPT_URL, http->url);
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)(timeout_us / US_PER_MS));
	curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "vigild/" VIGIL_VERSION);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, discard);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, x->headers);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(e, CURLOPT_PRIVATE, x);
}

static int set_headers(struct fetch *x, char *const *headers)
{
	struct curl_slist *list;

	x->headers = NULL;
	for (; headers && *headers; headers++) {
		list = curl_slist_append(x->headers, *headers);
		if (!list)
			return -ENOMEM;
		x->headers = list;
	}
	return 0;
}

int fetch_start(struct fetch *x, const struct job_http *http, uint64_t timeout_us)
{
	int err = begin(x->in);

	if (err)
		return err;
	x->error[0] = '\0';
	x->status = http->status;
	x->easy = curl_easy_init();
	err = x->easy ? set_headers(x, http->headers) : -ENOMEM;
	if (err) {
		fetch_cancel(x);
		return err;
	}
	set_options(x, http, timeout_us);
	if (curl_multi_add_handle(x->in->multi, x->easy) == CURLM_OK)
		return 0;
	fetch_cancel(x);
	return -ENOMEM;
}

void fetch_cancel(struct fetch *x)
{
	if (!x->easy)
		return;
	curl_multi_remove_handle(x->in->multi, x->easy);
	curl_easy_cleanup(x->easy);
	curl_slist_free_all(x->headers);
	x->easy = NULL;
	x->headers = NULL;
}
