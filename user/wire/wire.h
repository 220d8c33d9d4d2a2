/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The peer protocol: what monitors and elements say to each other, and the bytes of it.
 *
 * Big endian, no padding, one message a datagram. Pure: no call allocates, logs or looks at a clock.
 */
#ifndef VIGIL_WIRE_WIRE_H
#define VIGIL_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_bounds {
	WIRE_VERSION = 1,
	WIRE_SIZE_MAX = 1200,		/* of a message: with the transport's header it fits every link's MTU */
	WIRE_ORDERS_MAX = 16,		/* in one message */
	WIRE_JOBS_MAX = 96,		/* in one page of a report */
	WIRE_PAGES_MAX = 64,		/* in one report */
	WIRE_LEVEL_MAX = 4,
};

enum wire_error {
	WIRE_OK,
	WIRE_OTHER_VERSION,
	WIRE_SHORT,			/* ends before it is complete */
	WIRE_LONG,			/* goes on after its end */
	WIRE_BAD,			/* a field has a value that it cannot have */
	WIRE_NO_ROOM,			/* encoding only: the buffer is too small */
};

enum wire_type {
	WIRE_POLL = 1,			/* monitor to element, each period */
	WIRE_ANSWER,			/* element to monitor */
	WIRE_ANNOUNCE,			/* somebody starts a monitor, or is one: stand down */
	WIRE_ORDER,			/* monitor to element, at once; polls repeat it */
	WIRE_RESIGN,			/* a monitor has stopped: what was promised to it is free */
	WIRE_PROOF,			/* something is dead for certain */
	WIRE_TYPE_END,
};

/* Compared before the rank: a greater one wins. */
enum wire_standing {
	WIRE_AILING,			/* late itself, or cut off from the majority */
	WIRE_PASSIVE,			/* has not completed a round yet */
	WIRE_ESTABLISHED,
	WIRE_STANDING_END,
};

/** struct wire_id - one life of one process. */
struct wire_id {
	uint64_t rank;			/* of its node, unique; higher is better */
	uint64_t boot;			/* of its node, drawn at random at each boot */
	uint32_t node;			/* its node's number in the cluster's configuration */
	uint32_t incarnation;		/* rises with each process of its kind within a boot */
	uint32_t pid;
};

/** struct wire_value - an election value. pid 0: none. */
struct wire_value {
	uint64_t rank;
	uint32_t pid;
	uint8_t standing;
};

/** struct wire_head - begins every message. */
struct wire_head {
	struct wire_id from;
	uint64_t scope;
	uint64_t epoch;			/* the sender's term; in an answer: that of its promise */
	uint64_t seq;			/* counts the sender's messages */
	uint32_t element;		/* which of the scope's elements it is to or from */
	uint8_t type;
	uint8_t level;
};

enum wire_op {
	WIRE_START = 1,
	WIRE_START_SINGLETON,		/* bound to the node's lease */
	WIRE_STOP,
	WIRE_OP_END,
};

struct wire_order {
	uint64_t serial;		/* rises with each order to one element in one epoch */
	uint64_t job;
	uint8_t op;
};

/** struct wire_bidding - orders, whom they bind and until when. */
struct wire_bidding {
	uint64_t boot;			/* the life of the element that they are for; 0: not known yet */
	uint64_t stamp_ns;		/* of an answer, on the element's clock: all this holds until lease_ns after it */
	uint64_t lease_ns;
	uint32_t incarnation;
	uint8_t norders;
	struct wire_order orders[WIRE_ORDERS_MAX];
};

enum wire_poll_flags {
	WIRE_POLL_WANT = 1,		/* asks for the element's promise */
	WIRE_POLL_GRANT = 2,		/* renews the node's lease */
	WIRE_POLL_CUT_OFF = 4,		/* hears no majority: be not content with this monitor */
	WIRE_POLL_FLAGS = 7,
};

struct wire_poll {
	uint64_t asked_ns;		/* on the monitor's clock; comes back in the answer */
	uint64_t promise_ns;		/* how long the promise is to last */
	uint32_t members;		/* version of the scope's list of elements */
	uint32_t report_have;		/* version of the element's report that is known; 0: none */
	uint16_t page;			/* the page wanted */
	uint8_t standing;
	uint8_t flags;
	struct wire_bidding bid;
};

