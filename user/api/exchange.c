// SPDX-License-Identifier: GPL-2.0
/*
 * One request and its answer.
 *
 *              the loop is asked        api_answer()             resumed
 *   reading --------------------> waiting ----------> answered ---------> sending
 *      |                                                                    ^
 *      +--------------------------------------------------------------------+
 *                                answered at once
 */
#include "user/api/server_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>

#include "user/api/answer.h"

static enum MHD_Result send_response(struct exchange *x, unsigned int status,
				     struct MHD_Response *response)
{
	enum MHD_Result result;

	/* Without memory for a response an end of file says that. */
	if (!response)
		return MHD_NO;
	x->state = EXCHANGE_SENDING;
	result = MHD_queue_response(x->mhd, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result send_json(struct exchange *x, json_t *root)
{
	unsigned int status = 0, good = x->route && x->route->status ? x->route->status : MHD_HTTP_OK;
	struct MHD_Response *response;

	if (!root)
		root = answer_refusal("ENOMEM", "out of memory");
	response = root ? answer_json(root, good, &status) : NULL;
	if (response && x->conn->peer.role == API_STRANGER)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	conn_due(x->conn, API_ANSWER_MS);
	return send_response(x, status, response);
}

static enum MHD_Result refuse_method(struct exchange *x, const char *method, const char *allow)
{
	struct MHD_Response *response;
	unsigned int status = 0;
	json_t *root = answer_refusal("EOPNOTSUPP", "%.20s is not for this address, but %s", method,
				      allow);

	response = root ? answer_json(root, 0, &status) : NULL;
	if (response)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allow);
	conn_due(x->conn, API_ANSWER_MS);
	return send_response(x, status, response);
}

/** struct query - what is being made of the part behind the question mark. */
struct query {
	struct api_query_args args;
	char match[API_NAME_MAX + 1];
	char after[API_NAME_MAX + 1];
	unsigned int allowed;
	const char *wrong;
};

static enum MHD_Result take_argument(void *arg, enum MHD_ValueKind kind, const char *key,
				     const char *value)
{
	struct query *q = arg;
	size_t len = value ? strlen(value) : 0;

	(void)kind;
	if (q->allowed & API_QUERY_MATCH && strcmp(key, "match") == 0 && len && !q->args.match &&
	    route_decode(value, len, q->match))
		q->args.match = q->match;
	else if (q->allowed & API_QUERY_AFTER && strcmp(key, "after") == 0 && len && !q->args.after &&
		 route_decode(value, len, q->after))
		q->args.after = q->after;
	else
		q->wrong = key;
	return q->wrong ? MHD_NO : MHD_YES;
}

static enum MHD_Result send_text(struct exchange *x)
{
	struct api_config *config = &x->server->config;
	char *text;
	size_t len;

	published_enter();
	text = x->route->text(config->arg, &len);
	published_leave();
	if (!text)
		return send_json(x, NULL);
	conn_due(x->conn, API_ANSWER_MS);
	return send_response(x, MHD_HTTP_OK, answer_text(text, len, x->route->type));
}

/* Its connection stays for as long as it takes what it is sent; the library's time limit is what ends it. */
static enum MHD_Result send_stream(struct exchange *x, const char *method,
				   const struct api_query_args *q)
{
	struct MHD_Response *response;

	if (strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
		response = answer_text(NULL, 0, "text/event-stream");
	else
		response = stream_response(x->server, x->mhd, q);
	conn_due(x->conn, 0);
	return send_response(x, MHD_HTTP_OK, response);
}

static bool read_answer(struct exchange *x, const struct api_query_args *q, json_t **answer)
{
	bool answered;

	published_enter();
	answered = x->route->read(x->server->config.arg, x->name, q, answer);
	published_leave();
	return answered;
}

static enum MHD_Result ask_loop(struct exchange *x)
{
	struct api_server *s = x->server;

	if (atomic_load(&s->ending))
		return send_json(x, answer_refusal("ESHUTDOWN", "vigild ends"));
	x->call = (struct api_call){
		.cmd = x->route->cmd,
		.name = x->name[0] ? x->name : NULL,
		.body = x->object,
		.peer = x->conn->peer,
	};
	if (!ring_put(&s->calls, &x->call))
		return send_json(x, answer_refusal("EAGAIN", "too many requests at once"));
	x->state = EXCHANGE_WAITING;
	TAILQ_INSERT_TAIL(&s->waiting, x, link);
	conn_due(x->conn, 0);
	MHD_suspend_connection(x->mhd);
	eventfd_write(s->call_fd, 1);
	return MHD_YES;
}

static bool is_json(struct exchange *x)
{
	const char *type = MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND,
						       MHD_HTTP_HEADER_CONTENT_TYPE);
	size_t len = strlen("application/json");

	return type && strncasecmp(type, "application/json", len) == 0 &&
	       (!type[len] || strchr("; \t", type[len]));
}

/* NULL: the body is in order. */
static json_t *judge_body(struct exchange *x)
{
	const char *key;
	json_t *value;
	json_error_t e;

	if (x->too_long)
		return answer_refusal("EMSGSIZE", "a request's body has at most %d bytes", API_BODY_MAX);
	if (!x->len)
		return NULL;
	if (!x->route->post)
		return answer_refusal("EBADMSG", "a GET has no body");
	if (!is_json(x))
		return answer_refusal("EPROTONOSUPPORT", "a body must be application/json");
	x->object = json_loadb(x->body, x->len, JSON_REJECT_DUPLICATES, &e);
	if (!x->object)
		return answer_refusal("EBADMSG", "not JSON: %s", e.text);
	if (!json_is_object(x->object))
		return answer_refusal("EBADMSG", "the body is no JSON object");
	json_object_foreach(x->object, key, value) {
		if (!x->route->member || strcmp(key, x->route->member))
			return answer_refusal("EBADMSG", "the body has a member \"%.80s\", and may not", key);
		if (!json_is_string(value))
			return answer_refusal("EBADMSG", "the body's \"%.80s\" is no string", key);
	}
	return NULL;
}

static enum MHD_Result serve(struct exchange *x, const char *method)
{
	struct query q = { .allowed = x->route->query };
	json_t *answer = judge_body(x);

