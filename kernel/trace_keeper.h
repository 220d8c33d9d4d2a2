/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints of the keeper. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vigil

/* One system, several headers: each needs a name of its own for what they define in trace.c. */
#undef TRACE_SYSTEM_VAR
#define TRACE_SYSTEM_VAR vigil_keeper

#if !defined(VIGIL_TRACE_KEEPER_H) || defined(TRACE_HEADER_MULTI_READ)
#define VIGIL_TRACE_KEEPER_H

#include <linux/tracepoint.h>
#include <linux/vigil.h>

#include "record.h"

TRACE_EVENT(vigil_keeper,
	TP_PROTO(const struct vigil_keeper_news *n),
	TP_ARGS(n),

	TP_STRUCT__entry(
		__field(unsigned int, stage)
		__field(unsigned int, why)
		__field(pid_t, pid)
		__field(unsigned int, error)
		__field(unsigned int, respawns)
		__field(unsigned int, last_resort)
	),

	TP_fast_assign(
		__entry->stage = n->stage;
		__entry->why = n->why;
		__entry->pid = n->pid;
		__entry->error = n->error;
		__entry->respawns = n->respawns;
		__entry->last_resort = n->last_resort;
	),

	TP_printk("stage=%s why=%s pid=%d error=%u respawns=%u last_resort=%s",
		  __print_symbolic(__entry->stage,
				   { 0, "registered" }, { 1, "resigned" }, { 2, "lost" },
				   { 3, "respawned" }, { 4, "respawn-failed" },
				   { 5, "exhausted" }),
		  __print_symbolic(__entry->why,
				   { 0, "none" }, { 1, "released" }, { 2, "dead" },
				   { 3, "hung" }, { 4, "exec" }, { 5, "late" }, { 6, "limit" },
				   { 7, "stuck" }),
		  __entry->pid, __entry->error, __entry->respawns,
		  __print_symbolic(__entry->last_resort,
				   { 0, "report" }, { 1, "bite" }, { 2, "panic" },
				   { 3, "reboot" }))
);

#endif /* VIGIL_TRACE_KEEPER_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH kernel
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_keeper
#include <trace/define_trace.h>
