// SPDX-License-Identifier: GPL-2.0
/* The tracepoints' own code. */
#include <linux/vigil.h>

#include "lease.h"
#include "record.h"
#include "watch.h"

#define CREATE_TRACE_POINTS
#include "trace.h"
#include "trace_keeper.h"
#include "trace_lease.h"
#include "trace_watchdog.h"
