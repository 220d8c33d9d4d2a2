// SPDX-License-Identifier: GPL-2.0
/* Plans of reloads: what each key's change means, and what becomes of the jobs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/lib/harness.h"
#include "user/agent/plan.h"
#include "user/jobfile/compare.h"

enum { TEXT_MAX = 1024, JOBS_MAX = 16 };

static bool parse(const char *text, struct job_file *f)
{
	int err = job_file_parse(text, strlen(text), f);

	if (err)
		printf("# %s: %s\n", text, f->nerrors ? f->errors[0].text : "no memory");
	return err == 0;
}

/* What one key may be changed from and to; the job has nothing else but exec. */
struct key_case {
	const char *key;
	enum compare_effect effect;
	const char *from;
	const char *to;
};

static const struct key_case key_cases[] = {
	{ "exec", COMPARE_RESTART, "exec: [/a, b]", "exec: [/a, c]" },
	{ "user", COMPARE_RESTART, "", "user: nobody" },
	{ "group", COMPARE_RESTART, "", "group: daemon" },
	{ "groups", COMPARE_RESTART, "groups: [a]", "groups: [a, b]" },
	{ "directory", COMPARE_RESTART, "", "directory: /tmp" },
	{ "output", COMPARE_RESTART, "", "output: /tmp/x" },
	{ "log.stdout, log.stderr", COMPARE_RESTART, "", "log: {stderr: false}" },
	{ "log", COMPARE_NEXT_START, "", "log: {max-size: 2M}" },
	{ "env", COMPARE_RESTART, "env: {A: b}", "env: {A: c}" },
	{ "env-file", COMPARE_RESTART, "", "env-file: /e" },
	{ "restart", COMPARE_AT_ONCE, "", "restart: never" },
	{ "backoff", COMPARE_AT_ONCE, "", "backoff: {max: 9s}" },
	{ "healthy-after", COMPARE_AT_ONCE, "", "healthy-after: 1s" },
	{ "restart-limit", COMPARE_AT_ONCE, "", "restart-limit: {max: 1}" },
	{ "stop", COMPARE_AT_ONCE, "", "stop: {signal: INT}" },
	{ "autostart", COMPARE_AT_ONCE, "", "autostart: false" },
	{ "limits.memory", COMPARE_AT_ONCE, "", "limits: {memory: 8M}" },
	{ "limits.memory-high", COMPARE_AT_ONCE, "", "limits: {memory-high: 8M}" },
	{ "limits.memory-swap", COMPARE_AT_ONCE, "", "limits: {memory-swap: 8M}" },
	{ "limits.tasks", COMPARE_AT_ONCE, "", "limits: {tasks: 8}" },
	{ "limits.cpu", COMPARE_AT_ONCE, "", "limits: {cpu: 50%}" },
	{ "limits.cpu-weight", COMPARE_AT_ONCE, "", "limits: {cpu-weight: 50}" },
	{ "limits.io-weight", COMPARE_AT_ONCE, "", "limits: {io-weight: 50}" },
	{ "limits.nofile", COMPARE_RESTART, "", "limits: {nofile: 50}" },
	{ "limits.core", COMPARE_RESTART, "", "limits: {core: 0}" },
	{ "ready", COMPARE_NEXT_START, "", "ready: notify" },
	{ "pid-file", COMPARE_NEXT_START, "ready: forks\n    pid-file: /run/a", "ready: forks\n    pid-file: /run/b" },
	{ "start-timeout", COMPARE_NEXT_START, "", "start-timeout: 7s" },
	{ "notify-access", COMPARE_AT_ONCE, "", "notify-access: all" },
	{ "watchdog", COMPARE_NEXT_START, "watchdog: 2s", "watchdog: 3s" },
	{ "on-hang", COMPARE_AT_ONCE, "", "on-hang: kill" },
	{ "probe", COMPARE_NEXT_START, "probe: {tcp: '127.0.0.1:1', liveness: true}", "probe: {tcp: '127.0.0.1:2', liveness: true}" },
	{ "reload", COMPARE_AT_ONCE, "", "reload: {signal: HUP}" },
	{ "fd-store", COMPARE_NEXT_START, "", "fd-store: 3" },
	{ "rlimits", COMPARE_RESTART, "", "rlimits: {stack: 8M}" },
	{ "sockets", COMPARE_RESTART, "sockets: [{stream: /a}]", "sockets: [{stream: /b}]" },
	{ "sockets", COMPARE_RESTART, "", "sockets: [{stream: /b}]" },
	{ "sockets.attributes", COMPARE_AT_ONCE, "sockets: [{stream: /a}]",
	  "sockets: [{stream: /a, backlog: 3}]" },
	{ "sockets.attributes", COMPARE_AT_ONCE, "sockets: [{stream: /a}]",
	  "sockets: [{stream: /a, mode: 0600}]" },
	{ "umask", COMPARE_RESTART, "", "umask: 0077" },
	{ "nice", COMPARE_RESTART, "", "nice: 1" },
	{ "oom-score-adj", COMPARE_RESTART, "", "oom-score-adj: 1" },
	{ "cpu-affinity", COMPARE_RESTART, "cpu-affinity: [0]", "cpu-affinity: [1]" },
	{ "scheduler", COMPARE_RESTART, "", "scheduler: {policy: batch}" },
	{ "io-priority", COMPARE_RESTART, "", "io-priority: {class: idle}" },
	{ "capabilities", COMPARE_RESTART, "", "capabilities: []" },
	{ "no-new-privileges", COMPARE_RESTART, "", "no-new-privileges: true" },
	{ "success-exit", COMPARE_AT_ONCE, "", "success-exit: [3]" },
	{ "restart-prevent", COMPARE_AT_ONCE, "", "restart-prevent: [3]" },
	{ "restart-force", COMPARE_AT_ONCE, "", "restart-force: [TERM]" },
	{ "on-limit", COMPARE_AT_ONCE, "", "on-limit: node-unfit" },
	{ "after", COMPARE_AT_ONCE, "", "after: [x]" },
	{ "requires", COMPARE_AT_ONCE, "", "requires: [x]" },
	{ "binds-to", COMPARE_AT_ONCE, "", "binds-to: [x]" },
	{ "on-dependency", COMPARE_AT_ONCE, "requires: [x]", "requires: [x]\n    on-dependency: stop" },
	{ "pre-start", COMPARE_NEXT_START, "pre-start: [[/a]]", "pre-start: [[/b]]" },
	{ "post-stop", COMPARE_AT_ONCE, "", "post-stop: [[/b]]" },
	{ "command-timeout", COMPARE_AT_ONCE, "", "command-timeout: 3s" },
	{ "on-change", COMPARE_AT_ONCE, "", "on-change: keep" },
	{ "rollback", COMPARE_AT_ONCE, "", "rollback: false" },
	{ "foretell", COMPARE_AT_ONCE, "foretell: {descriptors: {above: 80%}}", "foretell: {descriptors: {above: 90%}}" },
	{ "foretell", COMPARE_AT_ONCE, "", "foretell: {descriptors: {above: 90%}}" },
	{ "standby", COMPARE_AT_ONCE, "", "standby: 1" },
	{ "singleton", COMPARE_RESTART, "", "singleton: true" },
	{ "takeover-signal", COMPARE_RESTART, "", "takeover-signal: USR1" },
};

