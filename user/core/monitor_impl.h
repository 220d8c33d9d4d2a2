/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of a monitor. */
#ifndef VIGIL_CORE_MONITOR_IMPL_H
#define VIGIL_CORE_MONITOR_IMPL_H

#include "user/core/monitor.h"

/* Orders that one element has not carried out yet; monitor_order.c. */
struct queue {
	uint64_t serial;		/* of the last one given */
	uint32_t n;
	struct wire_order orders[CORE_QUEUE_MAX];
	uint32_t next_dirty;		/* more to send at the end of this step */
	bool dirty;
};

/* What an element has told of its jobs; monitor_report.c. */
struct knowledge {
	bool known;			/* in this term: what is not on its list is not there */
	bool again;			/* something in it is still to be acted upon */
	uint32_t have;			/* the version that is known */
	uint32_t paging;		/* the version of which pages come in */
	uint16_t page;			/* the next one */
	uint32_t mark;			/* of the jobs seen in those */
};

/* How loaded it is, and is going to be; monitor_balance.c. */
struct pressure {
	struct wire_load load;
	uint32_t smooth;		/* the greater of both, smoothed, in 1/256 permille */
	int32_t trend;			/* change of that in a period */
	uint32_t high;			/* rounds of shortage in a row */
};

struct mon_element {
	struct core_member member;
	struct wire_id id;		/* its present life; pid 0: none is known */
	uint64_t adopted_ns;		/* when that was learned */
	uint64_t heard_ns;		/* the last answer, or when silence began to count */
	uint64_t stamp_ns;		/* the newest, on the element's clock */
	uint64_t stamp_at_ns;		/* when it came, on ours */
	uint64_t lease_until_ns;	/* no lease that we granted lasts longer */
	uint64_t promised_until_ns;	/* in this term */
	uint64_t brought_ns;		/* when it was last brought back */
	uint32_t members;
	uint32_t next_home;
	uint8_t standing;
	uint8_t flags;			/* enum wire_answer_flags */
	bool answered;			/* ever */
	bool promised;			/* ever, in this term */
	bool suspected;
	bool lost;
	bool proved_dead;		/* the node of that life */
	struct knowledge known;
	struct queue queue;
	struct pressure pressure;
	uint32_t first_job;		/* those at home here */
	uint32_t njobs;
	uint64_t cpu_milli;		/* that they ask for */
	uint64_t memory_mib;
	uint32_t nisolated;
};

enum job_state {
	JOB_UNKNOWN,			/* not seen in this term */
	JOB_NOWHERE,			/* certainly not running, and no order to start it is on its way */
	JOB_ORDERED,			/* to start at home */
	JOB_THERE,
	JOB_LEAVING,			/* ordered to stop at home */
};

struct mon_job {
	struct core_job job;
	enum job_state state;
	uint32_t home;
	uint32_t next, prev;		/* in the home's list */
	uint32_t mark;
	uint32_t avoid;			/* an element where it is not wanted */
	uint32_t wish;			/* one where it is */
	uint64_t serial;		/* of the last order about it */
	uint64_t retry_ns;
};

enum monitor_state {
	MONITOR_PASSIVE,
	MONITOR_ESTABLISHED,
	MONITOR_STOPPED,
};

struct monitor {
	struct monitor_config config;
	enum monitor_state state;
	bool effective;
	bool cut_off;
	bool announced;
	bool held_back;			/* told of, in this term */
	uint32_t ailing;		/* rounds left */
	uint64_t started_ns;
	uint64_t due_ns;
	uint64_t polled_ns;		/* the last round */
	uint64_t seq;
	uint64_t epoch;
	uint64_t epoch_heard;		/* the newest of anybody's */
	uint64_t term_ns;		/* when the epoch was taken */
	uint64_t effective_ns;		/* since when */
	uint64_t effective_until_ns;	/* at least */
	uint64_t balanced_ns;
	uint32_t npresent;
	uint32_t unaccounted;
	uint32_t dirty;			/* list of elements with orders to send */
	uint32_t mark;
	uint32_t njobs;
	struct mon_element *elements;
	struct mon_job *jobs;
	struct mon_job *old_jobs;
	uint64_t *scratch;
	struct wire_msg msg;
};

