/* SPDX-License-Identifier: GPL-2.0 */
/* Between the sources of the server only. All of it is the API's thread's, unless said otherwise. */
#ifndef VIGIL_API_SERVER_IMPL_H
#define VIGIL_API_SERVER_IMPL_H

#include <pthread.h>
#include <stdint.h>
#include <sys/queue.h>

#include <microhttpd.h>

#include "user/api/ring.h"
#include "user/api/server.h"

/** struct api_conn - one connection. */
struct api_conn {
	TAILQ_ENTRY(api_conn) link;
	int fd;				/* the library's to close */
	struct api_peer peer;
	uint64_t due_ms;		/* it is cut off then; 0: it waits for us */
};

enum exchange_state {
	EXCHANGE_READING,
	EXCHANGE_WAITING,		/* suspended, for the loop's answer */
	EXCHANGE_ANSWERED,		/* ... which is there */
	EXCHANGE_SENDING,
};

/** struct exchange - one request and its answer. */
struct exchange {
	TAILQ_ENTRY(exchange) link;	/* on @waiting */
	struct api_server *server;
	struct api_conn *conn;
	struct MHD_Connection *mhd;
	enum exchange_state state;
	const struct api_route *route;
	char name[API_NAME_MAX + 1];
	char body[API_BODY_MAX];
	size_t len;
	bool too_long;
	json_t *object;			/* the body */
	struct api_call call;
};

/** struct follower - who gets events. */
struct follower {
	TAILQ_ENTRY(follower) link;
	struct api_server *server;
	struct MHD_Connection *mhd;
	char *match;			/* NULL: all */
	uint64_t next;			/* number of the event that it is to get */
	bool lost;			/* it was told of events that are gone */
	bool fresh;			/* it has been told nothing yet */
	bool beat;			/* it is to be sent something, to see whether it is there */
	bool suspended;
	char *out;			/* one event at a time */
	size_t len, at;
};

TAILQ_HEAD(api_conns, api_conn);
TAILQ_HEAD(exchanges, exchange);
TAILQ_HEAD(followers, follower);

struct api_server {
	struct api_config config;
	int listen_fd;
	pthread_t thread;
	struct MHD_Daemon *daemon;
	int epoll_fd;
	int wake_fd;			/* written by the loop */
	int call_fd;			/* ... read by it */
	struct api_ring calls;		/* to the loop */
	struct api_ring answers;	/* from it */
	_Atomic bool ending;		/* set by the loop */
	_Atomic bool followed;		/* read by it */
	struct api_conns conns;
	size_t nconns;
	struct exchanges waiting;
	struct followers followers;
	uint64_t sweep_ms;		/* the next one */
	uint64_t beat_ms;
	size_t busy;			/* exchanges that are not over */
};

uint64_t server_now_ms(void);

/** conn_notify - the library has a connection, or ends one. */
void conn_notify(void *arg, struct MHD_Connection *mhd, void **context,
		 enum MHD_ConnectionNotificationCode code);

/** conn_of - whose request it is. */
struct api_conn *conn_of(struct MHD_Connection *mhd);

/** conn_due - it is cut off after so long; 0: never. */
void conn_due(struct api_conn *c, uint64_t ms);

/** conn_sweep - cut off those that are late. */
void conn_sweep(struct api_server *s);

/** exchange_take - the library's handler of requests. */
enum MHD_Result exchange_take(void *arg, struct MHD_Connection *mhd, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *len, void **context);

/** exchange_over - it has been answered, or its connection has gone. */
void exchange_over(void *arg, struct MHD_Connection *mhd, void **context,
		   enum MHD_RequestTerminationCode code);

/** exchange_resume - the answer is there. */
void exchange_resume(struct exchange *x);

/** stream_response - the events, from the one after @after or Last-Event-ID on; NULL: memory is out. */
struct MHD_Response *stream_response(struct api_server *s, struct MHD_Connection *mhd,
				     const struct api_query_args *q);

/** stream_resume_all - there is news for them. */
void stream_resume_all(struct api_server *s, bool beat);

#endif /* VIGIL_API_SERVER_IMPL_H */
