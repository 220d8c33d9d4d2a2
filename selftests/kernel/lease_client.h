/* SPDX-License-Identifier: GPL-2.0 */
/* The suite's client, as far as leases are concerned. */
#ifndef SELFTESTS_KERNEL_LEASE_CLIENT_H
#define SELFTESTS_KERNEL_LEASE_CLIENT_H

#include <stdint.h>

#include <linux/vigil.h>

struct client;

struct lease {
	char name[VIGIL_LEASE_NAME_LEN_MAX + 1];
	uint64_t epoch;
	uint64_t deadline_ns;
	uint32_t state;
	uint32_t living;
	uint32_t dead;
	uint32_t cgroups;
};

struct bond {
	char name[VIGIL_LEASE_NAME_LEN_MAX + 1];
	uint64_t watch_id;
	uint32_t reach;
	uint32_t pid;
	uint32_t state;
};

/* What a request is to carry; 0 and NULL: not sent. */
struct lease_request {
	const char *name;
	uint64_t epoch;
	uint32_t duration_ms;
	uint64_t deadline_ns;
	uint64_t watch_id;
	int cgroup_kill;
};

typedef int (*lease_fn)(const struct lease *l, void *arg);
typedef int (*bond_fn)(const struct bond *b, void *arg);

/* All return 0 or a negative errno, as the calls of client.h do; the client's refusal tells why. */
int lease_call(struct client *c, int cmd, const struct lease_request *req, struct lease *out);
int lease_bind_call(struct client *c, const struct lease_request *req, struct bond *out);

int lease_new(struct client *c, const char *name, uint64_t epoch, uint32_t duration_ms);
int lease_renew(struct client *c, const char *name, uint64_t epoch, uint32_t duration_ms,
		struct lease *out);
int lease_fence(struct client *c, const char *name, uint64_t epoch);
int lease_del(struct client *c, const char *name);
int lease_get(struct client *c, const char *name, struct lease *out);
/* cgroup_kill 0: none. */
int lease_bind(struct client *c, const char *name, uint64_t watch_id, int cgroup_kill,
	       struct bond *out);
int lease_unbind(struct client *c, const char *name, uint64_t watch_id);
int lease_dump(struct client *c, lease_fn fn, void *arg);
int bond_dump(struct client *c, const char *name, bond_fn fn, void *arg);

#endif /* SELFTESTS_KERNEL_LEASE_CLIENT_H */
