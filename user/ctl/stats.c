/* SPDX-License-Identifier: GPL-2.0 */
/* vigil stats */
#include <inttypes.h>

#include <vigil/vigil.h>

#include "user/ctl/command.h"
#include "user/ctl/death.h"
#include "user/ctl/module.h"

static int read_stats(struct vigil_stats *s)
{
	struct vigil *v;
	int err = vigil_open(&v), status = CTL_OK;

	if (err)
		return module_error("cannot read the counters", err, "");
	err = vigil_stats_get(v, s);
	if (err)
		status = module_error("cannot read the counters", err, vigil_error(v));
	vigil_close(v);
	return status;
}

static void print_text(const struct vigil_stats *s)
{
	say("watches        %" PRIu64 " of at most %" PRIu64 "\n", s->watches, s->watches_max);
	say("  dead         %" PRIu64 "\n", s->dead);
	say("newest event   %" PRIu64 "\n", s->seq);
	say("oldest event   %" PRIu64 "\n", s->oldest_seq);
	say("ring size      %" PRIu64 "\n", s->ring_size);
	say("send failures  %" PRIu64 "\n", s->send_failures);
}

static int run(const struct ctl_args *args)
{
	struct vigil_stats s;
	int status = read_stats(&s);

	if (status != CTL_OK)
		return status;
	if (args->json)
		print_json(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
				     "watches", json_u64(s.watches), "dead", json_u64(s.dead),
				     "watches_max", json_u64(s.watches_max),
				     "seq", json_u64(s.seq), "oldest_seq", json_u64(s.oldest_seq),
				     "ring_size", json_u64(s.ring_size),
				     "send_failures", json_u64(s.send_failures)));
	else
		print_text(&s);
	return CTL_OK;
}

const struct ctl_command cmd_stats = {
	.name = "stats",
	.operands = "",
	.summary = "Show vigil.ko's counters",
	.help = "They are those of the network namespace. Needs CAP_NET_ADMIN.\n",
	.options = CTL_OUTPUT,
	.run = run,
};
