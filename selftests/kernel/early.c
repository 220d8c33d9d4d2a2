// SPDX-License-Identifier: GPL-2.0
/* DYING: told once when a process is certain to die, before its memory goes, and not before. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "selftests/kernel/early.h"

enum {
	RACES = 200,
	RACERS = 4,
	OWNERS = 8,
	BIG_BYTES = 256 << 20,
};

static void expect_both(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			const struct watch *w, struct watch *dead)
{
	struct watch dying;

	next_dying(_metadata, self, w, &dying);
	next_dead(_metadata, self, w, &dying, dead);
	expect_kept(_metadata, self, dead);
	victim_end(v);
}

TEST_F(vigil, dying_comes_before_dead)
{
	struct watch w, dead;
	struct victim v;
	int code = 7;

	start_flags(_metadata, self, &v, life_exit, &code, DYING, &w);
	EXPECT_EQ(VIGIL_WATCH_STATE_ALIVE, w.state);
	victim_go(&v);
	expect_both(_metadata, self, &v, &w, &dead);
	EXPECT_EQ(7, dead.exit.code);
}

TEST_F(vigil, a_watch_that_does_not_ask_is_not_told)
{
	struct watch asks, other, dying, event;
	struct victim v;
	int i, code = 0;

	start_flags(_metadata, self, &v, life_exit, &code, DYING, &asks);
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, "another", &other));
	victim_go(&v);
	next_dying(_metadata, self, &asks, &dying);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS * patience()));
		EXPECT_EQ(VIGIL_EVENT_TYPE_DEAD, event.type);
		EXPECT_EQ(event.id == asks.id ? dying.seq : 0, event.exit.dying_seq);
		EXPECT_EQ(++self->seq, event.seq);
	}
	victim_end(&v);
}

/* All of them before the first death. */
TEST_F(vigil, every_owner_is_told)
{
	struct watch w[OWNERS], event;
	struct request req = { .flags = DYING };
	struct victim v;
	char owner[16];
	int i, code = 0;

	start(_metadata, &v, life_exit, &code);
	req.pidfd = v.pidfd;
	req.owner = owner;
	for (i = 0; i < OWNERS; i++) {
		snprintf(owner, sizeof(owner), "owner%d", i);
		ASSERT_EQ(0, client_watch(&self->c, &req, &w[i]));
	}
	victim_go(&v);
	for (i = 0; i < 2 * OWNERS; i++) {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS * patience()));
		EXPECT_EQ(i < OWNERS ? VIGIL_EVENT_TYPE_DYING : VIGIL_EVENT_TYPE_DEAD, event.type);
		EXPECT_EQ(++self->seq, event.seq);
	}
	victim_end(&v);
}

/* The way in which a process of several threads ends. */
struct way {
	bool leader_first;	/* the leader ends before the others */
	long call;		/* by which a thread ends it, or */
	int sig;		/* the signal that is sent to it */
	bool stopped;		/* while it is stopped */
};

static const struct way ways[] = {
	{ .call = SYS_exit_group },
	{ .leader_first = true, .call = SYS_exit_group },
	{ .leader_first = true, .call = SYS_exit },
	{ .sig = SIGKILL },
	{ .sig = SIGTERM },
	{ .sig = SIGKILL, .stopped = true },
	{ .leader_first = true, .sig = SIGKILL },
};

struct thread_arg {
	const struct ends *ends;
	const struct way *way;
};

static void *thread_end(void *arg)
{
	const struct thread_arg *t = arg;

	life_tell(t->ends, syscall(SYS_gettid));
	life_await_go(t->ends);
	syscall(t->way->call ?: SYS_pause, 3);
	return NULL;
}

static int life_threads(const struct ends *ends, void *arg)
{
	static struct thread_arg t;
	pthread_t thread;

	t = (struct thread_arg){ .ends = ends, .way = arg };
	if (pthread_create(&thread, NULL, thread_end, &t))
		return 124;
	if (t.way->leader_first)
		syscall(SYS_exit, 0);
	for (;;)
		pause();
}

static void end_by(struct __test_metadata *_metadata, const struct way *way, struct victim *v)
{
	if (way->leader_first) {
		ASSERT_TRUE(proc_await_thread_state(v->pid, v->pid, 'Z'));
	}
	if (way->stopped) {
		ASSERT_EQ(0, kill(v->pid, SIGSTOP));
		ASSERT_TRUE(proc_await_thread_state(v->pid, v->pid, 'T'));
	}
	if (way->sig) {
		ASSERT_EQ(0, kill(v->pid, way->sig));
	} else {
		victim_go(v);
	}
}

