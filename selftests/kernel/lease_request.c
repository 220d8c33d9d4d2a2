// SPDX-License-Identifier: GPL-2.0
/* Requests about leases, and the knobs: what is refused, to whom, and changes nothing. */
#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "selftests/kernel/lease_fixture.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

TEST_F(vigil, init_cannot_be_bound)
{
	struct watch w;
	int init = syscall(SYS_pidfd_open, 1, 0);

	ASSERT_LE(0, init);
	ASSERT_EQ(0, client_watch_pidfd(&self->c, init, OWNER, &w));
	hold_for(_metadata, self, LEASE, 1, LONG_MS);
	EXPECT_EQ(-EOPNOTSUPP, lease_bind(&self->c, LEASE, w.id, 0, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	give_back(_metadata, self, LEASE);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	close(init);
}

TEST_F(vigil, a_refusal_names_the_newer_epoch)
{
	hold_for(_metadata, self, LEASE, 12345, LONG_MS);
	EXPECT_EQ(-ESTALE, lease_renew(&self->c, LEASE, 4, LONG_MS, NULL));
	EXPECT_TRUE(strstr(self->c.refusal.sentence, "12345")) {
		TH_LOG("%s", self->c.refusal.sentence);
	}
	give_back(_metadata, self, LEASE);
}

struct refused {
	const char *what;
	int cmd;
	int error;
	struct lease_request req;
};

#define LONGEST	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

static const struct refused refused[] = {
	{ "new: no name", VIGIL_CMD_LEASE_NEW, -EINVAL, { .epoch = 1, .duration_ms = 1000 } },
	{ "new: empty name", VIGIL_CMD_LEASE_NEW, -EINVAL,
	  { .name = "", .epoch = 1, .duration_ms = 1000 } },
	{ "new: name too long", VIGIL_CMD_LEASE_NEW, -ERANGE,
	  { .name = LONGEST "n", .epoch = 1, .duration_ms = 1000 } },
	{ "new: no epoch", VIGIL_CMD_LEASE_NEW, -EINVAL, { .name = "n", .duration_ms = 1000 } },
	{ "new: no end", VIGIL_CMD_LEASE_NEW, -EINVAL, { .name = "n", .epoch = 1 } },
	{ "new: past", VIGIL_CMD_LEASE_NEW, -ERANGE,
	  { .name = "n", .epoch = 1, .deadline_ns = 1 } },
	{ "new: too far", VIGIL_CMD_LEASE_NEW, -ERANGE,
	  { .name = "n", .epoch = 1, .duration_ms = DAY_MS + 1 } },
	{ "new: much too far", VIGIL_CMD_LEASE_NEW, -ERANGE,
	  { .name = "n", .epoch = 1, .deadline_ns = UINT64_MAX } },
	{ "new: there is one", VIGIL_CMD_LEASE_NEW, -EEXIST,
	  { .name = LEASE, .epoch = 9, .duration_ms = 1000 } },
	{ "new: a watch", VIGIL_CMD_LEASE_NEW, -EINVAL,
	  { .name = "n", .epoch = 1, .duration_ms = 1000, .watch_id = 1 } },
	{ "renew: none", VIGIL_CMD_LEASE_RENEW, -ENOENT,
	  { .name = "n", .epoch = 1, .duration_ms = 1000 } },
	{ "renew: no epoch", VIGIL_CMD_LEASE_RENEW, -EINVAL,
	  { .name = LEASE, .duration_ms = 1000 } },
	{ "fence: none", VIGIL_CMD_LEASE_FENCE, -ENOENT, { .name = "n", .epoch = 1 } },
	{ "fence: no epoch", VIGIL_CMD_LEASE_FENCE, -EINVAL, { .name = LEASE } },
	{ "del: none", VIGIL_CMD_LEASE_DEL, -ENOENT, { .name = "n" } },
	{ "del: no name", VIGIL_CMD_LEASE_DEL, -EINVAL, { .epoch = 0 } },
	{ "get: none", VIGIL_CMD_LEASE_GET, -ENOENT, { .name = "n" } },
	{ "bind: no watch", VIGIL_CMD_LEASE_BIND, -EINVAL, { .name = LEASE } },
	{ "bind: no such watch", VIGIL_CMD_LEASE_BIND, -ENOENT,
	  { .name = LEASE, .watch_id = UINT64_MAX } },
	{ "unbind: no such watch", VIGIL_CMD_LEASE_UNBIND, -ENOENT,
	  { .name = LEASE, .watch_id = UINT64_MAX } },
};

/* Kernels' own checks of lengths and types may say EINVAL. */
TEST_F(vigil, every_refusal_has_a_sentence_and_changes_nothing)
{
	struct lease before, after;
	uint64_t epochs = 0;
	size_t i;
	int ret;

	hold_for(_metadata, self, LEASE, 5, LONG_MS);
	state_of(_metadata, self, LEASE, &before);
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		ret = lease_call(&self->c, refused[i].cmd, &refused[i].req, NULL);
		EXPECT_TRUE(ret == refused[i].error || (ret == -EINVAL && i == 2)) {
			TH_LOG("%s: %d", refused[i].what, ret);
		}
		EXPECT_STRNE("", self->c.refusal.sentence) {
			TH_LOG("%s: no sentence", refused[i].what);
		}
	}
	state_of(_metadata, self, LEASE, &after);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(after)));
	ASSERT_EQ(0, lease_dump(&self->c, tally, &epochs));
	EXPECT_EQ(5, epochs);
	give_back(_metadata, self, LEASE);
}

