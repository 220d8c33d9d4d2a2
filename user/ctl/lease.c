// SPDX-License-Identifier: GPL-2.0
/* vigil lease */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "user/ctl/command.h"
#include "user/ctl/death.h"
#include "user/ctl/leases.h"
#include "user/ctl/module.h"
#include "user/ctl/table.h"

/* What an action works on. */
struct doing {
	struct vigil *v;
	char **operand;		/* behind the action's name, NULL-terminated */
	bool json;
};

struct action {
	const char *name;
	const char *operands;	/* as in a usage line */
	size_t min, max;
	int (*run)(struct doing *d);
};

static int usage(const char *fmt, const char *text)
{
	complain(fmt, text);
	complain("see \"vigil lease --help\"");
	return CTL_USAGE;
}

static bool number(const char *text, uint64_t max, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *n <= max;
}

/* The kernel's own sentence says it best. */
static int failed(struct doing *d, const char *what, int err)
{
	const char *why = vigil_error(d->v);

	if (!*why)
		return module_error(what, err, why);
	complain("%s: %s", what, why);
	if (err == -ENOENT)
		return CTL_NOT_FOUND;
	return err == -EPERM ? CTL_DENIED : CTL_FAILED;
}

/* The clock on which deadlines are told. */
static double seconds_until(uint64_t deadline_ns)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (double)deadline_ns / 1e9 - (double)now.tv_sec - (double)now.tv_nsec / 1e9;
}

static void lease_row(struct table *t, const struct vigil_lease *l)
{
	double left = seconds_until(l->deadline_ns);
	enum colour c = l->state == VIGIL_LEASE_STATE_HELD ? GREEN : RED;

	table_cell(t, PLAIN, "%s", l->name);
	table_cell(t, PLAIN, "%" PRIu64, l->epoch);
	table_cell(t, c, "%s", lease_state_name(l->state));
	if (l->state == VIGIL_LEASE_STATE_HELD && left > 0)
		table_cell(t, PLAIN, "%.3f s", left);
	else
		table_cell(t, PLAIN, "-");
	table_cell(t, PLAIN, "%" PRIu32, l->living);
	table_cell(t, PLAIN, "%" PRIu32, l->dead);
	table_cell(t, PLAIN, "%" PRIu32, l->cgroups);
}

static struct table *lease_table(void)
{
	static const char *const heads[] = {
		"LEASE", "EPOCH", "STATE", "LEFT", "LIVING", "DEAD", "CGROUPS", NULL
	};

	return table_new(heads);
}

static int print_table(struct table *t)
{
	bool printed = table_print(t);

	table_free(t);
	if (printed)
		return CTL_OK;
	complain("out of memory");
	return CTL_FAILED;
}

static int print_lease(struct doing *d, const struct vigil_lease *l)
{
	struct table *t;

	if (d->json) {
		print_json(lease_json(l));
		return CTL_OK;
	}
	t = lease_table();
	lease_row(t, l);
	return print_table(t);
}

static int add_json(const struct vigil_lease *l, void *array)
{
	return json_array_append_new(array, lease_json(l)) ? -ENOMEM : 0;
}

static int add_row(const struct vigil_lease *l, void *table)
{
	lease_row(table, l);
	return 0;
}

static int list_json(struct doing *d)
{
	json_t *array = json_array();
	int r = vigil_lease_list(d->v, add_json, array);

	if (r) {
		json_decref(array);
		return failed(d, "cannot list the leases", r);
	}
	print_json(array);
	return CTL_OK;
}

static int run_list(struct doing *d)
{
	struct table *t;
	int r;

	if (d->json)
		return list_json(d);
	t = lease_table();
	r = vigil_lease_list(d->v, add_row, t);
	if (!r)
		return print_table(t);
	table_free(t);
	return failed(d, "cannot list the leases", r);
}

static int add_bond_json(const struct vigil_bond *b, void *array)
{
	return json_array_append_new(array, bond_json(b)) ? -ENOMEM : 0;
}

