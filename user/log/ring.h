/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records on their way from the reader to the writer of the logger.
 *
 * One reader and one writer, each a thread; what they have done is in memory that outlives them.
 */
#ifndef VIGIL_LOG_RING_H
#define VIGIL_LOG_RING_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "user/log/bounds.h"
#include "user/log/rules.h"

/** struct ring_entry - records of one job, in one piece. */
struct ring_entry {
	uint32_t size;		/* with this header, rounded up */
	uint32_t len;		/* bytes of @text; 0: filler at the end of the ring */
	uint32_t job;		/* its slot */
	uint32_t lines;
	struct log_rules rules;
	char text[];
};

struct ring {
	_Atomic uint64_t head;	/* bytes ever put in: the reader's */
	_Atomic uint64_t tail;	/* bytes ever taken out: the writer's */
	_Alignas(16) char data[LOG_RING_SIZE];
};

/**
 * ring_room - room for an entry with @len bytes of text; to be filled and then put.
 * @at: where the entry begins
 *
 * Return: NULL if the ring is full.
 */
struct ring_entry *ring_room(struct ring *r, size_t len, uint64_t *at);

/** ring_size - the whole of an entry with so much text. */
uint32_t ring_size(size_t len);

/** ring_put - all before @head is for the writer now. */
void ring_put(struct ring *r, uint64_t head);

/** ring_first - the writer's next entry, or NULL. */
struct ring_entry *ring_first(struct ring *r);

/** ring_drop - the writer is done with its first entry. */
void ring_drop(struct ring *r, const struct ring_entry *e);

#endif /* VIGIL_LOG_RING_H */
