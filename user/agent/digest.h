/* SPDX-License-Identifier: GPL-2.0 */
/* A number for bytes, to tell apart what was changed by accident or in passing: FNV-1a, no protection. */
#ifndef VIGIL_AGENT_DIGEST_H
#define VIGIL_AGENT_DIGEST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DIGEST_SEED 0xcbf29ce484222325ull

static inline uint64_t digest_add(uint64_t digest, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (; len; len--)
		digest = (digest ^ *p++) * 0x100000001b3ull;
	return digest;
}

/* With its NUL, so that two texts in a row are not one. */
static inline uint64_t digest_text(uint64_t digest, const char *text)
{
	return digest_add(digest, text, strlen(text) + 1);
}

static inline uint64_t digest_number(uint64_t digest, uint64_t number)
{
	return digest_add(digest, &number, sizeof(number));
}

#endif /* VIGIL_AGENT_DIGEST_H */
