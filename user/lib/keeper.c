// SPDX-License-Identifier: GPL-2.0
/* The keeper of the node: who it is and how it is brought back. */
#include <errno.h>
#include <string.h>

#include "user/lib/handle.h"

static int refuse(struct vigil *v, const char *sentence)
{
	return vnl_conn_explain(&v->ctl, -EINVAL, sentence);
}

/* The kernel checks these too; here they bound the request. */
static bool words_fit(const char *const *words, size_t *bytes)
{
	size_t n;

	for (n = 0; words && words[n]; n++) {
		if (n == VIGIL_KEEPER_WORDS_MAX)
			return false;
		*bytes += strnlen(words[n], VIGIL_KEEPER_WORD_LEN_MAX + 1) + 1;
		if (*bytes > VIGIL_KEEPER_BYTES_MAX)
			return false;
	}
	return true;
}

static void put_words(union vnl_request *rq, uint16_t type, const char *const *words)
{
	for (; words && *words; words++)
		mnl_attr_put_strz(&rq->nlh, type, *words);
}

static void put_setting(union vnl_request *rq, uint16_t type, uint32_t value)
{
	if (value)
		mnl_attr_put_u32(&rq->nlh, type, value);
}

int vigil_keeper_set(struct vigil *v, uint64_t id, const struct vigil_keeper_plan *p)
{
	union vnl_request rq;
	size_t bytes = 0;

	if (!p->argv || !p->argv[0])
		return refuse(v, "the command that respawns the keeper is needed");
	if (!words_fit(p->argv, &bytes) || !words_fit(p->env, &bytes))
		return refuse(v, "the command or the environment of the keeper is too long");
	vnl_request_init(&rq, VIGIL_CMD_KEEPER_SET, VIGIL_FAMILY_VERSION);
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_KEEPER_ID, id);
	put_words(&rq, VIGIL_A_KEEPER_ARGV, p->argv);
	put_words(&rq, VIGIL_A_KEEPER_ENV, p->env);
	put_setting(&rq, VIGIL_A_KEEPER_RESPAWN_MAX, p->respawn_max);
	put_setting(&rq, VIGIL_A_KEEPER_WINDOW_MS, p->window_ms);
	put_setting(&rq, VIGIL_A_KEEPER_REGISTER_MS, p->register_ms);
	put_setting(&rq, VIGIL_A_KEEPER_REPLACE, (uint32_t)p->replace);
	if (p->last_resort >= 0)
		mnl_attr_put_u32(&rq.nlh, VIGIL_A_KEEPER_LAST_RESORT, (uint32_t)p->last_resort);
	return vnl_handle_do(v, &rq, NULL, NULL);
}

int vigil_keeper_resign(struct vigil *v, pid_t pid)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_KEEPER_RESIGN, VIGIL_FAMILY_VERSION);
	if (pid)
		mnl_attr_put_u32(&rq.nlh, VIGIL_A_KEEPER_PID, (uint32_t)pid);
	return vnl_handle_do(v, &rq, NULL, NULL);
}

int vigil_keeper_get(struct vigil *v, struct vigil_keeper *out)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_KEEPER_GET, VIGIL_FAMILY_VERSION);
	return vnl_handle_do(v, &rq, vnl_parse_keeper, out);
}

#define NAME(names, value)								\
	((unsigned int)(value) < sizeof(names) / sizeof(*(names)) ? (names)[value] : "unknown")

const char *vigil_keeper_state_name(enum vigil_keeper_state state)
{
	static const char *const names[] = {
		[VIGIL_KEEPER_STATE_NONE] = "none",
		[VIGIL_KEEPER_STATE_KEPT] = "kept",
		[VIGIL_KEEPER_STATE_LOST] = "lost",
		[VIGIL_KEEPER_STATE_RESPAWNING] = "respawning",
		[VIGIL_KEEPER_STATE_EXHAUSTED] = "exhausted",
	};

	return NAME(names, state);
}

const char *vigil_keeper_last_resort_name(enum vigil_keeper_last_resort which)
{
	static const char *const names[] = {
		[VIGIL_KEEPER_LAST_RESORT_REPORT] = "report",
		[VIGIL_KEEPER_LAST_RESORT_BITE] = "bite",
		[VIGIL_KEEPER_LAST_RESORT_PANIC] = "panic",
		[VIGIL_KEEPER_LAST_RESORT_REBOOT] = "reboot",
	};

	return NAME(names, which);
}

const char *vigil_keeper_stage_name(enum vigil_keeper_stage stage)
{
	static const char *const names[] = {
		[VIGIL_KEEPER_STAGE_REGISTERED] = "registered",
		[VIGIL_KEEPER_STAGE_RESIGNED] = "resigned",
		[VIGIL_KEEPER_STAGE_LOST] = "lost",
		[VIGIL_KEEPER_STAGE_RESPAWNED] = "respawned",
		[VIGIL_KEEPER_STAGE_RESPAWN_FAILED] = "respawn-failed",
		[VIGIL_KEEPER_STAGE_EXHAUSTED] = "exhausted",
	};

	return NAME(names, stage);
}

const char *vigil_keeper_why_name(enum vigil_keeper_why why)
{
	static const char *const names[] = {
		[VIGIL_KEEPER_WHY_NONE] = "none",
		[VIGIL_KEEPER_WHY_RELEASED] = "released",
		[VIGIL_KEEPER_WHY_DEAD] = "dead",
		[VIGIL_KEEPER_WHY_HUNG] = "hung",
		[VIGIL_KEEPER_WHY_EXEC] = "exec",
		[VIGIL_KEEPER_WHY_LATE] = "late",
		[VIGIL_KEEPER_WHY_LIMIT] = "limit",
		[VIGIL_KEEPER_WHY_STUCK] = "stuck",
	};

	return NAME(names, why);
}
