// SPDX-License-Identifier: GPL-2.0
/*
 * One stream of one instance: from its pipe into the ring.
 *
 * The logger may be killed between any two instructions, and what read() has taken out of a pipe is
 * gone. So it first looks, by tee(), at what the pipe holds, and makes records of it, behind the end
 * of the ring; all that is then to change is written down in the transfer. The transfer becomes
 * valid by one store, and from then on it is carried out, by this logger or by the next one: each
 * of its steps may be done twice. That holds for the last one, too, which takes the bytes out of
 * the pipe: they are read into memory that outlives the logger and holds the complement of each byte that
 * will be read, so that it tells exactly how many have been.
 */
#include "user/log/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/log/line.h"

/* Room for the longest piece, and for telling before it of lines dropped, for each reason. */
enum {
	NOTICE_ROOM = RECORD_PREFIX_MAX + LOG_NOTICE_MAX,
	PIECE_ROOM = RECORD_PREFIX_MAX + LOG_TEXT_MAX + 1 + LOG_DROP_REASONS * NOTICE_ROOM,
};

_Static_assert(LOG_OUT_MAX >= 2 * PIECE_ROOM, "each look moves something, and says what was dropped");

/** struct build - records in the making. */
struct build {
	const struct source *src;
	struct log_tally tally;
	enum log_mid mid;
	uint64_t now_us;
	uint64_t now_ns;
	char stamp[RECORD_STAMP_LEN + 1];
	char *out;		/* NULL: all is dropped */
	size_t len;
	uint32_t lines;
};

static const char *const reasons[LOG_DROP_REASONS] = {
	[LOG_DROP_RATE] = "more than rate-limit allows",
	[LOG_DROP_STALL] = "the log could not be written in time",
};

static void add(struct build *b, const char *text, size_t len)
{
	memcpy(b->out + b->len, text, len);
	b->len += len;
}

static void add_prefix(struct build *b, enum record_stream stream, bool whole)
{
	b->len += record_prefix(b->out + b->len, b->stamp, stream, whole);
}

static void tell_drop(struct build *b, enum log_drop_reason reason)
{
	struct log_drop *d = &b->tally.untold[reason];
	double s = (double)(b->now_ns > d->since_ns ? b->now_ns - d->since_ns : 0) / NS_PER_S;
	char text[LOG_NOTICE_MAX];
	int n;

	if (!d->n)
		return;
	n = snprintf(text, sizeof(text), "%" PRIu64 " lines dropped in %.3f s: %s\n", d->n, s,
		     reasons[reason]);
	add_prefix(b, RECORD_VIGIL, true);
	add(b, text, (size_t)n);
	*d = (struct log_drop){ 0 };
}

static void tell_drops(struct build *b)
{
	int i;

	for (i = 0; b->out && i < LOG_DROP_REASONS; i++)
		tell_drop(b, (enum log_drop_reason)i);
}

static void count_drop(struct build *b, enum log_drop_reason reason)
{
	struct log_drop *d = &b->tally.untold[reason];

	b->tally.dropped++;
	if (!d->n++)
		d->since_ns = b->now_ns;
}

/* Of a new line. */
static bool may_keep(struct build *b)
{
	const struct log_rules *r = &b->src->rules;

	b->tally.lines++;
	if (!b->out) {
		count_drop(b, LOG_DROP_STALL);
		return false;
	}
	if (!bucket_take(&b->tally.bucket, r->rate_max, r->rate_within_us, b->now_us)) {
		count_drop(b, LOG_DROP_RATE);
		return false;
	}
	tell_drops(b);
	return true;
}

static void take_piece(struct build *b, const struct line_piece *p)
{
	bool keep = b->mid == LOG_MID_NONE ? may_keep(b) : b->mid == LOG_MID_KEPT && b->out;

	b->mid = p->whole ? LOG_MID_NONE : keep ? LOG_MID_KEPT : LOG_MID_DROPPED;
	if (!keep)
		return;
	add_prefix(b, b->src->stream, p->whole);
	add(b, p->head, p->head_len);
	add(b, p->text, p->text_len);
	add(b, "\n", 1);
	b->lines += p->whole;
}

