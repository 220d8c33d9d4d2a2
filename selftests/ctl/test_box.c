// SPDX-License-Identifier: GPL-2.0
/* The records of the black box: whole, in pieces, damaged, and what is concluded from them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/ctl/box.h"

#include "selftests/lib/harness.h"

enum {
	RECORD_MAX = 64 << 10,
	FLIPS = 20000,
	BOOT_S = 1000000,
};

FIXTURE(box) {
	struct box b;
	char record[RECORD_MAX];
	size_t len;
};

FIXTURE_SETUP(box)
{
	self->b = (struct box){ .n = 0 };
}

FIXTURE_TEARDOWN(box)
{
	box_free(&self->b);
}

typedef FIXTURE_DATA(box) box_t;

static void load(struct __test_metadata *_metadata, box_t *self, const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "selftests/ctl/records/%s", name);
	f = fopen(path, "re");
	ASSERT_NE(NULL, f) {
		TH_LOG("cannot open %s", path);
	}
	self->len = fread(self->record, 1, sizeof(self->record), f);
	fclose(f);
	ASSERT_LT(0, self->len);
}

static void feed(struct __test_metadata *_metadata, box_t *self, const char *text)
{
	ASSERT_EQ(0, box_read(&self->b, text, strlen(text), "record", 7));
}

TEST_F(box, a_recorded_panic_is_read_whole)
{
	const struct box_section *s;
	struct box_verdict v;

	load(_metadata, self, "panic");
	ASSERT_EQ(0, box_read(&self->b, self->record, self->len, "panic", 0));
	box_sort(&self->b);
	ASSERT_EQ(1, self->b.n);
	s = &self->b.sections[0];
	EXPECT_EQ(0x961d520e, s->life);
	EXPECT_EQ(1, s->number);
	EXPECT_TRUE(s->marked);
	EXPECT_STREQ("panic: sysrq triggered crash", s->why);
	EXPECT_EQ(25483119, s->uptime_us);
	EXPECT_EQ(1795282965321194, s->realtime_us);
	EXPECT_EQ(2, s->decisions);
	EXPECT_EQ(1, s->events);
	EXPECT_STREQ("panic", s->source);
	ASSERT_EQ(3, s->n);
	EXPECT_EQ('d', s->notes[0].kind);
	EXPECT_STREQ("loaded: version 0.1.0, ring_size 16384, watches_max 100000",
		     s->notes[0].text);
	EXPECT_EQ('e', s->notes[1].kind);
	EXPECT_EQ(1, s->notes[1].number);
	EXPECT_EQ(24886843, s->notes[1].uptime_us);
	EXPECT_STREQ("dead 1 pid 203 signal 15 vigil-watch-204/", s->notes[1].text);
	EXPECT_STREQ("watches_max is 1001 from now on", s->notes[2].text);
	ASSERT_TRUE(box_judge(&self->b, 0, 0, &v));
	EXPECT_EQ(BOX_PANIC, v.end);
	EXPECT_EQ(s, v.last);
}

TEST_F(box, sections_come_newest_first)
{
	load(_metadata, self, "panic");
	ASSERT_EQ(0, box_read(&self->b, self->record, self->len, "panic", 0));
	load(_metadata, self, "warned");
	ASSERT_EQ(0, box_read(&self->b, self->record, self->len, "warned", 0));
	box_sort(&self->b);
	ASSERT_EQ(2, self->b.n);
	EXPECT_STREQ("warned", self->b.sections[0].why);
}

TEST_F(box, the_same_section_in_two_records_is_told_once)
{
	load(_metadata, self, "panic");
	ASSERT_EQ(0, box_read(&self->b, self->record, self->len, "one", 0));
	ASSERT_EQ(0, box_read(&self->b, self->record, self->len, "two", 0));
	ASSERT_EQ(1, self->b.n);
	EXPECT_EQ(3, self->b.sections[0].n);
	EXPECT_STREQ("one", self->b.sections[0].source);
}

/* pstore keeps the end of the log in parts, and hands them out in any order. */
TEST_F(box, a_section_in_parts_is_put_together)
{
	feed(_metadata, self, "Panic#1 Part1\n<0>[ 3.1] vigil blackbox 0000000a.2: d 9 2.000000 late\n"
	     "<0>[ 3.2] vigil blackbox 0000000a.2: end 3.000000 1000003.000000 9 4 armed\n");
	feed(_metadata, self, "Panic#1 Part2\n<0>[ 3.0] vigil blackbox 0000000a.2: e 4 1.000000 early\n");
	box_sort(&self->b);
	ASSERT_EQ(1, self->b.n);
	ASSERT_EQ(2, self->b.sections[0].n);
	EXPECT_STREQ("early", self->b.sections[0].notes[0].text);
	EXPECT_STREQ("late", self->b.sections[0].notes[1].text);
	EXPECT_STREQ("armed", self->b.sections[0].why);
}

