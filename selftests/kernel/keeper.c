// SPDX-License-Identifier: GPL-2.0
/* The keeper's requests and knobs: what is taken, and what is refused and changes nothing. */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>

#include "selftests/kernel/keeper_fixture.h"

enum { NOBODY = 65534 };

#define FOLDER "/sys/kernel/vigil/keeper/"

struct wrong {
	const char *name;
	const char *argv[2];
	const char *env;
	uint32_t respawn_max, window_ms, register_ms;
	int last_resort;
	int error;
	int attr;
};

static const struct wrong wrongs[] = {
	{ .name = "no command", .error = -EINVAL, .last_resort = -1 },
	{ .name = "a relative path", .argv = { "bin/true" }, .error = -EINVAL,
	  .attr = VIGIL_A_KEEPER_ARGV, .last_resort = -1 },
	{ .name = "an empty path", .argv = { "" }, .error = -EINVAL,
	  .attr = VIGIL_A_KEEPER_ARGV, .last_resort = -1 },
	{ .name = "a variable without =", .argv = { "/bin/true" }, .env = "HOME", .error = -EINVAL,
	  .attr = VIGIL_A_KEEPER_ENV, .last_resort = -1 },
	{ .name = "a variable without a name", .argv = { "/bin/true" }, .env = "=x",
	  .error = -EINVAL, .attr = VIGIL_A_KEEPER_ENV, .last_resort = -1 },
	{ .name = "too many respawns", .argv = { "/bin/true" }, .respawn_max = 65,
	  .error = -EINVAL, .attr = VIGIL_A_KEEPER_RESPAWN_MAX, .last_resort = -1 },
	{ .name = "too long a window", .argv = { "/bin/true" }, .window_ms = 86400001,
	  .error = -EINVAL, .attr = VIGIL_A_KEEPER_WINDOW_MS, .last_resort = -1 },
	{ .name = "too long a time to register", .argv = { "/bin/true" }, .register_ms = ~0u,
	  .error = -EINVAL, .attr = VIGIL_A_KEEPER_REGISTER_MS, .last_resort = -1 },
	{ .name = "no such last resort", .argv = { "/bin/true" }, .last_resort = 4,
	  .error = -EINVAL, .attr = VIGIL_A_KEEPER_LAST_RESORT },
};

static void expect_refused(struct __test_metadata *_metadata, vigil_t *self,
			   const struct keeper_request *r, int error, int attr, const char *name)
{
	EXPECT_EQ(error, client_keeper_set(&self->c, r)) {
		TH_LOG("%s", name);
	}
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_TRUE(!attr || self->c.refusal.attr == attr) {
		TH_LOG("%s: attribute %d", name, self->c.refusal.attr);
	}
}

/* What was there before a refusal is there after it. */
TEST_F(vigil, each_wrong_keeper_is_refused_and_changes_nothing)
{
	struct keeper before, after;
	const struct wrong *t;
	struct keeper_request r;
	struct victim v;
	struct watch w;

	start_keeper(_metadata, self, &v, &w, "keep");
	before = expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT);
	for (t = wrongs; t < wrongs + ARRAY_SIZE(wrongs); t++) {
		memset(&r, 0, sizeof(r));
		r.id = w.id;
		r.argv[0] = t->argv[0];
		r.env[0] = t->env;
		r.respawn_max = t->respawn_max;
		r.window_ms = t->window_ms;
		r.register_ms = t->register_ms;
		r.last_resort = t->last_resort;
		expect_refused(_metadata, self, &r, t->error, t->attr, t->name);
	}
	after = expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
	end_keeper(_metadata, self, &v);
}

/* As many words as there may be, and one more; as many bytes, and one more. */
TEST_F(vigil, a_command_has_bounds)
{
	char word[VIGIL_KEEPER_WORD_LEN_MAX + 2];
	struct keeper_request r = request_of("keep");
	struct victim v;
	struct watch w;
	int i;

	start_ready(_metadata, self, &v, life_pause, NULL, &w);
	r.id = w.id;
	for (i = 1; i <= VIGIL_KEEPER_WORDS_MAX; i++)
		r.argv[i] = "w";
	expect_refused(_metadata, self, &r, -E2BIG, VIGIL_A_KEEPER_ARGV, "33 words");
	r.argv[VIGIL_KEEPER_WORDS_MAX] = NULL;
	become_keeper(_metadata, self, v.pid, &r);
	EXPECT_EQ(VIGIL_KEEPER_WORDS_MAX,
		  expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT).argc);

	memset(word, 'x', sizeof(word));
	word[0] = '/';
	word[VIGIL_KEEPER_WORD_LEN_MAX] = '\0';
	memset(&r.argv, 0, sizeof(r.argv));
	r.argv[0] = word;
	r.argv[1] = word;
	become_keeper(_metadata, self, v.pid, &r);
	r.argv[2] = "";
	expect_refused(_metadata, self, &r, -E2BIG, VIGIL_A_KEEPER_ARGV, "2049 bytes");
	word[VIGIL_KEEPER_WORD_LEN_MAX] = 'x';
	word[VIGIL_KEEPER_WORD_LEN_MAX + 1] = '\0';
	r.argv[1] = NULL;
	EXPECT_GT(0, client_keeper_set(&self->c, &r));
	end_keeper(_metadata, self, &v);
}

