/* SPDX-License-Identifier: GPL-2.0 */
/* An answer in the terms of HTTP. */
#ifndef VIGIL_API_ANSWER_H
#define VIGIL_API_ANSWER_H

#include <microhttpd.h>

#include <jansson.h>

/** answer_refusal - {"ok":false,"errno":@name,"error":...}. NULL: memory is out. */
json_t *answer_refusal(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * answer_json - what a command has answered, as a response.
 * @root: taken over; "ok" goes, since the status says that
 * @good: the status of one that is ok
 * @status: filled
 *
 * Return: NULL if memory is out.
 */
struct MHD_Response *answer_json(json_t *root, unsigned int good, unsigned int *status);

/** answer_text - @text is freed by free() when it has been sent. NULL: memory is out, and it has been freed. */
struct MHD_Response *answer_text(char *text, size_t len, const char *type);

#endif /* VIGIL_API_ANSWER_H */
