// SPDX-License-Identifier: GPL-2.0
/* An answer in the terms of HTTP. */
#include "user/api/answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* EINVAL of a command: the request is well-formed, but it does not fit what is there. */
static const struct {
	const char *name;
	unsigned int status;
} statuses[] = {
	{ "ENOENT", MHD_HTTP_NOT_FOUND },
	{ "EACCES", MHD_HTTP_FORBIDDEN },
	{ "EINVAL", MHD_HTTP_CONFLICT },
	{ "EBUSY", MHD_HTTP_CONFLICT },
	{ "ESTALE", MHD_HTTP_CONFLICT },
	{ "EBADMSG", MHD_HTTP_BAD_REQUEST },
	{ "EOPNOTSUPP", MHD_HTTP_METHOD_NOT_ALLOWED },
	{ "EMSGSIZE", MHD_HTTP_CONTENT_TOO_LARGE },
	{ "EPROTONOSUPPORT", MHD_HTTP_UNSUPPORTED_MEDIA_TYPE },
	{ "ESHUTDOWN", MHD_HTTP_SERVICE_UNAVAILABLE },
	{ "EAGAIN", MHD_HTTP_SERVICE_UNAVAILABLE },
	{ "ENOMEM", MHD_HTTP_SERVICE_UNAVAILABLE },
	{ "ETIMEDOUT", MHD_HTTP_GATEWAY_TIMEOUT },
};

static unsigned int status_of(const json_t *root)
{
	const char *name = json_string_value(json_object_get(root, "errno"));
	size_t i;

	for (i = 0; name && i < sizeof(statuses) / sizeof(*statuses); i++)
		if (strcmp(statuses[i].name, name) == 0)
			return statuses[i].status;
	return MHD_HTTP_INTERNAL_SERVER_ERROR;
}

json_t *answer_refusal(const char *name, const char *fmt, ...)
{
	char text[512];
	json_t *sentence;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* What a client has sent may be no UTF-8. */
	sentence = json_string(text);
	return json_pack("{s:b, s:s, s:o}", "ok", 0, "errno", name, "error",
			 sentence ? sentence : json_string("the request is not UTF-8"));
}

struct MHD_Response *answer_text(char *text, size_t len, const char *type)
{
	struct MHD_Response *response;

	response = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
	if (!response) {
		free(text);
	} else if (MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) != MHD_YES ||
		 MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store") != MHD_YES) {
		MHD_destroy_response(response);
		response = NULL;
	}
	return response;
}

struct MHD_Response *answer_json(json_t *root, unsigned int good, unsigned int *status)
{
	char *text;

	*status = json_is_true(json_object_get(root, "ok")) ? good : status_of(root);
	json_object_del(root, "ok");
	text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(root);
	return text ? answer_text(text, strlen(text), "application/json") : NULL;
}