TEST_F(vigil, only_a_lasting_watch_of_a_living_process_makes_a_keeper)
{
	struct request req = { .owner = OWNER, .flags = VIGIL_WATCH_FLAGS_TRANSIENT };
	struct keeper_request r = request_of("keep");
	struct watch w, event;
	struct victim v;
	int code = 0;

	expect_refused(_metadata, self, &r, -EINVAL, 0, "no id");
	EXPECT_EQ(VIGIL_A_KEEPER_ID, self->c.refusal.missing);
	r.id = ~0ull;
	expect_refused(_metadata, self, &r, -ENOENT, VIGIL_A_KEEPER_ID, "unknown id");
	start(_metadata, &v, life_exit, &code);
	req.pidfd = v.pidfd;
	ASSERT_EQ(0, client_watch(&self->c, &req, &w));
	r.id = w.id;
	expect_refused(_metadata, self, &r, -EINVAL, VIGIL_A_KEEPER_ID, "transient");
	ASSERT_EQ(0, client_release(&self->c, w.id));
	watch_alive(_metadata, self, &v, &w);
	let_die(_metadata, self, &v, &w, &event);
	r.id = w.id;
	expect_refused(_metadata, self, &r, -ESRCH, VIGIL_A_KEEPER_ID, "dead");
	expect_state(_metadata, self, VIGIL_KEEPER_STATE_NONE);
}

static int all_refused(struct client *c)
{
	struct keeper_request r = { .id = 1, .argv = { "/bin/true" }, .last_resort = -1 };
	struct keeper k;

	if (client_keeper_set(c, &r) != -EPERM || !c->refusal.sentence[0])
		return VIGIL_CMD_KEEPER_SET;
	if (client_keeper_resign(c, 0) != -EPERM || !c->refusal.sentence[0])
		return VIGIL_CMD_KEEPER_RESIGN;
	if (client_keeper_get(c, &k) != -EPERM || !c->refusal.sentence[0])
		return VIGIL_CMD_KEEPER_GET;
	return 0;
}

/* Root, in namespaces of its own as the argument says; or nobody. */
static int life_foreign(const struct ends *ends, void *arg)
{
	int flags = *(int *)arg;
	struct client *c = malloc(sizeof(*c));

	if (flags && unshare(flags))
		return 1;
	if (!flags && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
		       setresuid(NOBODY, NOBODY, NOBODY)))
		return 1;
	if (!c || client_open(c))
		return 1;
	life_tell(ends, all_refused(c));
	return 0;
}

TEST_F(vigil, who_does_not_rule_the_node_is_refused)
{
	static const int namespaces[] = { 0, CLONE_NEWNET, CLONE_NEWUSER, CLONE_NEWUSER | CLONE_NEWNET };
	struct victim v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(namespaces); i++) {
		start(_metadata, &v, life_foreign, (void *)&namespaces[i]);
		EXPECT_EQ(0, victim_told(&v)) {
			TH_LOG("namespaces %#x", namespaces[i]);
		}
		victim_end(&v);
	}
}

static int knob_write(const char *name, const char *value)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static bool knob_says(const char *name, const char *value)
{
	char path[128], text[64] = "";
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	close(fd);
	return got > 0 && text[got - 1] == '\n' && !strncmp(text, value, got - 1) &&
	       (size_t)got - 1 == strlen(value);
}

static const struct {
	const char *name;
	const char *right[3];
	const char *wrong[6];
} knobs[] = {
	{ "respawn_max", { "1", "64", "5" }, { "0", "65", "-1", "many", "", "4294967296" } },
	{ "window_ms", { "1", "86400000", "60000" }, { "0", "86400001", "1 2", "1ms", "-5" } },
	{ "register_ms", { "1", "86400000", "30000" }, { "0", "86400001", "x", "1.5" } },
	{ "last_resort", { "bite", "panic", "report" }, { "reports", "rep", "0", "Bite", "none" } },
};

TEST_F(vigil, each_knob_takes_what_is_right_and_refuses_the_rest)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(knobs); i++) {
		for (n = 0; n < ARRAY_SIZE(knobs[i].right); n++) {
			EXPECT_EQ(0, knob_write(knobs[i].name, knobs[i].right[n]));
			EXPECT_TRUE(knob_says(knobs[i].name, knobs[i].right[n]));
		}
		for (n = 0; n < ARRAY_SIZE(knobs[i].wrong) && knobs[i].wrong[n]; n++) {
			if (!knobs[i].wrong[n][0])
				continue;
			EXPECT_EQ(-EINVAL, knob_write(knobs[i].name, knobs[i].wrong[n])) {
				TH_LOG("%s=%s", knobs[i].name, knobs[i].wrong[n]);
			}
		}
		EXPECT_TRUE(knob_says(knobs[i].name, knobs[i].right[2]));
	}
}

TEST_F(vigil, the_folder_shows_the_keeper_and_its_settings_outlive_it)
{
	struct victim v;
	struct watch w;
	struct keeper k;
	char pid[16];

	EXPECT_TRUE(knob_says("state", "none"));
	EXPECT_TRUE(knob_says("pid", "0"));
	start_keeper(_metadata, self, &v, &w, "keep");
	snprintf(pid, sizeof(pid), "%d", v.pid);
	EXPECT_TRUE(knob_says("state", "kept"));
	EXPECT_TRUE(knob_says("pid", pid));
	EXPECT_TRUE(knob_says("respawns", "0"));
	EXPECT_TRUE(knob_says("respawn_max", "3"));
	EXPECT_TRUE(knob_says("last_resort", "report"));
	ASSERT_EQ(0, knob_write("respawn_max", "11"));
	EXPECT_EQ(11, expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT).respawn_max);
	resign(_metadata, self);
	EXPECT_TRUE(knob_says("state", "none"));
	EXPECT_TRUE(knob_says("pid", "0"));
	k = expect_state(_metadata, self, VIGIL_KEEPER_STATE_NONE);
	EXPECT_EQ(11, k.respawn_max);
	EXPECT_EQ(0, k.argc);
	EXPECT_EQ(0, k.id);
	victim_end(&v);
	next_death_of(_metadata, self, w.pid);
}

TEST_HARNESS_MAIN
