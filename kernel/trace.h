/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints of watches and events; the fields of all are explained in Documentation/tracepoints.md. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vigil

#if !defined(VIGIL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VIGIL_TRACE_H

#include <linux/tracepoint.h>
#include <linux/vigil.h>
#include <net/net_namespace.h>

#include "net.h"
#include "record.h"
#include "watch.h"

DECLARE_EVENT_CLASS(vigil_watch,
	TP_PROTO(const struct vigil_watch *w),
	TP_ARGS(w),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(unsigned int, net)
		__field(pid_t, pid)
		__field(unsigned int, flags)
		__dynamic_array(char, owner, w->owner_len + 1)
		__dynamic_array(char, tag, w->tag_len + 1)
	),

	TP_fast_assign(
		__entry->id = w->id;
		__entry->net = w->vn->net->ns.inum;
		__entry->pid = w->tgid;
		__entry->flags = w->flags;
		memcpy(__get_str(owner), w->names, w->owner_len);
		__get_str(owner)[w->owner_len] = '\0';
		memcpy(__get_str(tag), w->names + w->owner_len, w->tag_len);
		__get_str(tag)[w->tag_len] = '\0';
	),

	TP_printk("id=%llu net=%u pid=%d flags=%#x owner=%s tag=%s", __entry->id,
		  __entry->net, __entry->pid, __entry->flags, __get_str(owner), __get_str(tag))
);

DEFINE_EVENT(vigil_watch, vigil_watch_new,
	TP_PROTO(const struct vigil_watch *w),
	TP_ARGS(w)
);

DEFINE_EVENT(vigil_watch, vigil_watch_del,
	TP_PROTO(const struct vigil_watch *w),
	TP_ARGS(w)
);

TRACE_EVENT(vigil_death,
	TP_PROTO(const struct vigil_watch *w),
	TP_ARGS(w),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, boottime)
		__field(unsigned int, net)
		__field(pid_t, pid)
		__field(unsigned int, cause)
		__field(unsigned int, status)
		__array(char, comm, TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->id = w->id;
		__entry->boottime = w->exit.boottime_ns;
		__entry->net = w->vn->net->ns.inum;
		__entry->pid = w->tgid;
		__entry->cause = w->exit.cause;
		__entry->status = w->exit.status;
		memcpy(__entry->comm, w->exit.comm, TASK_COMM_LEN);
	),

	TP_printk("id=%llu net=%u pid=%d cause=%s status=%#x comm=%s boottime=%llu",
		  __entry->id, __entry->net, __entry->pid,
		  __print_symbolic(__entry->cause,
				   { 0, "unknown" }, { 1, "exited" }, { 2, "signalled" },
				   { 3, "core-dumped" }, { 4, "oom-killed" }, { 5, "hung" },
				   { 6, "fenced" }),
		  __entry->status, __entry->comm, __entry->boottime)
);

TRACE_EVENT(vigil_event,
	TP_PROTO(unsigned int net, const struct vigil_event *ev),
	TP_ARGS(net, ev),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, watch)
		__field(u64, boottime)
		__field(unsigned int, net)
		__field(unsigned int, type)
	),

	TP_fast_assign(
		__entry->seq = ev->seq;
		__entry->watch = ev->watch.id;
		__entry->boottime = ev->boottime_ns;
		__entry->net = net;
		__entry->type = ev->type;
	),

	TP_printk("seq=%llu net=%u type=%u watch=%llu boottime=%llu", __entry->seq,
		  __entry->net, __entry->type, __entry->watch, __entry->boottime)
);

TRACE_EVENT(vigil_send,
	TP_PROTO(unsigned int net, unsigned int events, int listeners),
	TP_ARGS(net, events, listeners),

	TP_STRUCT__entry(
		__field(unsigned int, net)
		__field(unsigned int, events)
		__field(int, listeners)
	),

	TP_fast_assign(
		__entry->net = net;
		__entry->events = events;
		__entry->listeners = listeners;
	),

	TP_printk("net=%u events=%u listeners=%d", __entry->net, __entry->events,
		  __entry->listeners)
);

TRACE_EVENT(vigil_gather,
	TP_PROTO(unsigned int pending, unsigned int looks),
	TP_ARGS(pending, looks),

	TP_STRUCT__entry(
		__field(unsigned int, pending)
		__field(unsigned int, looks)
	),

	TP_fast_assign(
		__entry->pending = pending;
		__entry->looks = looks;
	),

	TP_printk("pending=%u looks=%u", __entry->pending, __entry->looks)
);

TRACE_EVENT(vigil_dying,
	TP_PROTO(const struct vigil_watch *w, u64 boottime_ns),
	TP_ARGS(w, boottime_ns),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, boottime)
		__field(unsigned int, net)
		__field(pid_t, pid)
		__array(char, comm, TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->id = w->id;
		__entry->boottime = boottime_ns;
		__entry->net = w->vn->net->ns.inum;
		__entry->pid = w->tgid;
		memcpy(__entry->comm, current->comm, TASK_COMM_LEN);
	),

	TP_printk("id=%llu net=%u pid=%d comm=%s boottime=%llu", __entry->id, __entry->net,
		  __entry->pid, __entry->comm, __entry->boottime)
);

TRACE_EVENT(vigil_hung,
	TP_PROTO(const struct vigil_watch *w, u64 boottime_ns, const struct vigil_hang *hang),
	TP_ARGS(w, boottime_ns, hang),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, boottime)
		__field(u64, last_beat)
		__field(u64, cpu_time)
		__field(u64, cpu_window)
		__field(unsigned int, net)
		__field(pid_t, pid)
		__field(unsigned int, deadline_ms)
		__field(unsigned int, state)
		__field(unsigned int, action)
		__field(unsigned int, signal)
	),

	TP_fast_assign(
		__entry->id = w->id;
		__entry->boottime = boottime_ns;
		__entry->last_beat = hang->last_beat_ns;
		__entry->cpu_time = hang->cpu_ns;
		__entry->cpu_window = hang->cpu_window_ns;
		__entry->net = w->vn->net->ns.inum;
		__entry->pid = w->tgid;
		__entry->deadline_ms = hang->deadline_ms;
		__entry->state = hang->state;
		__entry->action = hang->action;
		__entry->signal = hang->signal;
	),

	TP_printk("id=%llu net=%u pid=%d state=%s action=%s signal=%u deadline_ms=%u last_beat=%llu cpu_time=%llu cpu_window=%llu boottime=%llu",
		  __entry->id, __entry->net, __entry->pid,
		  __print_symbolic(__entry->state,
				   { 0, "running" }, { 1, "sleeping" }, { 2, "stopped" },
				   { 3, "uninterruptible" }),
		  __print_symbolic(__entry->action,
				   { 0, "none" }, { 1, "signal" }, { 2, "kill" }),
		  __entry->signal, __entry->deadline_ms, __entry->last_beat,
		  __entry->cpu_time, __entry->cpu_window, __entry->boottime)
);

TRACE_EVENT(vigil_recovered,
	TP_PROTO(const struct vigil_watch *w, u64 boottime_ns),
	TP_ARGS(w, boottime_ns),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, boottime)
		__field(unsigned int, net)
		__field(pid_t, pid)
	),

	TP_fast_assign(
		__entry->id = w->id;
		__entry->boottime = boottime_ns;
		__entry->net = w->vn->net->ns.inum;
		__entry->pid = w->tgid;
	),

	TP_printk("id=%llu net=%u pid=%d boottime=%llu", __entry->id, __entry->net,
		  __entry->pid, __entry->boottime)
);

#endif /* VIGIL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH kernel
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
