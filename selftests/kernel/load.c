// SPDX-License-Identifier: GPL-2.0
/* Loading with parameters, and unloading at any moment. */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <netlink/attr.h>
#include <netlink/netlink.h>

#include "selftests/kernel/fixture.h"
#include "selftests/kernel/mob.h"

enum {
	FEW = 3,
	CROWD = 500,
	ROUNDS = 6,
	LINE_MAX_BYTES = 1024,
};

FIXTURE(load) {
	struct client c;
	int kmsg;
};

FIXTURE_SETUP(load)
{
	self->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, self->kmsg);
	ASSERT_LE(0, lseek(self->kmsg, 0, SEEK_END));
	if (module_loaded())
		ASSERT_EQ(0, module_unload());
}

/* In the parent, so that the module is back however the test ended. */
FIXTURE_TEARDOWN_PARENT(load)
{
	EXPECT_EQ(0, taint() & TAINT_DIE_OR_WARN);
	EXPECT_EQ(0, module_reload(""));
}

typedef FIXTURE_DATA(load) load_t;

static void load(struct __test_metadata *_metadata, load_t *self, const char *params)
{
	ASSERT_EQ(0, module_load(params));
	ASSERT_EQ(0, client_open(&self->c));
}

static bool kernel_said(load_t *self, const char *what)
{
	char line[LINE_MAX_BYTES];
	bool said = false;
	ssize_t got;

	while ((got = read(self->kmsg, line, sizeof(line) - 1)) > 0) {
		line[got] = '\0';
		said |= strstr(line, "vigil") && strstr(line, what);
	}
	return said;
}

struct params {
	const char *text;
	const char *name;
};

static const struct params refused[] = {
	{ .text = "ring_size=0", .name = "ring_size" },
	{ .text = "ring_size=63", .name = "ring_size" },
	{ .text = "ring_size=1048577", .name = "ring_size" },
	{ .text = "ring_size=4294967295", .name = "ring_size" },
	{ .text = "watches_max=0", .name = "watches_max" },
	{ .text = "watches_max=10000001", .name = "watches_max" },
	{ .text = "ring_size=many", .name = "ring_size" },
};

TEST_F(load, parameters_out_of_bounds_are_refused)
{
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		ret = module_load(refused[i].text);
		EXPECT_TRUE(ret == -EINVAL || ret == -ERANGE) {
			TH_LOG("%s: %d", refused[i].text, ret);
		}
		EXPECT_FALSE(module_loaded());
		EXPECT_TRUE(kernel_said(self, refused[i].name)) {
			TH_LOG("%s: no kernel message", refused[i].text);
		}
	}
}

TEST_F(load, parameters_at_the_bounds_are_taken)
{
	struct stats s;

	load(_metadata, self, "ring_size=64 watches_max=1");
	ASSERT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(64, s.ring_size);
	EXPECT_EQ(1, s.watches_max);
	client_close(&self->c);
	ASSERT_EQ(0, module_unload());
	load(_metadata, self, "ring_size=1048576 watches_max=10000000");
	ASSERT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(1048576, s.ring_size);
	EXPECT_EQ(10000000, s.watches_max);
	client_close(&self->c);
}

TEST_F(load, no_more_watches_than_the_limit)
{
	struct victim v[FEW + 1];
	struct watch w[FEW];
	int i, code = 0;

	load(_metadata, self, "watches_max=3");
	for (i = 0; i <= FEW; i++)
		start(_metadata, &v[i], life_exit, &code);
	for (i = 0; i < FEW; i++)
		ASSERT_EQ(0, client_watch_pidfd(&self->c, v[i].pidfd, OWNER, &w[i]));
	EXPECT_EQ(-ENOSPC, client_watch_pidfd(&self->c, v[FEW].pidfd, OWNER, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	/* A dead one still counts, a released one does not. */
	victim_end(&v[0]);
	EXPECT_EQ(-ENOSPC, client_watch_pidfd(&self->c, v[FEW].pidfd, OWNER, NULL));
	ASSERT_EQ(0, client_release(&self->c, w[0].id));
	EXPECT_EQ(0, client_watch_pidfd(&self->c, v[FEW].pidfd, OWNER, NULL));
	for (i = 1; i <= FEW; i++)
		victim_end(&v[i]);
	client_close(&self->c);
}

TEST_F(load, live_watches_do_not_pin_the_module)
{
	struct victim v;
	struct watch w;
	int code = 0;

	load(_metadata, self, "");
	start(_metadata, &v, life_exit, &code);
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, OWNER, &w));
	EXPECT_EQ(0, module_unload());
	EXPECT_GT(0, client_get(&self->c, w.id, &w));
	victim_go(&v);
	EXPECT_EQ(0, victim_reap(&v, NULL));
	victim_end(&v);
	client_close(&self->c);
}