#define for_each_element(m, i) \
	for ((i) = 0; (i) < (m)->config.nmembers; (i)++) \
		if ((m)->elements[i].member.nhomes)

/* monitor_poll.c */
void monitor_round(struct monitor *m, uint64_t now_ns, const struct core_out *out);
void monitor_poll(struct monitor *m, uint32_t number, uint64_t now_ns, const struct core_out *out);
void monitor_kick(struct monitor *m, uint64_t now_ns);
struct wire_msg *monitor_message(struct monitor *m, enum wire_type type, uint32_t number);
void monitor_send(struct monitor *m, uint32_t node, const struct core_out *out);

/* monitor_answer.c */
void monitor_take_answer(struct monitor *m, const struct wire_msg *msg, uint64_t now_ns,
			 const struct core_out *out);

/* monitor_elect.c */
struct wire_value monitor_value(const struct monitor *m);
bool monitor_beaten(struct monitor *m, const struct wire_value *best, const struct core_out *out);
void monitor_stop(struct monitor *m, enum wire_resignation why, const struct core_out *out);
void monitor_establish(struct monitor *m, uint64_t now_ns, const struct core_out *out);

/* monitor_term.c */
uint32_t monitor_majority(const struct monitor *m);
void monitor_settle(struct monitor *m, uint64_t now_ns, const struct core_out *out);
void monitor_take_promise(struct monitor *m, struct mon_element *e, const struct wire_msg *msg,
			  uint64_t now_ns, const struct core_out *out);
void monitor_new_term(struct monitor *m, uint64_t now_ns, const struct core_out *out);
bool monitor_promised(const struct mon_element *e, uint64_t now_ns);

/* monitor_suspect.c */
void monitor_notice_delay(struct monitor *m, uint64_t now_ns, const struct core_out *out);
void monitor_suspect(struct monitor *m, uint64_t now_ns, const struct core_out *out);
bool monitor_silent(const struct monitor *m, const struct mon_element *e, uint64_t now_ns);
bool monitor_accounted(const struct monitor *m, const struct mon_element *e, uint64_t now_ns);
void monitor_bury(struct monitor *m, uint32_t number, const struct core_out *out);
void monitor_take_proof(struct monitor *m, const struct wire_msg *msg, uint64_t now_ns,
			const struct core_out *out);

/* monitor_order.c */
bool monitor_order(struct monitor *m, uint32_t number, enum wire_op op, uint64_t job);
void monitor_acked(struct mon_element *e, uint64_t serial);
void monitor_fill_bidding(struct monitor *m, struct mon_element *e, struct wire_bidding *bid, bool grant,
			  uint64_t now_ns);
void monitor_flush(struct monitor *m, uint64_t now_ns, const struct core_out *out);
void monitor_drop_orders(struct mon_element *e);

/* monitor_report.c */
void monitor_take_report(struct monitor *m, uint32_t number, const struct wire_msg *msg, uint64_t now_ns,
			 const struct core_out *out);

/* monitor_job.c */
struct mon_job *monitor_find_job(const struct monitor *m, uint64_t id);
void monitor_settle_job(struct monitor *m, struct mon_job *j, uint32_t number, enum job_state state);
void monitor_unsettle_job(struct monitor *m, struct mon_job *j, enum job_state state);
void monitor_void_orders(struct monitor *m, struct mon_element *e);
void monitor_forget_jobs(struct monitor *m);
void monitor_take_jobs(struct monitor *m, const struct core_event *event, const struct core_out *out);

/* monitor_place.c */
uint32_t monitor_choose(const struct monitor *m, const struct mon_job *j, uint32_t except, uint64_t now_ns);
void monitor_place(struct monitor *m, uint64_t now_ns, const struct core_out *out);

/* monitor_balance.c */
void monitor_weigh(struct monitor *m, struct mon_element *e);
void monitor_balance(struct monitor *m, uint64_t now_ns, const struct core_out *out);
void monitor_take_move(struct monitor *m, const struct core_event *event, const struct core_out *out);

/* monitor_member.c */
void monitor_add(struct monitor *m, uint32_t number, const struct core_member *member, uint64_t now_ns);
void monitor_take_members(struct monitor *m, const struct core_event *event, const struct core_out *out);

#endif /* VIGIL_CORE_MONITOR_IMPL_H */
