/* SPDX-License-Identifier: GPL-2.0 */
/* The capabilities of a job, by name. */
#include <linux/capability.h>
#include <string.h>

#include "user/jobfile/jobfile.h"
#include "user/jobfile/list.h"
#include "user/jobfile/process_keys.h"
#include "user/jobfile/suggest.h"

static const char *const names[] = {
	[CAP_CHOWN] = "CHOWN",
	[CAP_DAC_OVERRIDE] = "DAC_OVERRIDE",
	[CAP_DAC_READ_SEARCH] = "DAC_READ_SEARCH",
	[CAP_FOWNER] = "FOWNER",
	[CAP_FSETID] = "FSETID",
	[CAP_KILL] = "KILL",
	[CAP_SETGID] = "SETGID",
	[CAP_SETUID] = "SETUID",
	[CAP_SETPCAP] = "SETPCAP",
	[CAP_LINUX_IMMUTABLE] = "LINUX_IMMUTABLE",
	[CAP_NET_BIND_SERVICE] = "NET_BIND_SERVICE",
	[CAP_NET_BROADCAST] = "NET_BROADCAST",
	[CAP_NET_ADMIN] = "NET_ADMIN",
	[CAP_NET_RAW] = "NET_RAW",
	[CAP_IPC_LOCK] = "IPC_LOCK",
	[CAP_IPC_OWNER] = "IPC_OWNER",
	[CAP_SYS_MODULE] = "SYS_MODULE",
	[CAP_SYS_RAWIO] = "SYS_RAWIO",
	[CAP_SYS_CHROOT] = "SYS_CHROOT",
	[CAP_SYS_PTRACE] = "SYS_PTRACE",
	[CAP_SYS_PACCT] = "SYS_PACCT",
	[CAP_SYS_ADMIN] = "SYS_ADMIN",
	[CAP_SYS_BOOT] = "SYS_BOOT",
	[CAP_SYS_NICE] = "SYS_NICE",
	[CAP_SYS_RESOURCE] = "SYS_RESOURCE",
	[CAP_SYS_TIME] = "SYS_TIME",
	[CAP_SYS_TTY_CONFIG] = "SYS_TTY_CONFIG",
	[CAP_MKNOD] = "MKNOD",
	[CAP_LEASE] = "LEASE",
	[CAP_AUDIT_WRITE] = "AUDIT_WRITE",
	[CAP_AUDIT_CONTROL] = "AUDIT_CONTROL",
	[CAP_SETFCAP] = "SETFCAP",
	[CAP_MAC_OVERRIDE] = "MAC_OVERRIDE",
	[CAP_MAC_ADMIN] = "MAC_ADMIN",
	[CAP_SYSLOG] = "SYSLOG",
	[CAP_WAKE_ALARM] = "WAKE_ALARM",
	[CAP_BLOCK_SUSPEND] = "BLOCK_SUSPEND",
	[CAP_AUDIT_READ] = "AUDIT_READ",
	[CAP_PERFMON] = "PERFMON",
	[CAP_BPF] = "BPF",
	[CAP_CHECKPOINT_RESTORE] = "CHECKPOINT_RESTORE",
};

enum { CAPABILITIES = sizeof(names) / sizeof(*names) };

static void add(struct parse *p, yaml_node_t *node, uint64_t *set)
{
	const char *text = word_of(p, node, "a capability, as in NET_BIND_SERVICE,");
	const char *name = text && !strncmp(text, "CAP_", 4) ? text + 4 : text;
	struct suggestion meant = {};
	int i;

	for (i = 0; name && i < CAPABILITIES; i++) {
		if (!strcmp(names[i], name)) {
			*set |= 1ull << i;
			return;
		}
		suggest(&meant, name, names[i]);
	}
	if (text)
		refuse_word(p, node, "capability", text, meant.word);
}

void set_capabilities(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_process *proc = key_member(k, out);
	struct list list;
	size_t i;

	if (!list_of(p, node, "a list of capabilities", CAPABILITIES, &list))
		return;
	for (i = 0; i < list.n; i++)
		add(p, list_item(p, &list, i), &proc->capabilities);
	proc->capabilities_set = true;
}
