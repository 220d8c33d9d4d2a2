/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of the restart policy. */
#include <signal.h>
#include <string.h>

#include "user/jobfile/jobfile.h"
#include "user/jobfile/policy.h"
#include "user/jobfile/value.h"

const struct word policy_restarts[] = {
	{ "always", JOB_RESTART_ALWAYS },
	{ "on-failure", JOB_RESTART_ON_FAILURE },
	{ "on-abnormal", JOB_RESTART_ON_ABNORMAL },
	{ "never", JOB_RESTART_NEVER },
	{}
};

const struct word policy_limits[] = {
	{ "fail", JOB_LIMIT_FAIL },
	{ "restart-group", JOB_LIMIT_RESTART_GROUP },
	{ "node-unfit", JOB_LIMIT_NODE_UNFIT },
	{ "hand-over", JOB_LIMIT_HAND_OVER },
	{}
};

const struct word policy_changes[] = {
	{ "restart", JOB_CHANGE_RESTART },
	{ "keep", JOB_CHANGE_KEEP },
	{}
};

static void add_signal(struct parse *p, yaml_node_t *node, const char *text, struct job_ends *ends)
{
	struct suggestion meant = {};
	int sig = value_signal(text, &meant);

	if (sig)
		ends->signals |= 1ull << (sig - 1);
	else if (meant.word)
		refuse(p, node, "unknown signal \"%s\", did you mean \"%s\"?",
		       show(text, strlen(text)).text, meant.word);
	else
		refuse(p, node, "unknown signal \"%s\": write an exit code, 0 to %d, or a signal's name",
		       show(text, strlen(text)).text, JOB_CODE_MAX);
}

/* A number is a code: signals are given by name here. */
static void add_end(struct parse *p, yaml_node_t *node, struct job_ends *ends)
{
	const char *text = word_of(p, node, "an exit code or a signal");
	enum value_result r;
	uint64_t code;

	if (!text)
		return;
	r = value_number(text, &code);
	if (r == VALUE_NOT_A_NUMBER)
		add_signal(p, node, text, ends);
	else if (r != VALUE_OK || code > JOB_CODE_MAX)
		refuse(p, node, "\"%s\" is no exit code: those are 0 to %d",
		       show(text, strlen(text)).text, JOB_CODE_MAX);
	else
		ends->codes[code / 64] |= 1ull << code % 64;
}

void set_ends(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	yaml_node_item_t *item;

	if (!enter_list(p, node, "a list, as in [3, TERM],"))
		return;
	for (item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++)
		add_end(p, node_of(p, *item), key_member(k, spec));
}
