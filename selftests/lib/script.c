// SPDX-License-Identifier: GPL-2.0
/* Scripts for the fake kernel's event stream. */
#include "selftests/lib/script.h"

#include <assert.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "user/lib/bounds.h"

static const struct replay *script;
static unsigned int asked;
static uint64_t since[REPLAYS_MAX];

static void add_broken(struct dgram *d, struct envelope to, uint8_t cmd)
{
	struct nlmsghdr *nlh = dgram_begin(d, to, cmd);

	put_watch(nlh, 1);
	dgram_end(d, nlh);
}

static void add_strange(struct dgram *d, struct envelope to, uint64_t seq)
{
	struct nlmsghdr *nlh = dgram_begin(d, to, VIGIL_CMD_EVENT_NTF);

	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_EVENT_TYPE, 99);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, seq);
	dgram_end(d, nlh);
}

static void push_events(int fd, struct envelope to, uint8_t cmd, const struct step *s)
{
	struct dgram d = { .len = 0 };

	for (uint64_t seq = s->a; seq <= s->b; seq++) {
		if (d.len > sizeof(d.bytes) / 2) {
			fake_push(fd, &d);
			d.len = 0;
		}
		dgram_dead(&d, to, cmd, seq);
	}
	fake_push(fd, &d);
}

static void push_live(const struct step *s)
{
	const struct envelope to = { .type = FAKE_FAMILY };
	const struct envelope ctrl = { .type = GENL_ID_CTRL };
	struct dgram d = { .len = 0 };

	switch (s->what) {
	case EVENTS:
		push_events(FD_LIVE, to, VIGIL_CMD_EVENT_NTF, s);
		return;
	case ERROR:
		fake_push_error(FD_LIVE, (int)s->a);
		return;
	case QUIET:
		fake_push_error(FD_LIVE, -EAGAIN);
		return;
	case CUT:
		fake_push_cut(FD_LIVE, VNL_RECV_BYTES + 1);
		return;
	case FORGED:
		dgram_dead(&d, to, VIGIL_CMD_EVENT_NTF, s->a);
		fake_push_from(FD_LIVE, &d, 4711);
		return;
	case JUNK:
		d.len = 21;
		break;
	case BROKEN:
		add_broken(&d, to, VIGIL_CMD_EVENT_NTF);
		break;
	case STRANGE:
		add_strange(&d, to, s->a);
		break;
	case UNLOADED:
		dgram_family(&d, ctrl, CTRL_CMD_DELFAMILY, FAKE_FAMILY, 1, "events", 7);
		break;
	case OTHER_GONE:
		dgram_family(&d, ctrl, CTRL_CMD_DELFAMILY, FAKE_FAMILY + 1, 1, "events", 7);
		dgram_family(&d, ctrl, CTRL_CMD_NEWFAMILY, FAKE_FAMILY, 1, "events", 7);
		break;
	default:
		assert(!"a step that is of no use here");
	}
	fake_push(FD_LIVE, &d);
}

/* One step of a replay; returns whether the replay ended with it. */
static int push_replay(int fd, struct envelope back, const struct step *s)
{
	struct dgram d = { .len = 0 };

	back.flags = NLM_F_MULTI;
	switch (s->what) {
	case EVENTS:
		push_events(fd, back, VIGIL_CMD_EVENT_GET, s);
		return 0;
	case GAP:
		dgram_gap(&d, back, VIGIL_CMD_EVENT_GET, s->a, s->b);
		fake_push(fd, &d);
		return 0;
	case BROKEN:
		add_broken(&d, back, VIGIL_CMD_EVENT_GET);
		fake_push(fd, &d);
		return 0;
	case SILENCE:
		return 1;
	case ERROR:
		fake_push_error(fd, (int)s->a);
		return 1;
	case UNLOADED:
		dgram_error(&d, back, -ENOENT, NULL);
		break;
	case INTERRUPTED:
		back.flags |= NLM_F_DUMP_INTR;
		dgram_done(&d, back, 0);
		break;
	case END:
		dgram_done(&d, back, 0);
		break;
	default:
		assert(!"a step that is of no use here");
	}
	fake_push(fd, &d);
	return 1;
}

void script_serve(int fd, const struct nlmsghdr *req, struct envelope back)
{
	const struct step *s = script[asked].answer;

	assert(asked < REPLAYS_MAX);
	since[asked++] = fake_request_u64(req, VIGIL_A_WATCH_SEQ);
	while (!push_replay(fd, back, s))
		s++;
}

void script_live(const struct step *steps)
{
	for (; steps->what != END; steps++)
		push_live(steps);
}

void script_replays(const struct replay *replays)
{
	script = replays;
	asked = 0;
}

unsigned int script_asked(void)
{
	return asked;
}

uint64_t script_asked_since(unsigned int i)
{
	return since[i];
}
