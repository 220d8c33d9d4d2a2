/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to vigild: Documentation/api.md. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>

#include <curl/curl.h>

#include "user/ctl/daemon.h"
#include "user/ctl/say.h"

enum {
	SOON_MS = 10000,
	TAKE_OVER_MS = 120000,		/* for the next vigild to serve, once its trial went well */
	RETRY_NS = 20000000,
	ANSWER_SIZE_MAX = 64 << 20,
	MS_PER_S = 1000,
	NS_PER_MS = 1000000,
};

/** struct exchange - with one vigild; requests may follow each other. */
struct exchange {
	const char *path;
	CURL *curl;
	enum daemon_patience patience;
	const char *body;		/* of a POST, JSON; NULL: none */
	char *in;
	size_t len;
	bool too_large;
};

/* What only looks; all else changes something. */
static const char *const looks[] = { "agent", "jobs", "why", "stats", "plan" };

static bool is_look(const char *cmd)
{
	size_t i;

	for (i = 0; i < sizeof(looks) / sizeof(*looks); i++)
		if (!strcmp(looks[i], cmd))
			return true;
	return false;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * MS_PER_S + ts.tv_nsec / NS_PER_MS;
}

static int unreachable(const char *path, int err)
{
	if (err == EACCES || err == EPERM) {
		complain("cannot reach vigild at %s: %s; run this as root", path, strerror(err));
		return CTL_DENIED;
	}
	complain("cannot reach vigild at %s: %s; start vigild, or name its socket with --socket",
		 path, err == ENOENT ? "there is no such socket" :
		 err == ECONNREFUSED ? "nobody listens there" : strerror(err));
	return CTL_NO_DAEMON;
}

static size_t take(char *data, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	char *in = NULL;

	if (x->len + size * n <= ANSWER_SIZE_MAX)
		in = realloc(x->in, x->len + size * n + 1);
	x->too_large = !in;
	if (!in)
		return 0;
	x->in = in;
	memcpy(x->in + x->len, data, size * n);
	x->len += size * n;
	return size * n;
}

static int unknown_form(const struct exchange *x)
{
	complain("vigild at %s gave an answer of an unknown form: is it another version?", x->path);
	return CTL_FAILED;
}

static int explain(const struct exchange *x, CURLcode code)
{
	long err = 0;

	if (code == CURLE_COULDNT_CONNECT) {
		curl_easy_getinfo(x->curl, CURLINFO_OS_ERRNO, &err);
		return unreachable(x->path, (int)err);
	}
	if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY)
		return unknown_form(x);
	complain("vigild at %s: %s; see its log", x->path,
		 code == CURLE_OPERATION_TIMEDOUT ? "it does not answer in time" :
		 x->too_large ? "its answer is too large" : "it ended the connection without an answer");
	return CTL_NO_DAEMON;
}

static int status_of_errno(const char *name)
{
	if (!strcmp(name, "ENOENT"))
		return CTL_NOT_FOUND;
	if (!strcmp(name, "ESHUTDOWN"))
		return CTL_NO_DAEMON;
	return strcmp(name, "EACCES") ? CTL_FAILED : CTL_DENIED;
}

static int refused(const struct exchange *x, json_t *answer)
{
	const char *err, *text;

	if (json_unpack(answer, "{s:s, s:s}", "errno", &err, "error", &text))
		return unknown_form(x);
	complain("%s%s", text, strcmp(err, "ENOENT") ? "" : "; \"vigil status\" lists the jobs");
	return status_of_errno(err);
}

static int judge(const struct exchange *x, json_t *answer)
{
	long http = 0;

	curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &http);
	if (http >= 200 && http < 300 && json_is_object(answer))
		return CTL_OK;
	return refused(x, answer);
}

static CURLcode perform(struct exchange *x, const char *url, bool post)
{
	struct curl_slist *json = NULL;
	CURL *c = x->curl;
	CURLcode code;

	free(x->in);
	x->in = NULL;
	x->len = 0;
	curl_easy_setopt(c, CURLOPT_URL, url);
	if (post)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, x->body ? x->body : "");
	else
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, x->patience == DAEMON_SOON || !post ? (long)SOON_MS : 0L);
	if (post && x->body)
		json = curl_slist_append(NULL, "Content-Type: application/json");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, json);
	code = curl_easy_perform(c);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(json);
	return code;
}

static int request(struct exchange *x, const char *url, bool post, json_t **answer)
{
	CURLcode code = perform(x, url, post);
	int status;

	*answer = NULL;
	if (code != CURLE_OK)
		return explain(x, code);
	*answer = json_loadb(x->in ? x->in : "", x->len, JSON_REJECT_DUPLICATES, NULL);
	status = judge(x, *answer);
	if (status != CTL_OK) {
		json_decref(*answer);
		*answer = NULL;
	}
	return status;
}

/* "http://vigild/v1" and what is behind it; @name is escaped. Free it by free(). */
static char *address(struct exchange *x, const char *before, const char *name, const char *after)
{
	char *escaped = curl_easy_escape(x->curl, name, 0), *url = NULL;

	if (escaped && asprintf(&url, "http://vigild/v1%s%s%s", before, escaped, after) < 0)
		url = NULL;
	curl_free(escaped);
	return url;
}

