/* SPDX-License-Identifier: GPL-2.0 */
/* vigil kernel */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <vigil/vigil.h>

#include "user/ctl/command.h"
#include "user/ctl/death.h"
#include "user/ctl/module.h"
#include "user/ctl/sysdir.h"
#include "user/ctl/table.h"

static const char what[] = "cannot tell of the module";

/** struct owner - whose watches, and how many. */
struct owner {
	char name[VIGIL_OWNER_LEN_MAX + 1];
	uint64_t alive;
	uint64_t dead;
};

/** struct page - all that is told. */
struct page {
	json_t *parameters;
	json_t *files;
	struct vigil_stats stats;
	struct owner *owners;
	size_t n;
	bool counted;		/* the two above could be had */
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct owner *)a)->name, ((const struct owner *)b)->name);
}

/* Watches of one owner tend to come one behind the other. */
static struct owner *owner_of(struct page *p, const char *name)
{
	struct owner *o;
	size_t i;

	for (i = p->n; i > 0; i--)
		if (!strcmp(p->owners[i - 1].name, name))
			return &p->owners[i - 1];
	o = realloc(p->owners, (p->n + 1) * sizeof(*o));
	if (!o)
		return NULL;
	p->owners = o;
	o += p->n++;
	*o = (struct owner){ .alive = 0 };
	memcpy(o->name, name, strlen(name));
	return o;
}

static int count_watch(const struct vigil_watch *w, void *arg)
{
	struct owner *o = owner_of(arg, w->owner);

	if (!o)
		return -ENOMEM;
	if (w->state == VIGIL_WATCH_STATE_DEAD)
		o->dead++;
	else
		o->alive++;
	return 0;
}

/* By netlink, so of the caller's network namespace. */
static int count(struct page *p)
{
	struct vigil *v;
	int err = vigil_open(&v), status = CTL_OK;

	if (err)
		return module_error(what, err, "");
	err = vigil_stats_get(v, &p->stats);
	if (!err)
		err = vigil_list(v, NULL, count_watch, p);
	if (err)
		status = module_error("cannot count the watches", err, vigil_error(v));
	p->counted = !err;
	if (p->n)
		qsort(p->owners, p->n, sizeof(*p->owners), by_name);
	vigil_close(v);
	return status;
}

static const char *value_text(const json_t *value)
{
	return json_is_string(value) ? json_string_value(value) : "(not to be read)";
}

/* A value of several lines goes below its name. */
static void print_value(unsigned int indent, const char *name, const char *text)
{
	enum { COLUMN = 26 };
	const char *line = text, *end;

	if (!strchr(text, '\n')) {
		say("%*s%-*s %s\n", (int)indent, "", (int)(COLUMN - indent), name, text);
		return;
	}
	say("%*s%s\n", (int)indent, "", name);
	for (; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		say("%*s%.*s\n", (int)indent + 2, "", (int)(end - line), line);
	}
}

static void print_files(unsigned int indent, json_t *files)
{
	const char *name;
	json_t *value;

	json_object_foreach(files, name, value)
		if (!json_is_object(value))
			print_value(indent, name, value_text(value));
}

static void print_heading(const char *text)
{
	say("\n%s%s%s\n", colour_on(BOLD), text, colour_off(BOLD));
}

/* A folder is a section: whatever part of the module made it shows by itself. */
static void print_folders(unsigned int indent, json_t *files)
{
	const char *name;
	json_t *value;

	json_object_foreach(files, name, value) {
		if (!json_is_object(value))
			continue;
		if (indent)
			say("%*s%s\n", (int)indent, "", name);
		else
			print_heading(name);
		print_files(indent + 2, value);
		print_folders(indent + 2, value);
	}
}

static void print_counts(const struct page *p)
{
	static const char *const heads[] = { "  OWNER", "ALIVE", "DEAD", NULL };
	const struct vigil_stats *s = &p->stats;
	struct table *t = table_new(heads);
	size_t i;

	print_heading("this network namespace");
	say("  watches                  %" PRIu64 " of at most %" PRIu64 ", %" PRIu64 " of them dead\n",
	    s->watches, s->watches_max, s->dead);
	say("  events                   newest %" PRIu64 ", oldest %" PRIu64 ", in a ring of %" PRIu64
	    "\n", s->seq, s->oldest_seq, s->ring_size);
	say("  send failures            %" PRIu64 "\n", s->send_failures);
	for (i = 0; i < p->n; i++) {
		table_cell(t, PLAIN, "  %s", p->owners[i].name);
		table_cell(t, PLAIN, "%" PRIu64, p->owners[i].alive);
		table_cell(t, PLAIN, "%" PRIu64, p->owners[i].dead);
	}
	if (p->n && !table_print(t))
		complain("out of memory");
	table_free(t);
}

static void print_page(const struct page *p)
{
	const char *version = json_string_value(json_object_get(p->files, "version"));

	say("%svigil.ko %s%s\n", colour_on(BOLD), version ?: "of an unknown version",
	    colour_off(BOLD));
	print_files(2, p->files);
	if (p->parameters && json_object_size(p->parameters)) {
		print_heading("parameters");
		print_files(2, p->parameters);
	}
	if (p->counted)
		print_counts(p);
	print_folders(0, p->files);
}

static json_t *owners_json(const struct page *p)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < p->n; i++)
		json_array_append_new(list, json_pack("{s:o, s:o, s:o}",
						      "owner", json_text(p->owners[i].name),
						      "alive", json_u64(p->owners[i].alive),
						      "dead", json_u64(p->owners[i].dead)));
	return list;
}

static json_t *counts_json(const struct page *p)
{
	const struct vigil_stats *s = &p->stats;

	if (!p->counted)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "watches", json_u64(s->watches), "dead", json_u64(s->dead),
			 "watches_max", json_u64(s->watches_max), "seq", json_u64(s->seq),
			 "oldest_seq", json_u64(s->oldest_seq), "ring_size", json_u64(s->ring_size),
			 "send_failures", json_u64(s->send_failures), "owners", owners_json(p));
}

static int run(const struct ctl_args *args)
{
	struct page p = { .files = sysdir_read("/sys/kernel/vigil") };
	int status;

	if (!p.files)
		return module_error(what, -errno, "");
	p.parameters = sysdir_read("/sys/module/vigil/parameters");
	status = count(&p);
	if (args->json)
		print_json(json_pack("{s:O, s:o, s:o}", "node", p.files,
				     "parameters", p.parameters ? json_incref(p.parameters) : json_null(),
				     "namespace", counts_json(&p)));
	else
		print_page(&p);
	json_decref(p.files);
	json_decref(p.parameters);
	free(p.owners);
	return status;
}

const struct ctl_command cmd_kernel = {
	.name = "kernel",
	.operands = "",
	.summary = "Show all of vigil.ko on this node",
	.help = "Its version, parameters and limits, the watches by owner, the ring of events, and each\n"
		"part of the module that has a folder below /sys/kernel/vigil. The watches are those of the network\n"
		"namespace, and counting them needs CAP_NET_ADMIN; all else is the node's.\n",
	.options = CTL_OUTPUT,
	.run = run,
};