TEST_F(vigil, every_way_of_dying_is_told)
{
	struct watch w, dead;
	struct victim v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		start(_metadata, &v, life_threads, (void *)&ways[i]);
		ASSERT_LT(0, victim_told(&v));
		watch_flags(_metadata, self, v.pidfd, DYING, 0, &w);
		end_by(_metadata, &ways[i], &v);
		expect_both(_metadata, self, &v, &w, &dead);
		if (ways[i].sig) {
			EXPECT_EQ(ways[i].sig, dead.exit.signal);
		}
	}
}

static pthread_barrier_t line;

static void *race_to_the_end(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&line);
	syscall(SYS_exit, 0);
	return NULL;
}

static int life_racers(const struct ends *ends, void *unused)
{
	pthread_t thread;
	int i;

	(void)unused;
	pthread_barrier_init(&line, NULL, RACERS);
	for (i = 1; i < RACERS; i++)
		if (pthread_create(&thread, NULL, race_to_the_end, NULL))
			return 124;
	life_tell(ends, 0);
	life_await_go(ends);
	race_to_the_end(NULL);
	return 0;
}

/* Each of them sees another that lives. */
TEST_F(vigil, threads_that_all_end_at_once_are_told)
{
	struct watch w, dead;
	struct victim v;
	int i;

	for (i = 0; i < crowd(RACES); i++) {
		start(_metadata, &v, life_racers, NULL);
		ASSERT_EQ(0, victim_told(&v));
		watch_flags(_metadata, self, v.pidfd, DYING, 0, &w);
		victim_go(&v);
		expect_both(_metadata, self, &v, &w, &dead);
	}
}

static void *end_alone(void *unused)
{
	(void)unused;
	syscall(SYS_exit, 0);
	return NULL;
}

static int life_thread_ends(const struct ends *ends, void *unused)
{
	pthread_t thread;

	(void)unused;
	life_await_go(ends);
	if (pthread_create(&thread, NULL, end_alone, NULL) || pthread_join(thread, NULL))
		return 124;
	life_tell(ends, 0);
	return life_pause(ends, NULL);
}

TEST_F(vigil, the_end_of_one_thread_is_none)
{
	struct watch w, dead;
	struct victim v;

	start_flags(_metadata, self, &v, life_thread_ends, NULL, DYING, &w);
	victim_go(&v);
	ASSERT_EQ(0, victim_told(&v));
	ASSERT_EQ(0, victim_told(&v));
	expect_alive(_metadata, self, &w);
	ASSERT_EQ(0, kill(v.pid, SIGTERM));
	expect_both(_metadata, self, &v, &w, &dead);
}

static int go_fd;

static void *exec_cat(void *unused)
{
	(void)unused;
	dup2(go_fd, STDIN_FILENO);
	execl("/bin/cat", "cat", NULL);
	_exit(123);
}

static int life_exec(const struct ends *ends, void *from_thread)
{
	pthread_t thread;

	life_await_go(ends);
	go_fd = ends->go;
	if (!from_thread)
		exec_cat(NULL);
	if (pthread_create(&thread, NULL, exec_cat, NULL))
		return 124;
	for (;;)
		pause();
}

/* A pipe that closes tells of the exec: it takes the victim's descriptors with it. */
TEST_F(vigil, an_exec_is_none)
{
	struct watch w, dead;
	struct victim v;
	int from_thread;
	char comm[16];

	for (from_thread = 0; from_thread < 2; from_thread++) {
		start_flags(_metadata, self, &v, life_exec, from_thread ? &v : NULL, DYING, &w);
		victim_go(&v);
		ASSERT_EQ(-1, victim_told(&v));
		proc_comm(v.pid, comm, sizeof(comm));
		EXPECT_STREQ("cat", comm);
		expect_alive(_metadata, self, &w);
		ASSERT_EQ(0, kill(v.pid, SIGKILL));
		expect_both(_metadata, self, &v, &w, &dead);
	}
}

static int life_big(const struct ends *ends, void *arg)
{
	size_t bytes = *(int *)arg, at;
	char *mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		return 124;
	for (at = 0; at < bytes; at += 4096)
		mem[at] = 1;
	life_tell(ends, 0);
	life_await_go(ends);
	return 0;
}

static size_t resident_bytes(pid_t pid)
{
	unsigned long total, resident = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%lu %lu", &total, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * 4096;
}