TEST_F(box, what_has_lost_its_marks_is_told_all_the_same)
{
	struct box_verdict v;

	feed(_metadata, self, "vigil blackbox 0000000a.2: d 9 2.000000 the rest is gone");
	ASSERT_EQ(1, self->b.n);
	EXPECT_FALSE(self->b.sections[0].marked);
	EXPECT_EQ(7, self->b.sections[0].seen_us);
	ASSERT_TRUE(box_judge(&self->b, 0, 0, &v));
	EXPECT_EQ(BOX_UNTOLD, v.end);
}

static const char *const not_lines[] = {
	"vigil blackbox 0000000a.2 d 1 1.000000 no colon\n",
	"vigil blackbox a.2: d 1 1.000000 a short life\n",
	"vigil blackbox 0000000A.2: d 1 1.000000 capitals\n",
	"vigil blackbox 0000000a.0: d 1 1.000000 number 0\n",
	"vigil blackbox 0000000a.4294967296: d 1 1.000000 too large a number\n",
	"vigil blackbox 0000000a.2: x 1 1.000000 another kind\n",
	"vigil blackbox 0000000a.2: d 1 1.00000 five digits\n",
	"vigil blackbox 0000000a.2: d 1 1 no fraction\n",
	"vigil blackbox 0000000a.2: d 18446744073709551616 1.000000 too large\n",
	"vigil blackbox 0000000a.2: d 1 18446744073709551615.000000 too late\n",
	"vigil blackbox 0000000a.2: begin 1.000000 1.000000 1 why\n",
	"vigil blackbox 0000000a.2: begin 1.000000\n",
	"vigil blackbox 0000000a.2: \n",
	"vigil blackbox \n",
	"vigil blackbox",
	"Kernel panic - not syncing: vigil\n",
	"",
};

TEST_F(box, what_is_not_quite_a_line_is_passed_over)
{
	size_t i;

	for (i = 0; i < sizeof(not_lines) / sizeof(*not_lines); i++) {
		feed(_metadata, self, not_lines[i]);
		EXPECT_EQ(0, self->b.n) {
			TH_LOG("taken for a line: %s", not_lines[i]);
		}
	}
}

TEST_F(box, bytes_of_no_text_do_not_get_through)
{
	static const char line[] = "vigil blackbox 0000000a.2: d 1 1.000000 a\0b\x1b[2J\x7f";

	ASSERT_EQ(0, box_read(&self->b, line, sizeof(line) - 1, "record", 0));
	ASSERT_EQ(1, self->b.n);
	EXPECT_STREQ("a?b?[2J?", self->b.sections[0].notes[0].text);
}

TEST_F(box, a_line_without_end_is_cut_off)
{
	static char line[RECORD_MAX];
	int n = sprintf(line, "vigil blackbox 0000000a.2: d 1 1.000000 ");

	memset(line + n, 'x', sizeof(line) - n);
	ASSERT_EQ(0, box_read(&self->b, line, sizeof(line), "record", 0));
	ASSERT_EQ(1, self->b.n);
	EXPECT_EQ(BOX_TEXT_MAX, strlen(self->b.sections[0].notes[0].text));
}

static void bounds_hold(struct __test_metadata *_metadata, const struct box *b)
{
	size_t i, k;

	ASSERT_GE(BOX_SECTIONS_MAX, b->n);
	for (i = 0; i < b->n; i++) {
		ASSERT_NE(NULL, b->sections[i].source);
		ASSERT_GE(BOX_TEXT_MAX, strlen(b->sections[i].why));
		for (k = 0; k < b->sections[i].n; k++)
			ASSERT_GE(BOX_TEXT_MAX, strlen(b->sections[i].notes[k].text));
	}
}

TEST_F(box, a_record_cut_anywhere_is_read_as_far_as_it_goes)
{
	char *copy;
	size_t len;

	load(_metadata, self, "panic");
	for (len = 0; len < self->len; len += 7) {
		copy = malloc(len ?: 1);	/* so that a sanitizer sees reads beyond it */
		memcpy(copy, self->record + self->len - len, len);
		ASSERT_EQ(0, box_read(&self->b, copy, len, "cut", 0));
		box_sort(&self->b);
		ASSERT_GE(1, self->b.n);
		bounds_hold(_metadata, &self->b);
		free(copy);
		box_free(&self->b);
	}
}

