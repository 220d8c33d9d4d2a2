/* SPDX-License-Identifier: GPL-2.0 */
/* What a job file says of a job's output. */
#include <string.h>

#include "user/jobfile/jobfile.h"
#include "user/jobfile/log.h"
#include "user/jobfile/suggest.h"

#define SEC (1000 * 1000ull)
#define KIB 1024ull
#define GIB (1024 * 1024 * KIB)

#define AT(member) .offset = offsetof(struct job_log, member)

const struct job_log log_defaults = {
	.max_size = 10 * 1024 * KIB,
	.max_files = 5,
	.rate_max = 10000,
	.rate_within_us = 30 * SEC,
	.out = true,
	.err = true,
	.syslog = -1,
};

static const struct word truth[] = { { "true", true }, { "false", false }, {} };

/* As syslog(3) and syslog.conf(5) have them; those of the kernel are not a job's. */
static const struct word facilities[] = {
	{ "false", (uint64_t)-1 },
	{ "user", 1 }, { "mail", 2 }, { "daemon", 3 }, { "auth", 4 }, { "lpr", 6 }, { "news", 7 },
	{ "uucp", 8 }, { "cron", 9 }, { "authpriv", 10 }, { "ftp", 11 }, { "local0", 16 },
	{ "local1", 17 }, { "local2", 18 }, { "local3", 19 }, { "local4", 20 }, { "local5", 21 },
	{ "local6", 22 }, { "local7", 23 },
	{}
};

static void set_facility(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	const char *text = word_of(p, node, "false, or a facility, as in daemon,");
	struct suggestion meant = {};
	const struct word *w;

	for (w = k->words; text && w->name; w++) {
		if (!strcmp(w->name, text)) {
			*(int *)key_member(k, out) = (int)w->value;
			return;
		}
		suggest(&meant, text, w->name);
	}
	if (text && meant.word)
		refuse(p, node, "unknown facility \"%s\", did you mean \"%s\"?",
		       show(text, strlen(text)).text, meant.word);
	else if (text)
		refuse(p, node, "unknown facility \"%s\": write false, daemon, user, local0 to local7 or "
		       "another of syslog(3)", show(text, strlen(text)).text);
}

static const struct key rate_limit_keys[] = {
	{ "max", set_number, AT(rate_max), .min = 0, .max = 1000 * 1000 },
	{ "within", set_duration, AT(rate_within_us), .min = SEC, .max = 3600 * SEC },
	{}
};

static const struct key log_keys[] = {
	{ "max-size", set_size, AT(max_size), .min = 256 * KIB, .max = 1024 * GIB },
	{ "max-files", set_number, AT(max_files), .min = 1, .max = 100 },
	{ "rate-limit", set_mapping, .keys = rate_limit_keys },
	{ "stdout", set_word, AT(out), .words = truth },
	{ "stderr", set_word, AT(err), .words = truth },
	{ "journald", set_word, AT(journald), .words = truth },
	{ "syslog", set_facility, AT(syslog), .words = facilities },
	{}
};

void set_log(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	struct job_log *log = key_member(k, spec);

	log->line = node->start_mark.line + 1;
	log->column = node->start_mark.column + 1;
	walk_mapping(p, node, node, "a mapping of keys to values", log_keys, log);
}
