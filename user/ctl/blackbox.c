/* SPDX-License-Identifier: GPL-2.0 */
/* vigil blackbox */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <vigil/vigil.h>

#include "user/ctl/box.h"
#include "user/ctl/box_files.h"
#include "user/ctl/command.h"
#include "user/ctl/death.h"
#include "user/ctl/module.h"

#define LIFE "/sys/kernel/vigil/blackbox/life"

enum { US_PER_S = 1000000, NS_PER_US = 1000 };

/** struct now - the running kernel, if the records are of this node. */
struct now {
	uint64_t boot_us;
	uint32_t life;
};

static struct now running(void)
{
	struct timespec up, real;
	struct now now = { .life = 0 };
	FILE *f = fopen(LIFE, "re");

	clock_gettime(CLOCK_BOOTTIME, &up);
	clock_gettime(CLOCK_REALTIME, &real);
	now.boot_us = (uint64_t)(real.tv_sec - up.tv_sec) * US_PER_S + real.tv_nsec / NS_PER_US -
		      up.tv_nsec / NS_PER_US;
	if (f) {
		if (fscanf(f, "%" SCNx32, &now.life) != 1)
			now.life = 0;
		fclose(f);
	}
	return now;
}

static void print_line(char kind, uint64_t uptime_us, const char *text)
{
	say("  %6" PRIu64 ".%06u  %-8s  %s\n", uptime_us / US_PER_S,
	    (unsigned int)(uptime_us % US_PER_S), kind == 'e' ? "event" : "decision", text);
}

static void print_section(const struct box_section *s, bool running)
{
	size_t i;

	say("\n%s%s%s%s\n", colour_on(BOLD), s->marked ? s->why : "(its first and last line are lost)",
	    colour_off(BOLD), running ? " (of the running kernel)" : "");
	if (s->marked)
		say("  written %s, %s after the boot; %" PRIu64 " decisions and %" PRIu64
		    " events noted by then\n", moment_of(s->realtime_us * NS_PER_US).text,
		    span_of((double)s->uptime_us / US_PER_S).text, s->decisions, s->events);
	say("  from %s\n", s->source);
	for (i = 0; i < s->n; i++)
		print_line(s->notes[i].kind, s->notes[i].uptime_us, s->notes[i].text);
}

static void print_text(const struct box *b, size_t records, struct now now)
{
	struct box_verdict v;
	size_t i;

	if (box_judge(b, now.boot_us, now.life, &v))
		say("%sthe last end that is told of%s%s: %s%s%s%s\n", colour_on(BOLD),
		    v.last->marked ? ", after " : "",
		    v.last->marked ? moment_of(v.last->realtime_us * NS_PER_US).text : "",
		    box_end_text(v.end), v.last->marked ? "; last written: " : "", v.last->why,
		    colour_off(BOLD));
	else if (!records)
		say("no record of an earlier kernel log is there\n");
	else
		say("%zu record%s of earlier kernel logs, but vigil.ko has left nothing there of "
		    "a life that is over\n", records, records == 1 ? "" : "s");
	for (i = 0; i < b->n; i++)
		print_section(&b->sections[i],
			      box_is_running(&b->sections[i], now.boot_us, now.life));
}

static json_t *note_json(char kind, uint64_t number, uint64_t boottime_ns, const char *text)
{
	return json_pack("{s:s, s:o, s:o, s:o}", "kind", kind == 'e' ? "event" : "decision",
			 "number", json_u64(number), "boottime_ns", json_u64(boottime_ns),
			 "text", json_text(text));
}

static json_t *section_json(const struct box_section *s, struct now now)
{
	json_t *notes = json_array();
	char life[16];
	size_t i;

	for (i = 0; i < s->n; i++)
		json_array_append_new(notes, note_json(s->notes[i].kind, s->notes[i].number,
						       s->notes[i].uptime_us * NS_PER_US,
						       s->notes[i].text));
	snprintf(life, sizeof(life), "%08" PRIx32, s->life);
	return json_pack("{s:s, s:i, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "life", life,
			 "number", (int)s->number,
			 "running", box_is_running(s, now.boot_us, now.life),
			 "why", s->marked ? json_text(s->why) : json_null(),
			 "boottime_ns", s->marked ? json_u64(s->uptime_us * NS_PER_US) : json_null(),
			 "realtime_ns", s->marked ? json_u64(s->realtime_us * NS_PER_US) : json_null(),
			 "decisions", s->marked ? json_u64(s->decisions) : json_null(),
			 "events", s->marked ? json_u64(s->events) : json_null(),
			 "source", json_text(s->source), "notes", notes);
}