TEST_F(box, a_damaged_record_is_read_within_bounds)
{
	static const char printable[] = "0123456789abcdef.: \nbeginend";
	struct box_verdict v;
	int i;

	load(_metadata, self, "panic");
	srand(1);
	for (i = 0; i < FLIPS; i++) {
		size_t at = self->len - 1 - (size_t)rand() % 700;

		self->record[at] = i % 2 ? printable[(size_t)rand() % (sizeof(printable) - 1)] :
				   (char)rand();
		if (i % 100)
			continue;
		ASSERT_EQ(0, box_read(&self->b, self->record, self->len, "damaged", 0));
		box_sort(&self->b);
		box_judge(&self->b, 0, 0, &v);
		bounds_hold(_metadata, &self->b);
		box_free(&self->b);
		if (i % 1000 == 0)
			load(_metadata, self, "panic");
	}
}

TEST_F(box, no_record_makes_it_keep_more_than_its_bounds)
{
	char line[128];
	int i;

	for (i = 1; i <= BOX_SECTIONS_MAX + 5; i++) {
		snprintf(line, sizeof(line), "vigil blackbox 0000000a.%d: d 1 1.000000 text\n", i);
		feed(_metadata, self, line);
	}
	EXPECT_EQ(BOX_SECTIONS_MAX, self->b.n);
	for (i = 1; i <= BOX_NOTES_MAX + 5; i++) {
		snprintf(line, sizeof(line), "vigil blackbox 0000000a.1: e %d 1.000000 text\n", i);
		feed(_metadata, self, line);
	}
	EXPECT_EQ(BOX_NOTES_MAX, self->b.sections[0].n);
}

/* Reasons of one life, in their order, and how it ended therefore. */
static const struct {
	const char *why[4];
	enum box_end end;
} lives[] = {
	{ { "armed" }, BOX_SILENT },
	{ { "armed: /dev/watchdog0, 30 s" }, BOX_SILENT },
	{ { "armed", "disarmed" }, BOX_DISARMED },
	{ { "armed", "disarmed", "armed" }, BOX_SILENT },
	{ { "armed", "pretimeout: the keeper is silent" }, BOX_WARNED },
	{ { "armed", "pretimeout", "recovered" }, BOX_SILENT },
	{ { "armed", "pretimeout", "panic: out of luck" }, BOX_PANIC },
	{ { "armed", "an operator asked" }, BOX_SILENT },
	{ { "armed", "disarmed", "an operator asked" }, BOX_DISARMED },
	{ { "panicky" }, BOX_UNTOLD },
	{ { "an operator asked" }, BOX_UNTOLD },
};

TEST_F(box, the_last_reason_that_tells_something_decides)
{
	struct box_verdict v;
	char line[128];
	size_t i, k;

	for (i = 0; i < sizeof(lives) / sizeof(*lives); i++) {
		for (k = 0; k < 4 && lives[i].why[k]; k++) {
			snprintf(line, sizeof(line),
				 "vigil blackbox 0000000a.%zu: begin %zu.000000 %zu.000000 0 0 %s\n",
				 k + 1, k + 1, BOOT_S + k + 1, lives[i].why[k]);
			feed(_metadata, self, line);
		}
		box_sort(&self->b);
		ASSERT_TRUE(box_judge(&self->b, 0, 0, &v));
		EXPECT_EQ(lives[i].end, v.end) {
			TH_LOG("%s, ...: %s", lives[i].why[0], box_end_name(v.end));
		}
		box_free(&self->b);
	}
}

TEST_F(box, the_running_kernel_is_no_life_that_is_over)
{
	const uint64_t boot_us = (uint64_t)BOOT_S * 1000000;
	struct box_verdict v;

	feed(_metadata, self, "vigil blackbox 0000000a.1: end 5.000000 1000005.500000 0 0 armed\n");
	box_sort(&self->b);
	EXPECT_FALSE(box_judge(&self->b, boot_us, 0, &v));	/* by the time of the boot */
	EXPECT_FALSE(box_judge(&self->b, 0, 0xa, &v));		/* by the life of the module */
	EXPECT_FALSE(box_judge(&self->b, 2 * boot_us, 0xa, &v));
	EXPECT_TRUE(box_judge(&self->b, 2 * boot_us, 0xb, &v));
	feed(_metadata, self, "vigil blackbox 00000009.1: end 5.000000 500005.000000 0 0 pretimeout\n");
	box_sort(&self->b);
	ASSERT_TRUE(box_judge(&self->b, boot_us, 0xa, &v));
	EXPECT_EQ(BOX_WARNED, v.end);
}

TEST_F(box, only_the_newest_life_that_is_over_is_judged)
{
	struct box_verdict v;

	feed(_metadata, self, "vigil blackbox 0000000a.1: end 5.000000 1000005.000000 0 0 panic: old\n");
	feed(_metadata, self, "vigil blackbox 0000000b.1: end 5.000000 2000005.000000 0 0 by hand\n");
	box_sort(&self->b);
	ASSERT_TRUE(box_judge(&self->b, 0, 0, &v));
	EXPECT_EQ(BOX_UNTOLD, v.end);
	EXPECT_STREQ("by hand", v.last->why);
}

TEST_HARNESS_MAIN