static void watch_mob(struct __test_metadata *_metadata, load_t *self, struct mob *mob)
{
	struct request req = { .pidfd = -1, .owner = OWNER };
	int i;

	for (i = 0; i < mob->count; i++) {
		req.pid = mob->pid[i];
		req.start_ticks = mob->start_ticks[i];
		ASSERT_EQ(0, client_watch(&self->c, &req, NULL));
	}
}

TEST_F(load, a_half_read_dump_pins_the_module)
{
	struct nl_msg *msg;
	struct mob mob;
	int ret;

	load(_metadata, self, "");
	ASSERT_EQ(0, mob_gather(&mob, CROWD));
	watch_mob(_metadata, self, &mob);
	msg = client_msg(&self->c, VIGIL_CMD_WATCH_GET, NLM_F_DUMP);
	ASSERT_EQ(0, client_send(&self->c, msg));
	ASSERT_LT(0, recv(nl_socket_get_fd(self->c.sk), self->c.buf, 4096, 0));
	ret = module_unload();
	EXPECT_TRUE(ret == -EAGAIN || ret == -EBUSY);
	client_close(&self->c);
	EXPECT_EQ(0, module_unload());
	mob_end(&mob);
}

/* A dump whose reader is gone, beside the unloading. */
TEST_F(load, an_abandoned_dump_is_dropped)
{
	struct nl_msg *msg;
	struct mob mob;
	int i;

	ASSERT_EQ(0, mob_gather(&mob, CROWD));
	for (i = 0; i < ROUNDS; i++) {
		load(_metadata, self, "");
		watch_mob(_metadata, self, &mob);
		msg = client_msg(&self->c, VIGIL_CMD_WATCH_GET, NLM_F_DUMP);
		ASSERT_EQ(0, client_send(&self->c, msg));
		client_close(&self->c);
		ASSERT_EQ(0, module_unload());
	}
	mob_end(&mob);
}

/* Listens until the module is gone; what it hears is always in order. */
static int life_listen(const struct ends *ends, void *arg)
{
	struct listener *l = calloc(1, sizeof(*l));
	struct watch event;
	uint64_t last = 0;
	int ret;

	(void)arg;
	if (!l || listener_open(l, 0))
		return 1;
	life_tell(ends, 0);
	for (;;) {
		ret = listener_next(l, &event, -1);
		if (ret == 1 && event.seq <= last)
			return 2;
		last = ret == 1 ? event.seq : last;
	}
}

TEST_F_TIMEOUT(load, unloading_under_a_storm, 300)
{
	struct victim listener;
	struct mob mob;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		load(_metadata, self, "ring_size=64");
		start(_metadata, &listener, life_listen, NULL);
		ASSERT_EQ(0, victim_told(&listener));
		ASSERT_EQ(0, mob_gather(&mob, CROWD));
		watch_mob(_metadata, self, &mob);
		mob_release(&mob);
		/* From no death yet to all of them: wait for a different number each time. */
		if (i)
			ASSERT_EQ(mob.pid[i * 40], waitpid(mob.pid[i * 40], NULL, 0));
		mob.pid[i ? i * 40 : 0] = i ? 0 : mob.pid[0];
		ASSERT_EQ(0, module_unload());
		EXPECT_EQ(0, kill(listener.pid, 0));
		mob_end(&mob);
		victim_end(&listener);
		client_close(&self->c);
	}
}

TEST_F(load, a_reloaded_module_starts_anew)
{
	struct victim v;
	struct stats s;
	struct watch w;

	load(_metadata, self, "");
	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, OWNER, &w));
	client_close(&self->c);
	ASSERT_EQ(0, module_unload());
	load(_metadata, self, "");
	ASSERT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(0, s.watches);
	EXPECT_EQ(0, s.seq);
	EXPECT_EQ(0, s.oldest_seq);
	EXPECT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, OWNER, &w));
	victim_end(&v);
	client_close(&self->c);
}

TEST_HARNESS_MAIN
