/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets that a job is given open. */
#ifndef VIGIL_JOBFILE_SOCKET_H
#define VIGIL_JOBFILE_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

enum { JOB_SOCKETS_MAX = 64 };

union job_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

struct job_socket {
	const char *name;		/* in LISTEN_FDNAMES */
	const char *text;		/* the address, as it was written */
	int type;			/* SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
	union job_address address;
	socklen_t address_len;
	bool both;			/* an IPv6 socket that takes IPv4 as well */
	uint64_t backlog;
	unsigned int mode;		/* of a path */
	const char *user;		/* owner of a path, name or number; NULL: vigild's */
	const char *group;
	bool reuse_port;
	bool on_demand;			/* the job is started when it can be read */
};

#endif /* VIGIL_JOBFILE_SOCKET_H */