static int add_bond_row(const struct vigil_bond *b, void *table)
{
	table_cell(table, PLAIN, "%" PRIu64, b->watch_id);
	table_cell(table, PLAIN, "%d", (int)b->pid);
	table_cell(table, PLAIN, "%s", bond_reach_name(b->reach));
	table_cell(table, b->state == VIGIL_BOND_STATE_ALIVE ? GREEN : RED, "%s",
		   bond_state_name(b->state));
	return 0;
}

static int status_json(struct doing *d, const struct vigil_lease *l)
{
	json_t *bonds = json_array();
	json_t *lease = lease_json(l);
	int r = vigil_bond_list(d->v, l->name, add_bond_json, bonds);

	json_object_set_new(lease, "bonds", bonds);
	if (r) {
		json_decref(lease);
		return failed(d, "cannot list what is bound", r);
	}
	print_json(lease);
	return CTL_OK;
}

static int status_text(struct doing *d, const struct vigil_lease *l)
{
	static const char *const heads[] = { "WATCH", "PID", "REACH", "STATE", NULL };
	struct table *t;
	int r = print_lease(d, l);

	if (r != CTL_OK)
		return r;
	t = table_new(heads);
	r = vigil_bond_list(d->v, l->name, add_bond_row, t);
	if (r) {
		table_free(t);
		return failed(d, "cannot list what is bound", r);
	}
	putchar('\n');
	return print_table(t);
}

static int run_status(struct doing *d)
{
	struct vigil_lease l;
	int r = vigil_lease_get(d->v, d->operand[0], &l);

	if (r)
		return failed(d, "cannot read the lease", r);
	return d->json ? status_json(d, &l) : status_text(d, &l);
}

static int grant(struct doing *d, const char *what,
		 int (*call)(struct vigil *v, const char *name, uint64_t epoch,
			     uint64_t deadline_ns, uint32_t duration_ms, struct vigil_lease *out))
{
	uint64_t epoch, ms;
	struct vigil_lease l;
	int r;

	if (!number(d->operand[1], UINT64_MAX, &epoch))
		return usage("an epoch is a number, not \"%s\"", d->operand[1]);
	if (!number(d->operand[2], UINT32_MAX, &ms) || !ms)
		return usage("a duration is a number of milliseconds from 1, not \"%s\"",
			     d->operand[2]);
	r = call(d->v, d->operand[0], epoch, 0, (uint32_t)ms, &l);
	return r ? failed(d, what, r) : print_lease(d, &l);
}

static int run_new(struct doing *d)
{
	return grant(d, "cannot make the lease", vigil_lease_new);
}

static int run_renew(struct doing *d)
{
	return grant(d, "cannot renew the lease", vigil_lease_renew);
}

static int run_fence(struct doing *d)
{
	struct vigil_lease l;
	uint64_t epoch;
	int r;

	if (!number(d->operand[1], UINT64_MAX, &epoch))
		return usage("an epoch is a number, not \"%s\"", d->operand[1]);
	r = vigil_lease_fence(d->v, d->operand[0], epoch, &l);
	return r ? failed(d, "cannot fence the lease", r) : print_lease(d, &l);
}

static int run_del(struct doing *d)
{
	int r = vigil_lease_del(d->v, d->operand[0]);

	return r ? failed(d, "cannot give the lease back", r) : CTL_OK;
}

/* -1: none is wanted; -2: it cannot be opened. */
static int open_kill(const char *cgroup)
{
	char *path;
	int fd;

	if (!cgroup)
		return -1;
	if (asprintf(&path, "%s/cgroup.kill", cgroup) < 0)
		return -2;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		complain("cannot open %s: %s", path, strerror(errno));
	free(path);
	return fd < 0 ? -2 : fd;
}

