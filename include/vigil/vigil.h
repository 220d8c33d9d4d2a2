/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libvigil: watch processes through vigil.ko and learn of every death exactly once.
 *
 * Handles are opaque and share nothing: any number of threads may use the
 * library at the same time, each with handles of its own. One handle must not
 * be used by two threads at once. Nothing here changes signal handlers, process-wide state
 * or locale. A handle belongs to the network namespace of the thread that opened it.
 *
 * Unless stated otherwise a function returns 0 or a positive count on success
 * and a negative errno on failure. After a failure vigil_error() or vigil_events_error() gives a
 * sentence that explains it. Errors that any call may return:
 *
 *	-EPERM	    the caller lacks CAP_NET_ADMIN in its network namespace's user namespace
 *	-ENOENT	    the module is not loaded (any more)
 *	-ENOMEM	    out of memory, here or in the kernel
 *	-EPROTO	    the kernel's answer did not follow the family's specification, or the module is
 *		    older than this library
 *	-ETIMEDOUT  the kernel did not answer within seconds
 *
 * If the module is unloaded and loaded again, a struct vigil finds it again at the next call; the
 * watches are gone. A struct vigil_events ends with -ENOENT, as the events are numbered anew.
 */
#ifndef VIGIL_VIGIL_H
#define VIGIL_VIGIL_H

#include <vigil/beat.h>
#include <vigil/blackbox.h>
#include <vigil/event.h>
#include <vigil/handle.h>
#include <vigil/keeper.h>
#include <vigil/lease.h>
#include <vigil/role.h>
#include <vigil/watch.h>
#include <vigil/watchdog.h>

#endif /* VIGIL_VIGIL_H */
