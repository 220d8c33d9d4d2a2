// SPDX-License-Identifier: GPL-2.0
/* What is served where. */
#include "user/api/route.h"

#include <ctype.h>
#include <string.h>

#define PLACE "{name}"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool route_decode(const char *text, size_t len, char *name)
{
	const char *end = text + len;
	size_t n = 0;

	for (; text < end; text++) {
		int c = (unsigned char)*text;

		if (c == '%') {
			int high = end - text > 2 ? digit(text[1]) : -1;
			int low = high < 0 ? -1 : digit(text[2]);

			if (low < 0)
				return false;
			c = high * 16 + low;
			text += 2;
		}
		if (!c || n == API_NAME_MAX)
			return false;
		name[n++] = (char)c;
	}
	name[n] = '\0';
	return true;
}

/* Up to the next slash. Returns what is behind, or NULL. */
static const char *take_name(const char *path, char *name)
{
	size_t len = strcspn(path, "/");

	return len && route_decode(path, len, name) ? path + len : NULL;
}

static bool fits(const char *pattern, const char *path, char *name)
{
	name[0] = '\0';
	for (; *pattern; pattern++) {
		if (strncmp(pattern, PLACE, sizeof(PLACE) - 1) == 0) {
			path = take_name(path, name);
			if (!path)
				return false;
			pattern += sizeof(PLACE) - 2;
		} else if (*pattern != *path++) {
			return false;
		}
	}
	return !*path;
}

const struct api_route *route_find(const struct api_routes *routes, const char *path, bool post,
				   char *name, bool *other)
{
	size_t i;

	*other = false;
	for (i = 0; i < routes->n; i++) {
		const struct api_route *r = &routes->list[i];

		if (!fits(r->path, path, name))
			continue;
		if (r->post == post)
			return r;
		*other = true;
	}
	return NULL;
}
