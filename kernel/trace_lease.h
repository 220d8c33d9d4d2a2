/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints of leases; all fire under the lock of the lease. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vigil

/* One system, several headers: each needs a name of its own for what they define in trace.c. */
#undef TRACE_SYSTEM_VAR
#define TRACE_SYSTEM_VAR vigil_lease

#if !defined(VIGIL_TRACE_LEASE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VIGIL_TRACE_LEASE_H

#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/vigil.h>

#include "lease.h"

DECLARE_EVENT_CLASS(vigil_lease,
	TP_PROTO(const struct vigil_lease *l),
	TP_ARGS(l),

	TP_STRUCT__entry(
		__field(u64, epoch)
		__field(u64, deadline)
		__field(unsigned int, living)
		__dynamic_array(char, name, strlen(l->name) + 1)
	),

	TP_fast_assign(
		__entry->epoch = l->epoch;
		__entry->deadline = l->deadline_ns;
		__entry->living = l->living;
		memcpy(__get_str(name), l->name, __get_dynamic_array_len(name));
	),

	TP_printk("epoch=%llu deadline=%llu living=%u name=%s", __entry->epoch,
		  __entry->deadline, __entry->living, __get_str(name))
);

DEFINE_EVENT(vigil_lease, vigil_lease_granted,
	TP_PROTO(const struct vigil_lease *l),
	TP_ARGS(l)
);

DEFINE_EVENT(vigil_lease, vigil_lease_renewed,
	TP_PROTO(const struct vigil_lease *l),
	TP_ARGS(l)
);

DEFINE_EVENT(vigil_lease, vigil_lease_fenced,
	TP_PROTO(const struct vigil_lease *l),
	TP_ARGS(l)
);

DEFINE_EVENT(vigil_lease, vigil_lease_ended,
	TP_PROTO(const struct vigil_lease *l),
	TP_ARGS(l)
);

DECLARE_EVENT_CLASS(vigil_lease_late,
	TP_PROTO(const struct vigil_lease *l, u64 late_ns),
	TP_ARGS(l, late_ns),

	TP_STRUCT__entry(
		__field(u64, epoch)
		__field(u64, deadline)
		__field(u64, late)
		__field(unsigned int, living)
		__dynamic_array(char, name, strlen(l->name) + 1)
	),

	TP_fast_assign(
		__entry->epoch = l->held_epoch;
		__entry->deadline = l->deadline_ns;
		__entry->late = late_ns;
		__entry->living = l->living;
		memcpy(__get_str(name), l->name, __get_dynamic_array_len(name));
	),

	TP_printk("epoch=%llu deadline=%llu late=%llu living=%u name=%s", __entry->epoch,
		  __entry->deadline, __entry->late, __entry->living, __get_str(name))
);

DEFINE_EVENT(vigil_lease_late, vigil_lease_expired,
	TP_PROTO(const struct vigil_lease *l, u64 late_ns),
	TP_ARGS(l, late_ns)
);

DEFINE_EVENT(vigil_lease_late, vigil_lease_recalled,
	TP_PROTO(const struct vigil_lease *l, u64 late_ns),
	TP_ARGS(l, late_ns)
);

DEFINE_EVENT(vigil_lease_late, vigil_lease_killed,
	TP_PROTO(const struct vigil_lease *l, u64 late_ns),
	TP_ARGS(l, late_ns)
);

TRACE_EVENT(vigil_lease_refused,
	TP_PROTO(const struct vigil_lease *l, u64 epoch, int err),
	TP_ARGS(l, epoch, err),

	TP_STRUCT__entry(
		__field(u64, epoch)
		__field(u64, newest)
		__field(unsigned int, state)
		__field(unsigned int, error)
		__dynamic_array(char, name, strlen(l->name) + 1)
	),

	TP_fast_assign(
		__entry->epoch = epoch;
		__entry->newest = l->epoch;
		__entry->state = l->state;
		__entry->error = -err;
		memcpy(__get_str(name), l->name, __get_dynamic_array_len(name));
	),

	TP_printk("epoch=%llu newest=%llu state=%s error=%u name=%s", __entry->epoch,
		  __entry->newest,
		  __print_symbolic(__entry->state,
				   { 0, "held" }, { 1, "fencing" }, { 2, "fenced" }),
		  __entry->error, __get_str(name))
);

#endif /* VIGIL_TRACE_LEASE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH kernel
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_lease
#include <trace/define_trace.h>