static json_t *verdict_json(const struct box *b, struct now now)
{
	struct box_verdict v;

	if (!box_judge(b, now.boot_us, now.life, &v))
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o}", "end", box_end_name(v.end),
			 "text", box_end_text(v.end), "after_realtime_ns",
			 v.last->marked ? json_u64(v.last->realtime_us * NS_PER_US) : json_null(),
			 "why", v.last->marked ? json_text(v.last->why) : json_null());
}

static json_t *box_json(const struct box *b, size_t records, struct now now)
{
	json_t *sections = json_array();
	size_t i;

	for (i = 0; i < b->n; i++)
		json_array_append_new(sections, section_json(&b->sections[i], now));
	return json_pack("{s:i, s:o, s:o}", "records", (int)records,
			 "last_end", verdict_json(b, now), "sections", sections);
}

static int read_records(const struct ctl_args *args, struct box *b, size_t *records)
{
	int status = CTL_OK, one;
	size_t i;

	if (!args->n)
		return box_files_read_node(b, records);
	for (i = 0; i < args->n; i++) {
		one = box_files_read(b, args->operands[i], records);
		if (status == CTL_OK)
			status = one;
	}
	return status;
}

static int show_records(const struct ctl_args *args)
{
	struct now now = args->n ? (struct now){ .life = 0 } : running();
	struct box b = { .n = 0 };
	size_t records = 0;
	int status = read_records(args, &b, &records);

	box_sort(&b);
	if (status != CTL_OK && !records)
		;	/* why has been told, and there is nothing else to tell */
	else if (args->json)
		print_json(box_json(&b, records, now));
	else
		print_text(&b, records, now);
	box_free(&b);
	return status;
}

/** struct notes - the live box. */
struct notes {
	struct vigil_note *list;
	size_t n;
};

static int keep(const struct vigil_note *note, void *arg)
{
	struct notes *notes = arg;
	struct vigil_note *list = realloc(notes->list, (notes->n + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	notes->list = list;
	list[notes->n++] = *note;
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct vigil_note *n = a, *m = b;

	if (n->boottime_ns != m->boottime_ns)
		return n->boottime_ns > m->boottime_ns ? 1 : -1;
	return (n->number > m->number) - (n->number < m->number);
}

static char letter_of(const struct vigil_note *n)
{
	return n->kind == VIGIL_NOTE_KIND_EVENT ? 'e' : 'd';
}

static void print_now(const struct notes *notes, bool json)
{
	const struct vigil_note *n;
	size_t i;

	for (i = 0; i < notes->n; i++) {
		n = &notes->list[i];
		if (json)
			print_json_line(note_json(letter_of(n), n->number, n->boottime_ns, n->text));
		else
			print_line(letter_of(n), n->boottime_ns / NS_PER_US, n->text);
	}
}

static int show_now(const struct ctl_args *args)
{
	static const char what[] = "cannot read the black box";
	struct notes notes = { .n = 0 };
	int status = CTL_OK;
	struct vigil *v;
	int err = vigil_open(&v);

	if (err)
		return module_error(what, err, "");
	err = vigil_blackbox_read(v, keep, &notes);
	if (err == -EPERM) {
		complain("%s: CAP_SYS_ADMIN is needed, in the initial network namespace; run this as root",
			 what);
		status = CTL_DENIED;
	} else if (err) {
		status = module_error(what, err, vigil_error(v));
	} else {
		if (notes.n)
			qsort(notes.list, notes.n, sizeof(*notes.list), by_time);
		print_now(&notes, args->json);
	}
	free(notes.list);
	vigil_close(v);
	return status;
}

static int run(const struct ctl_args *args)
{
	if (!args->now)
		return show_records(args);
	if (!args->n)
		return show_now(args);
	complain("vigil blackbox --now takes no records");
	return CTL_USAGE;
}

const struct ctl_command cmd_blackbox = {
	.name = "blackbox",
	.operands = "[RECORD...]",
	.summary = "Tell why the node was reset",
	.help = "vigil.ko writes its last events and decisions to the kernel's log, and that to pstore,\n"
		"when it arms and disarms the watchdog, when that is about to bite, and when the kernel panics.\n"
		"They are read from /sys/fs/pstore and /var/lib/systemd/pstore, or from the RECORDs,\n"
		"files or folders.\n",
	.options = CTL_OUTPUT | CTL_NOW,
	.max = SIZE_MAX,
	.run = run,
};