static struct line_cut cut_of(const struct tap *t, const struct source *src, size_t len)
{
	struct line_cut c = { .carry = "", .in = t->s->transfer.pending, .in_len = len };

	if (src->part >= 0) {
		c.carry = t->s->texts[src->part];
		c.carry_len = t->s->parts[src->part].len;
	}
	return c;
}

/* Whether what is left of @c waits for the rest of its line. */
static bool take_lines(struct build *b, struct line_cut *c)
{
	struct line_piece p;

	while (!b->out || b->len + PIECE_ROOM <= LOG_OUT_MAX) {
		if (!line_next(c, &p))
			return true;
		take_piece(b, &p);
	}
	return false;
}

/* The end of the stream ends its last line, too. */
static void take_end(struct build *b, struct line_cut *c)
{
	struct line_piece p = {
		.head = c->carry, .head_len = c->carry_len, .text = "", .whole = true,
	};

	if (c->carry_len || b->mid != LOG_MID_NONE)
		take_piece(b, &p);
	c->carry_len = 0;
	tell_drops(b);
}

/* Where the beginning of a line is kept; without room it becomes a piece at once. */
static void keep_part(struct tap *t, struct build *b, struct line_cut *c, bool waits)
{
	struct log_transfer *x = &t->s->transfer;
	uint32_t left = waits ? (uint32_t)(c->carry_len + c->in_len - c->at) : 0;
	struct line_piece p = {
		.head = c->carry, .head_len = c->carry_len,
		.text = c->in + c->at, .text_len = c->in_len - c->at,
	};

	x->part = b->src->part;
	if (x->part < 0 && (left || b->mid != LOG_MID_NONE))
		x->part = state_part(t->s, "");
	if (left && x->part < 0) {
		take_piece(b, &p);
		left = 0;
	}
	x->part_free = !left && b->mid == LOG_MID_NONE;
	x->part_from = (uint32_t)c->at;
	x->part_at = (uint32_t)c->carry_len;
	x->part_len = left;
	x->part_mid = b->mid;
	x->taken = (uint32_t)(waits ? c->in_len : c->at);
}

static void apply_part(struct log_state *s)
{
	const struct log_transfer *x = &s->transfer;
	struct log_part *part;

	if (x->part < 0)
		return;
	part = &s->parts[x->part];
	if (x->part_free) {
		*part = (struct log_part){ .len = 0 };
		return;
	}
	if (x->part_len)
		memcpy(s->texts[x->part] + x->part_at, x->pending + x->part_from,
		       x->part_len - x->part_at);
	part->len = x->part_len;
	part->mid = x->part_mid;
	memcpy(part->fifo, x->fifo, sizeof(part->fifo));
}

/* How much of it has left the pipe. */
static uint32_t count_gone(const struct log_transfer *x)
{
	uint32_t n = 0;

	while (n < x->taken && x->gone[n] == x->pending[n])
		n++;
	return n;
}

static void take_out(struct log_transfer *x, int fd, uint32_t gone)
{
	ssize_t n = 1;

	while (gone < x->taken && (n > 0 || errno == EINTR)) {
		n = read(fd, x->gone + gone, x->taken - gone);
		if (n > 0)
			gone += (uint32_t)n;
	}
}

/* Each step may be done again. */
static void apply(struct log_state *s, int fd, uint32_t gone)
{
	struct log_transfer *x = &s->transfer;

	apply_part(s);
	s->jobs[x->job].tally = x->tally;
	ring_put(&s->ring, x->head);
	if (fd >= 0)
		take_out(x, fd, gone);
	atomic_store(&x->committed, false);
}

static void commit(struct log_transfer *x)
{
	uint32_t i;

	for (i = 0; i < x->taken; i++)
		x->gone[i] = (char)~x->pending[i];
	atomic_store(&x->committed, true);
	atomic_signal_fence(memory_order_seq_cst);
}