static int print_bond(struct doing *d, const struct vigil_bond *b)
{
	if (d->json)
		print_json(bond_json(b));
	else
		say("watch %" PRIu64 ", process %d: bound to the lease %s, %s\n", b->watch_id,
		    (int)b->pid, b->lease, b->reach == VIGIL_BOND_REACH_CGROUP ?
		    "with its cgroup" : "without what it has started");
	return CTL_OK;
}

static int run_bind(struct doing *d)
{
	struct vigil_bond b;
	uint64_t id;
	int fd, r;

	if (!number(d->operand[1], UINT64_MAX, &id))
		return usage("a watch is named by its number, not \"%s\"", d->operand[1]);
	fd = open_kill(d->operand[2]);
	if (fd == -2)
		return CTL_NOT_FOUND;
	r = vigil_lease_bind(d->v, d->operand[0], id, fd, &b);
	if (fd >= 0)
		close(fd);
	return r ? failed(d, "cannot bind the watch", r) : print_bond(d, &b);
}

static int run_unbind(struct doing *d)
{
	uint64_t id;
	int r;

	if (!number(d->operand[1], UINT64_MAX, &id))
		return usage("a watch is named by its number, not \"%s\"", d->operand[1]);
	r = vigil_lease_unbind(d->v, d->operand[0], id);
	return r ? failed(d, "cannot unbind the watch", r) : CTL_OK;
}

static const struct action actions[] = {
	{ "list", "", 0, 0, run_list },
	{ "status", "NAME", 1, 1, run_status },
	{ "new", "NAME EPOCH MS", 3, 3, run_new },
	{ "renew", "NAME EPOCH MS", 3, 3, run_renew },
	{ "bind", "NAME WATCH [CGROUP]", 2, 3, run_bind },
	{ "unbind", "NAME WATCH", 2, 2, run_unbind },
	{ "fence", "NAME EPOCH", 2, 2, run_fence },
	{ "del", "NAME", 1, 1, run_del },
	{}
};

static const struct action *action_of(const struct ctl_args *args)
{
	const char *name = args->n ? args->operands[0] : "list";
	size_t given = args->n ? args->n - 1 : 0;
	const struct action *a;

	for (a = actions; a->name && strcmp(a->name, name); a++)
		continue;
	if (!a->name) {
		usage("vigil lease: there is no action \"%s\"", name);
		return NULL;
	}
	if (given >= a->min && given <= a->max)
		return a;
	complain("usage: vigil lease %s %s", a->name, a->operands);
	return NULL;
}

static int run(const struct ctl_args *args)
{
	struct doing d = { .operand = args->operands + !!args->n, .json = args->json };
	const struct action *a = action_of(args);
	int err, status;

	if (!a)
		return CTL_USAGE;
	err = vigil_open(&d.v);
	if (err)
		return module_error("cannot ask for the leases", err, "");
	status = a->run(&d);
	vigil_close(d.v);
	return status;
}

const struct ctl_command cmd_lease = {
	.name = "lease",
	.operands = "[ACTION...]",
	.summary = "Show and steer what vigil.ko kills at a deadline",
	.help = "A lease is held until its deadline; then the kernel kills what is bound. The actions:\n"
		"\n"
		"  list                       all leases (without an action, too)\n"
		"  status NAME                one lease and what is bound to it\n"
		"  new NAME EPOCH MS          make a lease that is held for MS milliseconds\n"
		"  renew NAME EPOCH MS        hold it for MS milliseconds from now, if that is later\n"
		"  bind NAME WATCH [CGROUP]   bind a watch, and all of the cgroup in that folder\n"
		"  unbind NAME WATCH          let it go\n"
		"  fence NAME EPOCH           kill now what is bound\n"
		"  del NAME                   give the lease back; nothing bound to it may live\n"
		"\n"
		"An older epoch than the lease's is refused, a newer one becomes the lease's. Needs\n"
		"CAP_SYS_ADMIN and the initial network namespace.\n",
	.options = CTL_OUTPUT,
	.max = 4,
	.run = run,
};