static int ask_at(struct exchange *x, char *url, bool post, json_t **answer)
{
	int status;

	if (!url) {
		complain("out of memory");
		return CTL_FAILED;
	}
	status = request(x, url, post, answer);
	free(url);
	return status;
}

static int ask(struct exchange *x, const char *cmd, const char *job, json_t **answer)
{
	char after[32];

	if (!job)
		return ask_at(x, address(x, "/", cmd, ""), !is_look(cmd), answer);
	snprintf(after, sizeof(after), "/%s", cmd);
	return ask_at(x, address(x, "/jobs/", job, after), !is_look(cmd), answer);
}

static int ask_status(struct exchange *x, const char *match, json_t **answer)
{
	json_t *agent = NULL;
	int status;

	if (match)
		status = ask_at(x, address(x, "/jobs?match=", match, ""), false, answer);
	else
		status = ask(x, "jobs", NULL, answer);
	if (status == CTL_OK)
		status = ask(x, "agent", NULL, &agent);
	if (status == CTL_OK) {
		json_object_set_new(*answer, "agent", agent);
		return CTL_OK;
	}
	json_decref(*answer);
	*answer = NULL;
	return status;
}

static const char *incarnation_in(const json_t *agent)
{
	const char *text = json_string_value(json_object_get(agent, "incarnation"));

	return text ? text : "";
}

/* True: another vigild than @old serves, and *answer tells of it. */
static bool has_taken_over(struct exchange *x, const char *old, json_t **answer)
{
	json_t *agent;

	if (perform(x, "http://vigild/v1/agent", false) != CURLE_OK)
		return false;
	agent = json_loadb(x->in ? x->in : "", x->len, JSON_REJECT_DUPLICATES, NULL);
	if (!*incarnation_in(agent) || !strcmp(incarnation_in(agent), old)) {
		json_decref(agent);
		return false;
	}
	*answer = json_pack("{s:o}", "agent", agent);
	return true;
}

/* It has agreed, and becomes the new program now; the socket stays, so that there is little to wait for. */
static int ask_upgrade(struct exchange *x, json_t **answer)
{
	const struct timespec pause = { .tv_nsec = RETRY_NS };
	int status = ask(x, "upgrade", NULL, answer);
	json_t *old = *answer;
	const char *incarnation;
	int64_t deadline_ms;

	if (status != CTL_OK)
		return status;
	*answer = NULL;
	incarnation = incarnation_in(json_object_get(old, "agent"));
	deadline_ms = now_ms() + TAKE_OVER_MS;
	while (!has_taken_over(x, incarnation, answer) && now_ms() < deadline_ms)
		nanosleep(&pause, NULL);
	json_decref(old);
	if (*answer)
		return CTL_OK;
	complain("vigild at %s: the new vigild has not taken over; see its log", x->path);
	return CTL_NO_DAEMON;
}

static int open_exchange(struct exchange *x)
{
	if (strlen(x->path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return unreachable(x->path, ENAMETOOLONG);
	/* No TLS is to be set up. */
	if (!curl_global_init(CURL_GLOBAL_NOTHING))
		x->curl = curl_easy_init();
	if (!x->curl) {
		complain("out of memory");
		return CTL_FAILED;
	}
	curl_easy_setopt(x->curl, CURLOPT_UNIX_SOCKET_PATH, x->path);
	curl_easy_setopt(x->curl, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(x->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(x->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(x->curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(x->curl, CURLOPT_USERAGENT, "vigil/" VIGIL_VERSION);
	curl_easy_setopt(x->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(x->curl, CURLOPT_WRITEDATA, x);
	return CTL_OK;
}

/* Takes over @body; NULL: none. */
static int converse(const struct ctl_args *args, const char *cmd, const char *job, char *body,
		    enum daemon_patience patience, json_t **answer)
{
	struct exchange x = { .path = args->socket, .patience = patience, .body = body };
	int status = open_exchange(&x);

	*answer = NULL;
	if (status == CTL_OK && job && !*job) {
		complain("\"\" cannot be a job's name; \"vigil status\" lists the jobs");
		status = CTL_NOT_FOUND;
	} else if (status == CTL_OK && !strcmp(cmd, "status")) {
		status = ask_status(&x, job, answer);
	} else if (status == CTL_OK && !strcmp(cmd, "upgrade")) {
		status = ask_upgrade(&x, answer);
	} else if (status == CTL_OK) {
		status = ask(&x, cmd, job, answer);
	}
	curl_easy_cleanup(x.curl);
	curl_global_cleanup();
	free(x.in);
	free(body);
	return status;
}

int daemon_ask(const struct ctl_args *args, const char *cmd, const char *job,
	       enum daemon_patience patience, json_t **answer)
{
	return converse(args, cmd, job, NULL, patience, answer);
}

int daemon_reload(const struct ctl_args *args, const char *id, json_t **answer)
{
	json_t *plan = id ? json_pack("{s:s}", "plan", id) : NULL;
	char *body = plan ? json_dumps(plan, JSON_COMPACT) : NULL;

	json_decref(plan);
	if (id && !body) {
		*answer = NULL;
		complain("\"%s\" cannot be a plan's ID; \"vigil plan\" shows it", id);
		return CTL_FAILED;
	}
	return converse(args, "reload", NULL, body, DAEMON_SOON, answer);
}
