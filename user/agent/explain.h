/* SPDX-License-Identifier: GPL-2.0 */
/* Ends and failures in words. */
#ifndef VIGIL_AGENT_EXPLAIN_H
#define VIGIL_AGENT_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "user/store/store.h"

struct job;

/** explain_end - "exited with code 1", "was killed by SIGSEGV (core dumped)", ... */
void explain_end(const struct store_exit *end, char *buf, size_t size);

/** explain_failed - into job->reason: why the policy gave up; @last as by explain_end(). */
void explain_failed(struct job *job, bool limit_passed, const char *last);

/** explain_copy - into a reason, of AGENT_REASON_MAX bytes; cut if longer. */
void explain_copy(char *reason, const char *text);

/** explain_signal - "SIGTERM"; NULL for 0. The string may be overwritten by the thread's next call. */
const char *explain_signal(int signo);

#endif /* VIGIL_AGENT_EXPLAIN_H */
