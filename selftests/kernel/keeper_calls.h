/* SPDX-License-Identifier: GPL-2.0 */
/* The keeper's requests, as the suite's own client makes them. */
#ifndef SELFTESTS_KERNEL_KEEPER_CALLS_H
#define SELFTESTS_KERNEL_KEEPER_CALLS_H

#include <stdint.h>
#include <sys/types.h>

#include <linux/vigil.h>

struct client;

enum { KEEPER_WORDS = VIGIL_KEEPER_WORDS_MAX + 2 };

/* What KEEPER_SET is to carry; 0, NULL: not sent, last_resort < 0 not either. */
struct keeper_request {
	uint64_t id;
	const char *argv[KEEPER_WORDS];
	const char *env[KEEPER_WORDS];
	uint32_t respawn_max;
	uint32_t window_ms;
	uint32_t register_ms;
	int last_resort;
	pid_t replace;
};

/* What KEEPER_GET tells. */
struct keeper {
	uint64_t id;
	pid_t pid;
	uint32_t state;
	uint32_t respawns;
	uint32_t respawn_max;
	uint32_t window_ms;
	uint32_t register_ms;
	uint32_t last_resort;
	int argc;
	int envc;
	char argv[4][128];	/* the first words */
	char env[4][128];
};

/* 0 or a negative errno; the client's refusal tells why the kernel refused. */
int client_keeper_set(struct client *c, const struct keeper_request *r);
int client_keeper_resign(struct client *c, pid_t pid);
int client_keeper_get(struct client *c, struct keeper *out);

#endif /* SELFTESTS_KERNEL_KEEPER_CALLS_H */
