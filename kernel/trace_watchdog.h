/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints of the hardware watchdog. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vigil

/* One system, several headers: each needs a name of its own for what they define in trace.c. */
#undef TRACE_SYSTEM_VAR
#define TRACE_SYSTEM_VAR vigil_watchdog

#if !defined(VIGIL_TRACE_WATCHDOG_H) || defined(TRACE_HEADER_MULTI_READ)
#define VIGIL_TRACE_WATCHDOG_H

#include <linux/tracepoint.h>
#include <linux/vigil.h>

#include "record.h"

TRACE_EVENT(vigil_watchdog,
	TP_PROTO(const struct vigil_watchdog_record *rec),
	TP_ARGS(rec),

	TP_STRUCT__entry(
		__field(u64, detail)
		__field(unsigned int, stage)
		__field(unsigned int, gate)
		__field(unsigned int, timeout_s)
		__field(unsigned int, reset_in_ms)
		__array(char, device, VIGIL_WATCHDOG_NAME_MAX)
	),

	TP_fast_assign(
		__entry->detail = rec->detail;
		__entry->stage = rec->stage;
		__entry->gate = rec->gate;
		__entry->timeout_s = rec->timeout_s;
		__entry->reset_in_ms = rec->reset_in_ms;
		memcpy(__entry->device, rec->device, VIGIL_WATCHDOG_NAME_MAX);
	),

	TP_printk("stage=%s gate=%s detail=%llu timeout_s=%u reset_in_ms=%u device=%s",
		  __print_symbolic(__entry->stage,
				   { 0, "disarmed" }, { 1, "armed" }, { 2, "warning" },
				   { 3, "recovered" }, { 4, "bite" }),
		  __print_symbolic(__entry->gate,
				   { 0, "none" }, { 1, "cpus" }, { 2, "vital" },
				   { 3, "device" }, { 4, "keeper" }),
		  __entry->detail, __entry->timeout_s, __entry->reset_in_ms, __entry->device)
);

#endif /* VIGIL_TRACE_WATCHDOG_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH kernel
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_watchdog
#include <trace/define_trace.h>