/* What the pipe holds, without taking it. 0: the end; -EAGAIN: nothing now. */
static ssize_t look(struct tap *t, const struct source *src)
{
	char *to = t->s->transfer.pending;
	ssize_t n, got, at = 0;

	if (src->fd < 0)
		return 0;
	n = tee(src->fd, t->copy_wr, LOG_IN_MAX, SPLICE_F_NONBLOCK);
	if (n < 0)
		return -errno;
	while (at < n) {
		got = read(t->copy_rd, to + at, (size_t)(n - at));
		if (got <= 0)
			return -EIO;
		at += got;
	}
	return n;
}

static struct build begin(const struct tap *t, const struct source *src, struct ring_entry *e)
{
	struct build b = {
		.src = src,
		.tally = t->s->jobs[src->job].tally,
		.mid = src->mid,
		.now_us = clock_us(),
		.now_ns = clock_realtime_ns(),
		.out = e ? e->text : NULL,
	};

	record_stamp(b.stamp, b.now_ns);
	return b;
}

static uint64_t finish_entry(const struct tap *t, const struct build *b, struct ring_entry *e,
			     uint64_t at)
{
	if (!e || !b->len)
		return atomic_load(&t->s->ring.head);
	e->size = ring_size(b->len);
	e->len = (uint32_t)b->len;
	e->job = (uint32_t)b->src->job;
	e->lines = b->lines;
	e->rules = b->src->rules;
	return at + e->size;
}

static void transfer(struct tap *t, struct source *src, const struct build *b,
		     struct ring_entry *e, uint64_t at)
{
	struct log_transfer *x = &t->s->transfer;

	memcpy(x->fifo, src->fifo, sizeof(x->fifo));
	x->job = (uint32_t)src->job;
	x->tally = b->tally;
	x->head = finish_entry(t, b, e, at);
	commit(x);
	src->part = x->part_free ? -1 : x->part;
	src->mid = b->mid;
	apply(t->s, src->fd, 0);
}

static void move(struct tap *t, struct source *src, struct ring_entry *e, uint64_t at, size_t len)
{
	struct build b = begin(t, src, e);
	struct line_cut c = cut_of(t, src, len);
	bool waits = true;

	if (len)
		waits = take_lines(&b, &c);
	else
		take_end(&b, &c);
	keep_part(t, &b, &c, waits);
	transfer(t, src, &b, e, at);
}

bool source_yield(struct tap *t, struct source *src)
{
	uint64_t at = 0;
	struct line_cut c = cut_of(t, src, 0);
	struct line_piece p = { .head = c.carry, .head_len = c.carry_len, .text = "" };
	struct ring_entry *e = c.carry_len ? ring_room(&t->s->ring, LOG_OUT_MAX, &at) : NULL;
	struct build b;

	if (!e)
		return !c.carry_len;
	b = begin(t, src, e);
	take_piece(&b, &p);
	c.carry_len = 0;
	keep_part(t, &b, &c, false);
	transfer(t, src, &b, e, at);
	return true;
}

enum source_outcome source_pump(struct tap *t, struct source *src)
{
	uint64_t at = 0;
	struct ring_entry *e = ring_room(&t->s->ring, LOG_OUT_MAX, &at);
	ssize_t n;

	if (!e && !t->drop)
		return SOURCE_RING_FULL;
	if (e)
		t->drop = false;
	n = look(t, src);
	if (n == -EAGAIN || n == -EINTR)
		return SOURCE_IDLE;
	if (n < 0)
		log_error("cannot read %s: %s", src->fifo, strerror((int)-n));
	if (n <= 0 && !e)
		return SOURCE_END_WAITS;
	move(t, src, e, at, n > 0 ? (size_t)n : 0);
	return n > 0 ? SOURCE_MOVED : SOURCE_ENDED;
}

static void finish_begun(struct tap *t)
{
	struct log_transfer *x = &t->s->transfer;
	int fd;

	if (!atomic_load(&x->committed))
		return;
	fd = openat(t->dir_fd, x->fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	apply(t->s, fd, count_gone(x));
	if (fd >= 0)
		close(fd);
}

int tap_open(struct tap *t, struct log_state *s, int dir_fd)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	*t = (struct tap){ .s = s, .dir_fd = dir_fd, .copy_rd = fds[0], .copy_wr = fds[1] };
	finish_begun(t);
	return 0;
}

void tap_close(struct tap *t)
{
	close(t->copy_rd);
	close(t->copy_wr);
}