TEST_F(vigil, all_memory_is_in_place_at_dying)
{
	struct watch w, dying, dead;
	int bytes = crowd(BIG_BYTES);
	struct victim v;

	start(_metadata, &v, life_big, &bytes);
	ASSERT_EQ(0, victim_told(&v));
	watch_flags(_metadata, self, v.pidfd, DYING, 0, &w);
	hold_at_exit(_metadata, &v);
	next_dying(_metadata, self, &w, &dying);
	EXPECT_LE((size_t)bytes, resident_bytes(v.pid));
	expect_state(_metadata, self, &w, VIGIL_WATCH_STATE_DYING);
	let_pass(_metadata, &v);
	next_dead(_metadata, self, &w, &dying, &dead);
	expect_state(_metadata, self, &w, VIGIL_WATCH_STATE_DEAD);
	victim_end(&v);
}

TEST_F(vigil, past_the_hook_there_is_dead_alone)
{
	struct watch w, dead;
	struct victim v;
	int code = 0;

	start(_metadata, &v, life_exit, &code);
	victim_go(&v);
	ASSERT_EQ(0, victim_await_zombie(&v));
	watch_flags(_metadata, self, v.pidfd, DYING, 0, &w);
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, w.state);
	next_dead(_metadata, self, &w, NULL, &dead);
	victim_end(&v);
}

static bool hooked(void)
{
	FILE *f = fopen("/sys/kernel/debug/kprobes/list", "re");
	char line_of[256];
	bool found = false;

	while (f && fgets(line_of, sizeof(line_of), f))
		found |= strstr(line_of, " do_exit+") != NULL;
	if (f)
		fclose(f);
	return found;
}

static bool becomes(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	bool done = f && fputs(text, f) >= 0;

	return f && !fclose(f) && done;
}

static bool state_is(const char *wanted)
{
	FILE *f = fopen("/sys/kernel/vigil/dying", "re");
	char state[16] = "";
	bool same = f && fgets(state, sizeof(state), f) && !strncmp(state, wanted, strlen(wanted));

	if (f)
		fclose(f);
	return same;
}

/* Whoever is refused can still watch for the death; who watches already is not heard while it is off. */
static void silent_by(struct __test_metadata *_metadata, vigil_t *self, const char *knob)
{
	struct request req = { .owner = "late", .flags = DYING };
	struct watch w, late, dying, dead;
	struct victim v;

	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, victim_told(&v));
	watch_flags(_metadata, self, v.pidfd, DYING, 0, &w);
	EXPECT_TRUE(state_is("heard"));
	EXPECT_TRUE(becomes(knob, "0"));
	EXPECT_TRUE(state_is("silent"));
	req.pidfd = v.pidfd;
	EXPECT_EQ(-EOPNOTSUPP, client_watch(&self->c, &req, &late));
	EXPECT_NE(NULL, strstr(self->c.refusal.sentence, "ftrace_enabled"));
	EXPECT_EQ(VIGIL_A_WATCH_FLAGS, self->c.refusal.attr);
	EXPECT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, "late", &late));
	EXPECT_EQ(0, client_release(&self->c, late.id));
	EXPECT_TRUE(becomes(knob, "1"));
	EXPECT_TRUE(state_is("heard"));
	EXPECT_EQ(0, client_watch(&self->c, &req, &late));
	EXPECT_EQ(0, client_release(&self->c, late.id));
	kill(v.pid, SIGKILL);
	next_dying(_metadata, self, &w, &dying);
	next_dead(_metadata, self, &w, &dying, &dead);
	expect_kept(_metadata, self, &dead);
	victim_end(&v);
}

TEST_F(vigil, a_watch_is_refused_while_tracing_is_switched_off)
{
	silent_by(_metadata, self, "/proc/sys/kernel/ftrace_enabled");
}

TEST_F(vigil, a_watch_is_refused_while_kprobes_are_switched_off)
{
	if (access("/sys/kernel/debug/kprobes", F_OK)) {
		ASSERT_EQ(0, mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL));
	}
	silent_by(_metadata, self, "/sys/kernel/debug/kprobes/enabled");
}

/* Nothing tells when a probe is gone. */
TEST_F(vigil, the_hook_goes_with_the_last_who_asks)
{
	struct watch w, other;
	struct victim v;

	if (access("/sys/kernel/debug/kprobes", F_OK)) {
		ASSERT_EQ(0, mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL));
	}
	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, victim_told(&v));
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, "another", &other));
	EXPECT_TRUE(AWAIT(!hooked()));
	watch_flags(_metadata, self, v.pidfd, DYING, 0, &w);
	EXPECT_TRUE(hooked());
	ASSERT_EQ(0, client_release(&self->c, w.id));
	EXPECT_TRUE(AWAIT(!hooked()));
	ASSERT_EQ(0, client_release(&self->c, other.id));
	victim_end(&v);
}

TEST_HARNESS_MAIN
