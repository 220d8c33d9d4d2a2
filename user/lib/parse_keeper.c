// SPDX-License-Identifier: GPL-2.0
/* vigil.ko's messages about the keeper: any bytes in, a value or -EPROTO out. Pure. */
#include "user/lib/parse.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

static const struct vnl_attr_rule news_rules[VIGIL_A_KEEPER_NEWS_MAX + 1] = {
	[VIGIL_A_KEEPER_NEWS_STAGE] = VNL_NUMBER(struct vigil_keeper_news, stage),
	[VIGIL_A_KEEPER_NEWS_WHY] = VNL_NUMBER(struct vigil_keeper_news, why),
	[VIGIL_A_KEEPER_NEWS_PID] = VNL_NUMBER(struct vigil_keeper_news, pid),
	[VIGIL_A_KEEPER_NEWS_ERROR] = VNL_NUMBER(struct vigil_keeper_news, error),
	[VIGIL_A_KEEPER_NEWS_RESPAWNS] = VNL_NUMBER(struct vigil_keeper_news, respawns),
	[VIGIL_A_KEEPER_NEWS_LAST_RESORT] = VNL_NUMBER(struct vigil_keeper_news, last_resort),
};

/* The words, which come more than once, are read apart. */
static const struct vnl_attr_rule keeper_rules[VIGIL_A_KEEPER_MAX + 1] = {
	[VIGIL_A_KEEPER_ID] = VNL_NUMBER(struct vigil_keeper, id),
	[VIGIL_A_KEEPER_PID] = VNL_NUMBER(struct vigil_keeper, pid),
	[VIGIL_A_KEEPER_STATE] = VNL_NUMBER(struct vigil_keeper, state),
	[VIGIL_A_KEEPER_RESPAWNS] = VNL_NUMBER(struct vigil_keeper, respawns),
	[VIGIL_A_KEEPER_RESPAWN_MAX] = VNL_NUMBER(struct vigil_keeper, respawn_max),
	[VIGIL_A_KEEPER_WINDOW_MS] = VNL_NUMBER(struct vigil_keeper, window_ms),
	[VIGIL_A_KEEPER_REGISTER_MS] = VNL_NUMBER(struct vigil_keeper, register_ms),
	[VIGIL_A_KEEPER_LAST_RESORT] = VNL_NUMBER(struct vigil_keeper, last_resort),
};

int vnl_read_keeper_news(const struct nlattr *nest, struct vigil_keeper_news *out)
{
	const uint64_t needed = VNL_SEEN(VIGIL_A_KEEPER_NEWS_STAGE) |
				VNL_SEEN(VIGIL_A_KEEPER_NEWS_WHY);
	uint64_t seen;

	if (!nest || vnl_attrs_read_nested(nest, news_rules, VIGIL_A_KEEPER_NEWS_MAX, out, &seen))
		return -EPROTO;
	return (seen & needed) == needed ? 0 : -EPROTO;
}

/* Adds a word and its terminator behind the @used bytes. */
static int add_word(const struct nlattr *a, struct vigil_keeper *k, size_t *used)
{
	int text = vnl_attr_text(a);

	if (text < 0 || (size_t)text >= sizeof(k->argv) - *used)
		return -EPROTO;
	memcpy(k->argv + *used, mnl_attr_get_payload(a), text);
	*used += text + 1;
	k->argc++;
	return 0;
}

static int read_words(const struct nlmsghdr *nlh, struct vigil_keeper *k)
{
	const struct nlattr *a;
	size_t used = 0;

	mnl_attr_for_each(a, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(a) == VIGIL_A_KEEPER_ARGV && add_word(a, k, &used))
			return -EPROTO;
	return 0;
}

int vnl_parse_keeper(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	struct vigil_keeper *k = out;
	uint64_t seen;

	memset(k, 0, sizeof(*k));
	if (vnl_parse_cmd(nlh, cmd, keeper_rules, VIGIL_A_KEEPER_MAX, k, &seen) ||
	    !(seen & VNL_SEEN(VIGIL_A_KEEPER_STATE)))
		return -EPROTO;
	return read_words(nlh, k);
}
