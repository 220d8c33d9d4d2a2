/* SPDX-License-Identifier: GPL-2.0 */
/* The key that lists a job's sockets. */
#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/job.h"
#include "user/jobfile/jobfile.h"
#include "user/jobfile/list.h"
#include "user/jobfile/process_keys.h"
#include "user/jobfile/replicas.h"
#include "user/jobfile/sockets.h"
#include "user/jobfile/value.h"

#define AT(member) .offset = offsetof(struct job_socket, member)

enum { BACKLOG_DEFAULT = 4096, BACKLOG_MAX = 65535, PORT_MAX = 65535, NAME_MAX_LEN = 255 };

static bool read_unix(const char *text, struct job_socket *s)
{
	struct sockaddr_un *un = &s->address.un;
	size_t len = strlen(text);

	if (len < 2 || len >= sizeof(un->sun_path))
		return false;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, text, len);
	s->address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
	/* A name that is no path begins with a NUL in place of the @, and does not end with one. */
	if (text[0] == '@') {
		un->sun_path[0] = '\0';
		s->address_len--;
	}
	return true;
}

static void use_in6(struct job_socket *s, uint16_t port)
{
	s->address.in6.sin6_family = AF_INET6;
	s->address.in6.sin6_port = htons(port);
	s->address_len = sizeof(s->address.in6);
}

/* "HOST:PORT", where the host is *, a dotted quad, or an IPv6 address in brackets. */
static bool read_internet(const char *text, struct job_socket *s)
{
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 2];
	size_t len = colon ? (size_t)(colon - text) : 0;
	uint64_t port;

	if (!len || len >= sizeof(host) || value_number(colon + 1, &port) != VALUE_OK || !port ||
	    port > PORT_MAX)
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	if (!strcmp(host, "*")) {
		use_in6(s, port);
		s->both = true;
		return true;
	}
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		use_in6(s, port);
		return inet_pton(AF_INET6, host + 1, &s->address.in6.sin6_addr) == 1;
	}
	s->address.in.sin_family = AF_INET;
	s->address.in.sin_port = htons(port);
	s->address_len = sizeof(s->address.in);
	return inet_pton(AF_INET, host, &s->address.in.sin_addr) == 1;
}

/* k->min is the type of the socket. */
static void set_address(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	const char *text = filled_word_of(p, node, "an address, as in 127.0.0.1:80,");
	struct job_socket *s = out;
	bool local = text && (text[0] == '/' || text[0] == '@');

	if (!text)
		return;
	if (s->text) {
		refuse(p, node, "a socket is one of stream, datagram and seqpacket: keep one");
		return;
	}
	s->type = (int)k->min;
	s->text = text_keep(p, text);
	if (!(local ? read_unix(text, s) : read_internet(text, s)))
		refuse(p, node, "\"%s\" is no address: write 127.0.0.1:80, \"[::1]:80\", \"*:80\", a path, "
		       "or \"@name\"", show(text, strlen(text)).text);
	else if (s->type == SOCK_SEQPACKET && !local)
		refuse(p, node, "seqpacket is for paths and names with @: use stream");
}

static void set_socket_name(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	const char *text = word_of(p, node, "a name"), *c;

	if (!text)
		return;
	for (c = text; *c > ' ' && *c < 0x7f && *c != ':'; c++)
		;
	if (*c || !*text || c - text > NAME_MAX_LEN)
		refuse(p, node, "bad socket name \"%s\": up to %d visible ASCII characters but \":\"",
		       show(text, strlen(text)).text, NAME_MAX_LEN);
	*(const char **)key_member(k, out) = text_keep(p, text);
}

static const struct word truth[] = { { "true", true }, { "false", false }, {} };

static const struct key socket_keys[] = {
	{ "stream", set_address, .offset = 0, .min = SOCK_STREAM },
	{ "datagram", set_address, .offset = 0, .min = SOCK_DGRAM },
	{ "seqpacket", set_address, .offset = 0, .min = SOCK_SEQPACKET },
	{ "name", set_socket_name, AT(name) },
	{ "backlog", set_number, AT(backlog), .min = 1, .max = BACKLOG_MAX },
	{ "mode", set_mode, AT(mode), .max = 0777 },
	{ "user", set_account, AT(user) },
	{ "group", set_account, AT(group) },
	{ "reuse-port", set_bool, AT(reuse_port), .words = truth },
	{ "on-demand", set_bool, AT(on_demand), .words = truth },
	{}
};

static const unsigned int mode_default = 0666;

static void check_socket(struct parse *p, yaml_node_t *node, const struct job_socket *s)
{
	bool local = s->address.any.sa_family == AF_UNIX;
	bool path = local && s->address.un.sun_path[0];

	if (!s->text)
		refuse(p, node, "a socket needs an address: one of stream, datagram and seqpacket");
	else if (!path && (s->user || s->group || s->mode != mode_default))
		refuse(p, node, "mode, user and group belong to a socket with a path");
	else if (local && s->reuse_port)
		refuse(p, node, "reuse-port belongs to a socket with a port");
}

static bool same(const struct job_socket *a, const struct job_socket *b)
{
	return a->type == b->type && a->address_len == b->address_len &&
	       !memcmp(&a->address, &b->address, a->address_len);
}

static void add_socket(struct parse *p, yaml_node_t *node, struct job_socket *list, size_t n,
		       struct job_spec *spec)
{
	struct job_socket *s = &list[n];
	size_t errors = p->errors.n, i;

	*s = (struct job_socket){ .mode = mode_default, .backlog = BACKLOG_DEFAULT, .name = spec->name };
	walk_mapping(p, node, node, "a mapping, as in {stream: 127.0.0.1:80},", socket_keys, s);
	if (p->errors.n != errors)
		return;
	check_socket(p, node, s);
	for (i = 0; i < n; i++)
		if (same(&list[i], s))
			refuse(p, node, "address \"%s\" is given twice: keep one",
			       show(s->text, strlen(s->text)).text);
	spec->on_demand |= s->on_demand;
}

void set_sockets(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_spec *spec = key_member(k, out);
	struct list items;
	struct job_socket *list = list_members(p, k, node, "a list, as in [{stream: 127.0.0.1:80}],",
					       "sockets", JOB_SOCKETS_MAX, sizeof(*list), &items);
	size_t i;

	if (!list)
		return;
	for (i = 0; i < items.n; i++)
		add_socket(p, list_item(p, &items, i), list, i, spec);
	spec->sockets = list;
	spec->nsockets = items.n;
}
