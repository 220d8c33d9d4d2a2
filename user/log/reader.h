/* SPDX-License-Identifier: GPL-2.0 */
/* All streams of all jobs: found in the logger's directory, read in turn. */
#ifndef VIGIL_LOG_READER_H
#define VIGIL_LOG_READER_H

#include "user/base/loop.h"
#include "user/log/source.h"
#include "user/log/writer.h"

struct reader {
	struct loop *loop;
	struct writer *writer;
	struct tap tap;
	int epoll_fd;			/* of the pipes: left alone as a whole while the ring is full */
	struct loop_source epoll_src;
	struct loop_source room_src;
	struct loop_source dir_src;
	struct loop_timer stall;
	struct source_list *of_job;	/* by slot */
	struct source_list fresh;
	struct source_list ending;	/* wait for the ring to take their end */
	unsigned int n;
	bool blocked;			/* waits for the ring */
	bool missed;			/* a pipe could not be opened */
};

/** reader_open - take up every stream that is there. 0 or a negative errno. */
int reader_open(struct reader *r, struct loop *loop, struct writer *w, struct log_state *s,
		int dir_fd, const char *dir);
void reader_close(struct reader *r);

/** reader_yield - for a logger of another version to come: what is kept of unfinished lines goes to the writer. */
void reader_yield(struct reader *r);

/** reader_turn - read new streams. True: there is more of them. */
bool reader_turn(struct reader *r);

/** reader_retry - look again for what could not be opened. */
void reader_retry(struct reader *r);

#endif /* VIGIL_LOG_READER_H */