TEST_F(vigil, the_longest_name_is_taken)
{
	struct lease l;

	hold(_metadata, self, LONGEST);
	state_of(_metadata, self, LONGEST, &l);
	give_back(_metadata, self, LONGEST);
}

/* Exit code 0 if each request was refused with EPERM and a sentence. */
static int try_each(struct client *c)
{
	struct lease_request req = { .name = LEASE, .epoch = 9, .duration_ms = LONG_MS,
				     .watch_id = 1 };
	static const int with_grant[] = { VIGIL_CMD_LEASE_NEW, VIGIL_CMD_LEASE_RENEW };
	size_t i;

	req.watch_id = 0;
	for (i = 0; i < ARRAY_SIZE(with_grant); i++)
		if (lease_call(c, with_grant[i], &req, NULL) != -EPERM || !*c->refusal.sentence)
			return 10 + i;
	if (lease_fence(c, LEASE, 9) != -EPERM || lease_del(c, LEASE) != -EPERM)
		return 20;
	if (lease_get(c, LEASE, NULL) != -EPERM || lease_bind(c, LEASE, 1, 0, NULL) != -EPERM)
		return 21;
	if (lease_unbind(c, LEASE, 1) != -EPERM || lease_dump(c, tally, NULL) != -EPERM)
		return 22;
	return bond_dump(c, NULL, NULL, NULL) == -EPERM ? 0 : 23;
}

/* root of a namespace of its own: may watch there, may not rule the node. */
static int life_elsewhere(const struct ends *ends, void *arg)
{
	static struct client c;

	if (unshare(CLONE_NEWNET) || client_open(&c))
		return 1;
	return try_each(&c);
}

static int life_unprivileged(const struct ends *ends, void *arg)
{
	static struct client c;

	if (client_open(&c) || setresuid(65534, 65534, 65534))
		return 1;
	return try_each(&c);
}

static void expect_refused(struct __test_metadata *_metadata, vigil_t *self, life_fn life)
{
	struct lease before, after;
	struct victim v;
	int status;

	hold(_metadata, self, LEASE);
	state_of(_metadata, self, LEASE, &before);
	start(_metadata, &v, life, NULL);
	status = victim_reap(&v, NULL);
	EXPECT_EQ(0, status) {
		TH_LOG("exit code %d", WEXITSTATUS(status));
	}
	state_of(_metadata, self, LEASE, &after);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(after)));
	give_back(_metadata, self, LEASE);
	victim_end(&v);
}

TEST_F(vigil, another_network_namespace_has_no_say)
{
	expect_refused(_metadata, self, life_elsewhere);
}

TEST_F(vigil, without_cap_sys_admin_nobody_has_a_say)
{
	expect_refused(_metadata, self, life_unprivileged);
}

static long long knob(const char *name)
{
	long long value = -1;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/vigil/lease/%s", name);
	f = fopen(path, "re");
	if (f && fscanf(f, "%lld", &value) != 1)
		value = -1;
	if (f)
		fclose(f);
	return value;
}

static int turn(const char *name, const char *text)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), "/sys/kernel/vigil/lease/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

TEST_F(vigil, sysfs_counts)
{
	long long expired = knob("expired"), fenced = knob("fenced"), old = knob("refused_epochs");

	hold_for(_metadata, self, LEASE, 2, LONG_MS);
	EXPECT_EQ(1, knob("held"));
	EXPECT_EQ(-ESTALE, lease_renew(&self->c, LEASE, 1, LONG_MS, NULL));
	EXPECT_EQ(old + 1, knob("refused_epochs"));
	EXPECT_EQ(0, recall(_metadata, self, LEASE, 2));
	EXPECT_EQ(expired, knob("expired"));
	EXPECT_EQ(fenced + 1, knob("fenced"));
	hold_for(_metadata, self, LEASE, 1, 1);
	EXPECT_EQ(0, expiry(_metadata, self, LEASE, 1));
	EXPECT_EQ(expired + 1, knob("expired"));
	EXPECT_EQ(fenced + 2, knob("fenced"));
	EXPECT_EQ(0, knob("held"));
	EXPECT_LT(0, knob("timer_late_ns_max"));
	EXPECT_LE(knob("timer_late_ns_max"), knob("kill_late_ns_max"));
	give_back(_metadata, self, LEASE);
}

TEST_F(vigil, the_knob_max_bounds_the_leases)
{
	static const char *const wrong[] = { "0", "4097", "-1", "many", "", "1 2" };
	char text[32];
	size_t i;

	snprintf(text, sizeof(text), "%lld", knob("max"));
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_NE(0, turn("max", *wrong[i] ? wrong[i] : "\n"));
	ASSERT_EQ(0, turn("max", "1"));
	EXPECT_EQ(1, knob("max"));
	hold(_metadata, self, LEASE);
	EXPECT_EQ(-ENOSPC, lease_new(&self->c, "second", 1, LONG_MS));
	EXPECT_STRNE("", self->c.refusal.sentence);
	ASSERT_EQ(0, turn("max", text));
	hold(_metadata, self, "second");
	give_back(_metadata, self, "second");
	give_back(_metadata, self, LEASE);
}

TEST_HARNESS_MAIN
