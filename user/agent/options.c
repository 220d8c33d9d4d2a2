// SPDX-License-Identifier: GPL-2.0
/* The command line of vigild. */
#include "user/agent/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/vigil.h>

#include "user/agent/bounds.h"

enum option_id {
	OPT_JOBS = 256,
	OPT_STATE,
	OPT_RUN,
	OPT_LOGS,
	OPT_CGROUP,
	OPT_GROUP,
	OPT_READ_GROUP,
	OPT_OWNER,
	OPT_DETECTION,
	OPT_KEEPER,
	OPT_CHECK,
	OPT_TRIAL,
	OPT_DEBUG,
	OPT_VERSION,
	OPT_HELP,
};

static const struct option long_options[] = {
	{ "jobs", required_argument, NULL, OPT_JOBS },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "run", required_argument, NULL, OPT_RUN },
	{ "logs", required_argument, NULL, OPT_LOGS },
	{ "cgroup", required_argument, NULL, OPT_CGROUP },
	{ "group", required_argument, NULL, OPT_GROUP },
	{ "read-group", required_argument, NULL, OPT_READ_GROUP },
	{ "owner", required_argument, NULL, OPT_OWNER },
	{ "detection", required_argument, NULL, OPT_DETECTION },
	{ "keeper", optional_argument, NULL, OPT_KEEPER },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "trial", no_argument, NULL, OPT_TRIAL },
	{ "debug", no_argument, NULL, OPT_DEBUG },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static const char usage[] =
	"usage: vigild [OPTION]...\n"
	"Start the jobs of this node, watch them, and restart those that die.\n"
	"\n"
	"  --jobs DIR        job files, DIR/*.yaml (/etc/vigil/jobs.d)\n"
	"  --state DIR       the store (/var/lib/vigil)\n"
	"  --run DIR         lock and control socket (/run/vigil)\n"
	"  --logs DIR        output of jobs that name no file (/var/log/vigil)\n"
	"  --cgroup PATH     cgroup2 directory for the jobs, or none (/sys/fs/cgroup/vigil)\n"
	"  --group NAME      group that may use the control socket (vigil)\n"
	"  --read-group NAME group that may look, and change nothing (vigil-read)\n"
	"  --owner NAME      owner name of the watches in the kernel (vigild)\n"
	"  --detection HOW   auto, kernel or pidfd (auto)\n"
	"  --keeper[=MS]     have the kernel bring vigild back when it dies, or hangs for so long (10000)\n"
	"  --check           check the job files and exit\n"
	"  --trial           tell by status 10 that this vigild could take over from one with this command line\n"
	"  --debug           log more\n"
	"  --version, --help\n";

static const char *const detection_names[] = {
	[DETECT_AUTO] = "auto",
	[DETECT_KERNEL] = "kernel",
	[DETECT_PIDFD] = "pidfd",
};

static int set_detection(struct options *opt, const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(detection_names) / sizeof(*detection_names); i++) {
		if (strcmp(word, detection_names[i]) == 0) {
			opt->detection = (enum detection)i;
			return -1;
		}
	}
	fprintf(stderr, "vigild: --detection is auto, kernel or pidfd, not \"%s\"\n", word);
	return AGENT_EXIT_USAGE;
}

static int set_owner(struct options *opt, const char *name)
{
	if (*name && strlen(name) <= VIGIL_OWNER_LEN_MAX) {
		opt->owner = name;
		return -1;
	}
	fprintf(stderr, "vigild: --owner takes 1 to %d bytes\n", VIGIL_OWNER_LEN_MAX);
	return AGENT_EXIT_USAGE;
}

static int set_keeper(struct options *opt, const char *ms)
{
	char *end;
	unsigned long n;

	opt->keeper = true;
	if (!ms)
		return -1;
	n = strtoul(ms, &end, 10);
	if (*ms >= '0' && *ms <= '9' && !*end && n >= AGENT_KEEPER_MS_MIN && n <= AGENT_KEEPER_MS_MAX) {
		opt->keeper_ms = n;
		return -1;
	}
	fprintf(stderr, "vigild: --keeper takes %d to %d ms, not \"%s\"\n", AGENT_KEEPER_MS_MIN,
		AGENT_KEEPER_MS_MAX, ms);
	return AGENT_EXIT_USAGE;
}

static int set_option(struct options *opt, int id)
{
	switch (id) {
	case OPT_JOBS:
		opt->jobs_dir = optarg;
		return -1;
	case OPT_STATE:
		opt->state_dir = optarg;
		return -1;
	case OPT_RUN:
		opt->run_dir = optarg;
		return -1;
	case OPT_LOGS:
		opt->logs_dir = optarg;
		return -1;
	case OPT_CGROUP:
		opt->cgroup = strcmp(optarg, "none") ? optarg : NULL;
		return -1;
	case OPT_GROUP:
		opt->group = optarg;
		return -1;
	case OPT_READ_GROUP:
		opt->read_group = optarg;
		return -1;
	case OPT_OWNER:
		return set_owner(opt, optarg);
	case OPT_DETECTION:
		return set_detection(opt, optarg);
	case OPT_KEEPER:
		return set_keeper(opt, optarg);
	case OPT_CHECK:
		opt->check = true;
		return -1;
	case OPT_TRIAL:
		opt->trial = true;
		return -1;
	case OPT_DEBUG:
		opt->debug = true;
		return -1;
	case OPT_VERSION:
		puts("vigild " VIGIL_VERSION);
		return AGENT_EXIT_OK;
	case OPT_HELP:
		fputs(usage, stdout);
		return AGENT_EXIT_OK;
	default:
		fputs("vigild: see vigild --help\n", stderr);
		return AGENT_EXIT_USAGE;
	}
}

int options_parse(struct options *opt, int argc, char **argv)
{
	int id, status = -1;

	*opt = (struct options){
		.jobs_dir = "/etc/vigil/jobs.d",
		.state_dir = "/var/lib/vigil",
		.run_dir = "/run/vigil",
		.logs_dir = "/var/log/vigil",
		.cgroup = "/sys/fs/cgroup/vigil",
		.group = "vigil",
		.read_group = "vigil-read",
		.owner = "vigild",
		.keeper_ms = AGENT_KEEPER_MS_DEFAULT,
	};
	while (status < 0 && (id = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		status = set_option(opt, id);
	if (status < 0 && optind < argc) {
		fprintf(stderr, "vigild: unexpected argument \"%s\"\n", argv[optind]);
		return AGENT_EXIT_USAGE;
	}
	return status;
}