static void write_job(const char *key, char *text)
{
	snprintf(text, TEXT_MAX, "jobs:\n  a:\n    %s\n    %s\n", strncmp(key, "exec:", 5) ? "exec: /x" : "",
		 key);
}

static size_t bit_of(const char *key)
{
	size_t bit = 0;

	while (compare_key(bit) && strcmp(compare_key(bit), key) != 0)
		bit++;
	return bit;
}

TEST(each_key_is_told_and_has_its_effect)
{
	uint64_t seen = 0;
	size_t i;

	for (i = 0; i < sizeof(key_cases) / sizeof(*key_cases); i++) {
		const struct key_case *c = &key_cases[i];
		char from[TEXT_MAX], to[TEXT_MAX];
		struct job_file a, b;
		uint64_t mask, bit = 1ull << bit_of(c->key);

		write_job(c->from, from);
		write_job(c->to, to);
		ASSERT_TRUE(parse(from, &a) && parse(to, &b));
		mask = compare_specs(a.specs, b.specs);
		if (mask != bit)
			printf("# %s: mask %llx, not %llx\n", c->to, (unsigned long long)mask,
			       (unsigned long long)bit);
		EXPECT_EQ(bit, mask);
		EXPECT_EQ(mask, compare_specs(b.specs, a.specs));
		EXPECT_EQ(0, compare_specs(a.specs, a.specs));
		EXPECT_EQ(bit, bit & compare_mask(c->effect));
		job_file_free(&b);
		/* Elsewhere in another file it is the same. */
		ASSERT_TRUE(parse(from, &b));
		b.specs[0].line += 7;
		EXPECT_EQ(0, compare_specs(a.specs, b.specs));
		seen |= mask;
		job_file_free(&a);
		job_file_free(&b);
	}
	/* The last one is of the group, which a job does not name itself. */
	for (i = 0; compare_key(i + 1); i++) {
		if (!(seen & 1ull << i))
			printf("# nothing was changed of %s\n", compare_key(i));
		EXPECT_TRUE(seen & 1ull << i);
	}
}

