/* SPDX-License-Identifier: GPL-2.0 */
/* vigil watchdog */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "user/ctl/command.h"
#include "user/ctl/death.h"
#include "user/ctl/module.h"
#include "user/ctl/watchdog.h"

enum { MS_PER_S = 1000 };

/* What is wrong, or was; "" if nothing. */
static struct watchdog_text miss_text(const struct vigil_watchdog *w)
{
	struct watchdog_text t = { "" };

	switch (w->gate) {
	case VIGIL_WATCHDOG_GATE_NONE:
		break;
	case VIGIL_WATCHDOG_GATE_CPUS:
		snprintf(t.text, sizeof(t.text), ": CPU %" PRIu64 " does not run", w->detail);
		break;
	case VIGIL_WATCHDOG_GATE_VITAL:
		snprintf(t.text, sizeof(t.text), ": the process of vital watch %" PRIu64 " is dead",
			 w->detail);
		break;
	case VIGIL_WATCHDOG_GATE_DEVICE:
		snprintf(t.text, sizeof(t.text), ": the device refuses to be petted");
		break;
	case VIGIL_WATCHDOG_GATE_KEEPER:
		snprintf(t.text, sizeof(t.text), ": the keeper is gone for good");
		break;
	default:
		snprintf(t.text, sizeof(t.text), ": gate %s is missed",
			 vigil_watchdog_gate_name(w->gate));
	}
	return t;
}

struct watchdog_text watchdog_text(const struct vigil_watchdog *w)
{
	bool over = w->stage == VIGIL_WATCHDOG_STAGE_RECOVERED;
	struct watchdog_text t;
	int n;

	n = snprintf(t.text, sizeof(t.text), "%s: %s%s", *w->device ? w->device : "no watchdog",
		     vigil_watchdog_stage_name(w->stage), over ? "" : miss_text(w).text);
	if (w->reset_in_ms)
		snprintf(t.text + n, sizeof(t.text) - n, "; the node is reset within %s",
			 span_of((double)w->reset_in_ms / MS_PER_S).text);
	return t;
}

json_t *watchdog_json(const struct vigil_watchdog *w)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}",
			 "stage", vigil_watchdog_stage_name(w->stage),
			 "gate", vigil_watchdog_gate_name(w->gate), "detail", json_u64(w->detail),
			 "device", *w->device ? json_text(w->device) : json_null(),
			 "timeout_s", json_integer(w->timeout_s),
			 "reset_in_ms", json_integer(w->reset_in_ms));
}

static int tell(const struct ctl_args *args, const struct vigil_watchdog_status *s)
{
	if (args->json) {
		print_json(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "now", watchdog_json(&s->now),
				     "grace_ms", json_integer(s->grace_ms),
				     "interval_ms", json_integer(s->interval_ms),
				     "pets", json_u64(s->pets), "warnings", json_u64(s->warnings),
				     "recoveries", json_u64(s->recoveries)));
		return CTL_OK;
	}
	say("%s\n", watchdog_text(&s->now).text);
	if (*s->now.device)
		say("timeout     %" PRIu32 " s\npetted      every %" PRIu32 " ms\n", s->now.timeout_s,
		    s->interval_ms);
	say("grace       %" PRIu32 " ms\n", s->grace_ms);
	say("pets        %" PRIu64 "\nwarnings    %" PRIu64 ", %" PRIu64 " of them recovered\n",
	    s->pets, s->warnings, s->recoveries);
	return CTL_OK;
}

static int refused(const char *what, int err, struct vigil *v)
{
	return module_error(what, err, vigil_error(v));
}

static int arm(const struct ctl_args *args, struct vigil *v)
{
	struct vigil_watchdog_status s;
	int err = vigil_watchdog_arm(v, args->device, args->timeout_s, args->grace_ms, &s);

	return err ? refused("cannot arm the watchdog", err, v) : tell(args, &s);
}

static int disarm(const struct ctl_args *args, struct vigil *v)
{
	int err = vigil_watchdog_disarm(v);

	(void)args;
	return err ? refused("cannot disarm the watchdog", err, v) : CTL_OK;
}

static int status(const struct ctl_args *args, struct vigil *v)
{
	struct vigil_watchdog_status s;
	int err = vigil_watchdog_get(v, &s);

	return err ? refused("cannot read the watchdog", err, v) : tell(args, &s);
}

static const struct action {
	const char *name;
	int (*run)(const struct ctl_args *args, struct vigil *v);
} actions[] = {
	{ "arm", arm },
	{ "disarm", disarm },
	{ "status", status },
	{}
};

static int run(const struct ctl_args *args)
{
	const struct action *a;
	struct vigil *v;
	int err, result;

	for (a = actions; a->name && strcmp(a->name, args->operands[0]); a++)
		;
	if (!a->name) {
		complain("vigil watchdog takes arm, disarm or status, not \"%s\"", args->operands[0]);
		return CTL_USAGE;
	}
	err = vigil_open(&v);
	if (err)
		return module_error("cannot speak of the watchdog", err, "");
	result = a->run(args, v);
	vigil_close(v);
	return result;
}

const struct ctl_command cmd_watchdog = {
	.name = "watchdog",
	.operands = "arm|disarm|status",
	.summary = "Let the hardware reset this node when it is lost",
	.help = "Once armed, vigil.ko pets the hardware watchdog for as long as every CPU runs and no\n"
		"vital process stays dead. The options are for \"arm\". Needs CAP_SYS_ADMIN.\n",
	.options = CTL_DEVICE | CTL_TIMEOUT | CTL_GRACE | CTL_OUTPUT,
	.min = 1,
	.max = 1,
	.run = run,
};