enum wire_answer_flags {
	WIRE_ANSWER_PROMISED = 1,	/* to the monitor that asked, in the epoch of the head */
	WIRE_ANSWER_READY = 2,		/* may be given jobs */
	WIRE_ANSWER_DRAINING = 4,
	WIRE_ANSWER_WAITING = 8,	/* has lost its memory of promises and waits them out */
	WIRE_ANSWER_FLAGS = 15,
};

enum wire_job_state {
	WIRE_JOB_STARTING = 1,
	WIRE_JOB_RUNNING,
	WIRE_JOB_STOPPING,
	WIRE_JOB_FAILED,		/* the element has given up on it */
	WIRE_JOB_STATE_END,
};

struct wire_job {
	uint64_t job;
	uint8_t state;
};

struct wire_load {
	uint16_t cpu_permille;		/* used, of all that the node has */
	uint16_t memory_permille;
};

struct wire_answer {
	uint64_t asked_ns;		/* the poll's */
	uint64_t boot;			/* of the monitor that is answered */
	uint64_t stamp_ns;		/* on the element's clock; no two answers of one life have the same */
	uint64_t epoch_max;		/* the newest epoch promised in */
	uint64_t acked;			/* serial of the last order carried out in the head's epoch */
	struct wire_value best;		/* the best election value heard */
	uint32_t incarnation;		/* of the monitor that is answered */
	uint32_t members;
	uint32_t report;		/* version of the report */
	uint16_t page;
	uint16_t pages;			/* 0: the monitor has this report already */
	struct wire_load load;
	uint8_t standing;		/* the element's own, where it is a monitor one level below */
	uint8_t flags;
	uint8_t njobs;
	struct wire_job jobs[WIRE_JOBS_MAX];
};

enum wire_announcement {
	WIRE_STARTING = 1,		/* the sender has a monitor started on the node named */
	WIRE_PRESENT,			/* the sender is a monitor */
	WIRE_ANNOUNCEMENT_END,
};

struct wire_announce {
	uint32_t node;
	uint8_t what;
	uint8_t standing;
};

enum wire_resignation {
	WIRE_BEATEN = 1,		/* a better value was heard */
	WIRE_TOLD,			/* it was told to stop */
	WIRE_RESIGNATION_END,
};

struct wire_resign {
	uint8_t why;
};

enum wire_proof_of {
	WIRE_DEAD_NODE = 1,		/* that boot of the node is over */
	WIRE_DEAD_AGENT,		/* that process is dead; what it had started is not */
	WIRE_PROOF_END,
};

struct wire_proof {
	uint64_t boot;
	uint32_t node;
	uint32_t incarnation;
	uint8_t of;
};

struct wire_msg {
	struct wire_head head;
	union {
		struct wire_poll poll;
		struct wire_answer answer;
		struct wire_announce announce;
		struct wire_bidding order;
		struct wire_resign resign;
		struct wire_proof proof;
	};
};

/**
 * wire_encode - the bytes of a message.
 * @size: of @buf in bytes; WIRE_SIZE_MAX is enough for every message
 * @len: how many bytes were written
 *
 * Return: WIRE_OK; WIRE_BAD if the message has a value that no message can have; WIRE_NO_ROOM.
 */
enum wire_error wire_encode(const struct wire_msg *m, uint8_t *buf, size_t size, size_t *len);

/**
 * wire_decode - the message of some bytes, whatever they are.
 *
 * What decodes has every enum, count and flag within its bounds, and encodes to the same bytes.
 * After an error @m holds nothing that may be used.
 */
enum wire_error wire_decode(struct wire_msg *m, const uint8_t *buf, size_t len);

/** wire_value_cmp - below, at or above 0 as @a is worse than, equal to or better than @b. No value is the worst. */
int wire_value_cmp(const struct wire_value *a, const struct wire_value *b);

/** wire_id_same - the same life of the same process? */
bool wire_id_same(const struct wire_id *a, const struct wire_id *b);

#endif /* VIGIL_WIRE_WIRE_H */
