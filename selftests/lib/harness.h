/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's test harness: functions that no header declares, parameters that no test uses. */
#ifndef SELFTESTS_LIB_HARNESS_H
#define SELFTESTS_LIB_HARNESS_H

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <kselftest_harness.h>

#include "selftests/lib/patience.h"

/* What is many only for the sake of it is fewer there. */
static inline int crowd(int count)
{
	return count / patience();
}

/* Tests are registered by constructors with a priority, thus before this one without. */
static void __attribute__((constructor)) be_patient(void)
{
	struct __fixture_metadata *f;
	struct __test_metadata *t;

	for (f = __fixture_list; f; f = f->next)
		for (t = f->tests; t; t = t->next)
			t->timeout *= patience();
}

#endif /* SELFTESTS_LIB_HARNESS_H */