	if (answer)
		return send_json(x, answer);
	MHD_get_connection_values(x->mhd, MHD_GET_ARGUMENT_KIND, take_argument, &q);
	if (q.wrong)
		return send_json(x, answer_refusal("EBADMSG", "\"%.80s\" is not for this address, is "
						   "malformed, or is given twice", q.wrong));
	if (x->route->stream)
		return send_stream(x, method, &q.args);
	if (x->route->text)
		return send_text(x);
	if (x->route->read && read_answer(x, &q.args, &answer))
		return send_json(x, answer);
	return ask_loop(x);
}

static enum MHD_Result dispatch(struct exchange *x, const char *url, const char *method)
{
	bool get = strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
		   strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
	bool post = strcmp(method, MHD_HTTP_METHOD_POST) == 0, other;

	if (x->conn->peer.role == API_STRANGER)
		return send_json(x, answer_refusal("EACCES", "only root, vigild's user and members of "
						   "its groups may use this socket"));
	x->route = route_find(&x->server->config.routes, url, post, x->name, &other);
	if (!x->route && !other)
		return send_json(x, answer_refusal("ENOENT", "there is nothing at %.*s",
						   API_ADDRESS_MAX, url));
	if (!x->route || (!get && !post))
		return refuse_method(x, method, x->route ? "GET, HEAD" : post ? "GET, HEAD" : "POST");
	if (post && x->conn->peer.role != API_ADMIN)
		return send_json(x, answer_refusal("EACCES", "this user may only look: changes are for root, "
						   "vigild's user and members of its group"));
	return serve(x, method);
}

static struct exchange *begin(struct api_server *s, struct MHD_Connection *mhd)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->server = s;
	x->mhd = mhd;
	x->conn = conn_of(mhd);
	s->busy++;
	return x;
}

/* One that is too long is read to its end: a client that is still sending would not get to see the answer. */
static void take_body(struct exchange *x, const char *data, size_t *len)
{
	if (*len > sizeof(x->body) - x->len)
		x->too_long = true;
	else
		memcpy(x->body + x->len, data, *len);
	if (!x->too_long)
		x->len += *len;
	*len = 0;
}

enum MHD_Result exchange_take(void *arg, struct MHD_Connection *mhd, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *len, void **context)
{
	struct exchange *x = *context;

	(void)version;
	if (!x) {
		x = begin(arg, mhd);
		*context = x;
		return x && x->conn ? MHD_YES : MHD_NO;
	}
	if (*len) {
		take_body(x, data, len);
		return MHD_YES;
	}
	if (x->state == EXCHANGE_ANSWERED) {
		json_t *answer = x->call.answer;

		x->call.answer = NULL;
		return send_json(x, answer);
	}
	return dispatch(x, url, method);
}

void exchange_resume(struct exchange *x)
{
	TAILQ_REMOVE(&x->server->waiting, x, link);
	x->state = EXCHANGE_ANSWERED;
	MHD_resume_connection(x->mhd);
}

void exchange_over(void *arg, struct MHD_Connection *mhd, void **context,
		   enum MHD_RequestTerminationCode code)
{
	struct api_server *s = arg;
	struct exchange *x = *context;

	(void)mhd;
	(void)code;
	if (!x)
		return;
	s->busy--;
	/* The next request, if it is to come over this connection. */
	if (x->conn)
		conn_due(x->conn, API_REQUEST_MS);
	json_decref(x->object);
	/* Nobody has waited for it. */
	json_decref(x->call.answer);
	free(x);
	*context = NULL;
}