TEST(a_group_is_compared_by_what_it_is)
{
	static const char one[] = "jobs:\n  a: {exec: /x}\n  b: {exec: /x}\n"
		"supervision:\n  g: {jobs: [a, b]}\n";
	static const char other[] = "jobs:\n  a: {exec: /x}\n  b: {exec: /x}\n"
		"supervision:\n  g: {jobs: [a, b], strategy: one-for-all}\n";
	struct job_file a, b, c;

	ASSERT_TRUE(parse(one, &a) && parse(one, &b) && parse(other, &c));
	EXPECT_EQ(0, compare_specs(&a.specs[0], &b.specs[0]));
	EXPECT_EQ(compare_mask(COMPARE_AT_ONCE) & compare_specs(&a.specs[0], &c.specs[0]),
		  compare_specs(&a.specs[0], &c.specs[0]));
	EXPECT_NE(0, compare_specs(&a.specs[0], &c.specs[0]));
	job_file_free(&a);
	job_file_free(&b);
	job_file_free(&c);
}

/* All jobs of the old file stand so, and run by @run, or by what the file has if that is NULL. */
struct plan_case {
	const char *name;
	enum plan_stand stand;
	const char *run;
	const char *from;
	const char *to;
	const char *want;	/* "NAME ACTION[ with NAME]; ..." */
};

#define A "jobs:\n  a: {exec: /x}\n"
#define A_NICE "jobs:\n  a: {exec: /x, nice: 1}\n"
#define DB "  db: {exec: /d}\n"
#define DB_NICE "  db: {exec: /d, nice: 1}\n"

static const struct plan_case plan_cases[] = {
	{ "the same", PLAN_UP, NULL, A, A, "a nothing; " },
	{ "new", PLAN_UP, NULL, A, A "  b: {exec: /x}\n", "a nothing; b start; " },
	{ "new and held", PLAN_UP, NULL, A, A "  b: {exec: /x, autostart: false}\n",
	  "a nothing; b add; " },
	{ "gone", PLAN_UP, NULL, A DB, A, "a nothing; db stop; " },
	{ "gone and down", PLAN_DOWN, NULL, A DB, A, "a nothing; db remove; " },
	{ "a key of the process", PLAN_UP, NULL, A, A_NICE, "a restart; " },
	{ "... of a job that is down", PLAN_DOWN, NULL, A, A_NICE, "a change; " },
	{ "... of one on its way", PLAN_WAITS, NULL, A, A_NICE, "a change; " },
	{ "... of one that failed", PLAN_BROKEN, NULL, A, A_NICE, "a start; " },
	{ "a policy of one that failed", PLAN_BROKEN, NULL, A,
	  "jobs:\n  a: {exec: /x, restart: never}\n", "a change; " },
	{ "... of one to be kept", PLAN_UP, NULL, A, "jobs:\n  a: {exec: /x, nice: 1, on-change: keep}\n",
	  "a change; " },
	{ "... of one that failed and is to be kept", PLAN_BROKEN, NULL, A,
	  "jobs:\n  a: {exec: /x, nice: 1, on-change: keep}\n", "a change; " },
	{ "a key of the start", PLAN_UP, NULL, A, "jobs:\n  a: {exec: /x, start-timeout: 3s}\n",
	  "a change; " },
	{ "an older process", PLAN_UP, A, A_NICE, A_NICE, "a restart; " },
	{ "back to what the process has", PLAN_UP, A, A_NICE, A, "a change; " },
	{ "bound to one that is restarted", PLAN_UP, NULL, A "  w: {exec: /w, binds-to: [db]}\n" DB,
	  A "  w: {exec: /w, binds-to: [db]}\n" DB_NICE, "a nothing; db restart; w restart with db; " },
	{ "... over one between", PLAN_UP, NULL,
	  A "  v: {exec: /v, binds-to: [w]}\n  w: {exec: /w, requires: [db]}\n" DB,
	  A "  v: {exec: /v, binds-to: [w]}\n  w: {exec: /w, requires: [db]}\n" DB_NICE,
	  "a nothing; db restart; v restart with w; w restart with db; " },
	{ "... which does not follow", PLAN_UP, NULL,
	  A "  w: {exec: /w, requires: [db], on-dependency: ignore}\n" DB,
	  A "  w: {exec: /w, requires: [db], on-dependency: ignore}\n" DB_NICE,
	  "a nothing; db restart; w nothing; " },
	{ "... which stops", PLAN_UP, NULL, A "  w: {exec: /w, requires: [db], on-dependency: stop}\n" DB,
	  A "  w: {exec: /w, requires: [db], on-dependency: stop}\n" DB_NICE,
	  "a nothing; db restart; w stop with db; " },
	{ "after one that is restarted", PLAN_UP, NULL, A "  w: {exec: /w, after: [db]}\n" DB,
	  A "  w: {exec: /w, after: [db]}\n" DB_NICE, "a nothing; db restart; w nothing; " },
	{ "more replicas", PLAN_UP, NULL, "jobs:\n  a: {exec: /x, replicas: 2}\n",
	  "jobs:\n  a: {exec: /x, replicas: 3}\n", "a@1 nothing; a@2 nothing; a@3 start; " },
	{ "other replicas", PLAN_UP, NULL, "jobs:\n  a: {exec: /x, replicas: 2}\n",
	  "jobs:\n  a: {exec: /x, nice: 1, replicas: 1}\n", "a@1 restart; a@2 stop; " },
	{ "a template that was none", PLAN_UP, NULL, A, "jobs:\n  a: {exec: /x, replicas: 1}\n",
	  "a stop; a@1 start; " },
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct job_spec *)a)->name, ((const struct job_spec *)b)->name);
}

