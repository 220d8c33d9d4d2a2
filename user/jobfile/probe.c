/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of a probe. */
#include "user/jobfile/probe.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/job.h"
#include "user/jobfile/replicas.h"
#include "user/jobfile/value.h"

#define MS 1000ull
#define SEC (1000 * MS)
#define HOUR (3600 * SEC)

#define AT(member) .offset = offsetof(struct job_probe, member)

const struct job_probe probe_defaults = {
	.interval_us = 5 * SEC,
	.timeout_us = SEC,
	.failures = 3,
	.successes = 1,
};

/* ADDRESS:PORT, an IPv6 address in brackets. Returns 0 or -1. */
static int read_address(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN] = "";
	size_t len = colon ? (size_t)(colon - text) : 0;
	bool brackets = len >= 2 && text[0] == '[' && text[len - 1] == ']';
	uint64_t port;

	len -= brackets ? 2 : 0;
	if (!colon || len >= sizeof(host) || value_number(colon + 1, &port) != VALUE_OK || !port ||
	    port > UINT16_MAX)
		return -1;
	memcpy(host, text + brackets, len);
	memset(out, 0, sizeof(*out));
	if (brackets) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		return inet_pton(AF_INET6, host, &six->sin6_addr) == 1 ? 0 : -1;
	}
	four->sin_family = AF_INET;
	four->sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, host, &four->sin_addr) == 1 ? 0 : -1;
}

static void set_tcp(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	const char *text = filled_word_of(p, node, "an address and a port, as in 127.0.0.1:80,");

	if (text && read_address(text, key_member(k, out)))
		refuse(p, node, "\"%s\" is no address and port, as in 127.0.0.1:80 or [::1]:80; names are "
		       "not looked up", show(text, strlen(text)).text);
}

static void set_url(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	const char *text = filled_word_of(p, node, "a URL, as in http://127.0.0.1/,");

	if (!text)
		return;
	if (strncmp(text, "http://", 7) && strncmp(text, "https://", 8))
		refuse(p, node, "\"%s\" is no URL of http or https", show(text, strlen(text)).text);
	*(const char **)key_member(k, out) = text_keep(p, text);
}

/* A new line would end the header, and begin another. */
static char *header(struct parse *p, yaml_node_pair_t *pair)
{
	yaml_node_t *name_node = node_of(p, pair->key);
	const char *name = word_of(p, name_node, "a header's name");
	const char *value = filled_word_of(p, node_of(p, pair->value), "a header's value");
	size_t size;
	char *text;

	if (!name || !value)
		return NULL;
	if (!*name || strpbrk(name, ": \r\n") || strpbrk(value, "\r\n")) {
		refuse(p, name_node, "\"%s\" makes no header of one line", show(name, strlen(name)).text);
		return NULL;
	}
	size = strlen(name) + strlen(value) + 3;
	text = arena_alloc(p->arena, size);
	if (text)
		snprintf(text, size, "%s: %s", name, value);
	else
		p->errors.nomem = true;
	return text;
}

static void set_headers(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	yaml_node_pair_t *pairs;
	size_t n, i;
	char **list;

	if (!enter_mapping(p, node, "a mapping, as in {Host: name},"))
		return;
	pairs = node->data.mapping.pairs.start;
	n = node->data.mapping.pairs.top - pairs;
	if (n > JOB_HEADERS_MAX) {
		refuse(p, node, "header has %zu lines: %d is the limit", n, JOB_HEADERS_MAX);
		return;
	}
	list = list_new(p, n);
	for (i = 0; list && i < n; i++)
		list[i] = header(p, &pairs[i]);
	*(char *const **)key_member(k, out) = list;
}

#define HTTP_AT(member) .offset = offsetof(struct job_http, member)

static const struct key http_keys[] = {
	{ "url", set_url, HTTP_AT(url), .required = true },
	{ "status", set_count, HTTP_AT(status), .min = 100, .max = 599 },
	{ "header", set_headers, HTTP_AT(headers) },
	{}
};

static const struct word truth[] = { { "true", true }, { "false", false }, {} };

static const struct key probe_keys[] = {
	{ "exec", set_exec, AT(argv) },
	{ "tcp", set_tcp, AT(tcp) },
	{ "http", set_mapping, AT(http), .keys = http_keys },
	{ "unix", set_path, AT(unix_path) },
	{ "interval", set_duration, AT(interval_us), .min = 100 * MS, .max = 24 * HOUR },
	{ "timeout", set_duration, AT(timeout_us), .min = 10 * MS, .max = HOUR },
	{ "failures", set_count, AT(failures), .min = 1, .max = 1000 },
	{ "successes", set_count, AT(successes), .min = 1, .max = 1000 },
	{ "initial-delay", set_duration, AT(delay_us), .min = 0, .max = 24 * HOUR },
	{ "liveness", set_bool, AT(liveness), .words = truth },
	{}
};

void set_probe(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	struct job_probe *probe = key_member(k, spec);
	size_t errors = p->errors.n;

	walk_mapping(p, node, node, "a mapping, as in {tcp: \"127.0.0.1:80\"},", probe_keys, probe);
	probe->given = true;
	if (p->errors.n == errors &&
	    !!probe->argv + !!probe->tcp.ss_family + !!probe->http.url + !!probe->unix_path != 1)
		refuse(p, node, "probe takes one of exec, tcp, http and unix");
}

void probe_check(struct parse *p, yaml_node_t *at, const struct job_spec *spec)
{
	bool readiness = spec->ready.how == JOB_READY_PROBE;

	if (readiness && !spec->probe.given)
		refuse(p, at, "ready: probe needs the key \"probe\"");
	if (spec->probe.given && !readiness && !spec->probe.liveness)
		refuse(p, at, "probe serves nothing: write ready: probe beside it, or liveness: true in it");
}