static void sort(struct job_file *f)
{
	qsort(f->specs, f->nspecs, sizeof(*f->specs), by_name);
}

static int make(struct plan *p, const struct plan_case *c, const struct job_file *from,
		const struct job_file *run, const struct job_file *to, uint64_t files)
{
	struct plan_old old[JOBS_MAX];
	struct plan_new fresh[JOBS_MAX];
	size_t i;

	for (i = 0; i < from->nspecs; i++)
		old[i] = (struct plan_old){
			.name = from->specs[i].name,
			.spec = &from->specs[i],
			.run = c->stand == PLAN_UP ? (c->run ? &run->specs[i] : &from->specs[i]) : NULL,
			.stand = c->stand,
		};
	for (i = 0; i < to->nspecs; i++)
		fresh[i] = (struct plan_new){ &to->specs[i], "/f.yaml" };
	return plan_make(p, old, from->nspecs, fresh, to->nspecs, files);
}

static void write_plan(const struct plan *p, char *text)
{
	size_t len = 0, i;

	text[0] = '\0';
	for (i = 0; i < p->n; i++)
		len += (size_t)snprintf(text + len, TEXT_MAX - len, "%s %s%s%s; ", p->items[i].name,
					plan_action_name(p->items[i].action),
					p->items[i].with[0] ? " with " : "", p->items[i].with);
}

TEST(what_becomes_of_the_jobs)
{
	size_t i;

	for (i = 0; i < sizeof(plan_cases) / sizeof(*plan_cases); i++) {
		const struct plan_case *c = &plan_cases[i];
		struct job_file from, run, to;
		char got[TEXT_MAX];
		struct plan p;

		ASSERT_TRUE(parse(c->from, &from) && parse(c->run ? c->run : c->from, &run) &&
			    parse(c->to, &to));
		sort(&from);
		sort(&to);
		ASSERT_EQ(0, make(&p, c, &from, &run, &to, 1));
		write_plan(&p, got);
		if (strcmp(got, c->want) != 0)
			printf("# %s: %s\n", c->name, got);
		EXPECT_STREQ(c->want, got);
		plan_free(&p);
		job_file_free(&from);
		job_file_free(&run);
		job_file_free(&to);
	}
}

TEST(an_id_is_that_of_the_files_and_the_actions)
{
	const struct plan_case up = { .stand = PLAN_UP }, down = { .stand = PLAN_DOWN };
	struct job_file a, b;
	struct plan p[4];
	size_t i, j;

	ASSERT_TRUE(parse(A, &a) && parse(A_NICE, &b));
	ASSERT_EQ(0, make(&p[0], &up, &a, &a, &b, 1));
	ASSERT_EQ(0, make(&p[1], &up, &a, &a, &b, 2));
	ASSERT_EQ(0, make(&p[2], &down, &a, &a, &b, 1));
	ASSERT_EQ(0, make(&p[3], &up, &a, &a, &a, 1));
	EXPECT_TRUE(plan_is_idle(&p[3]));
	EXPECT_FALSE(plan_is_idle(&p[2]));
	for (i = 0; i < 4; i++)
		for (j = 0; j < i; j++)
			EXPECT_NE(p[i].id, p[j].id);
	plan_free(&p[1]);
	ASSERT_EQ(0, make(&p[1], &up, &a, &a, &b, 1));
	EXPECT_EQ(p[0].id, p[1].id);
	for (i = 0; i < 4; i++)
		plan_free(&p[i]);
	job_file_free(&a);
	job_file_free(&b);
}

TEST_HARNESS_MAIN
