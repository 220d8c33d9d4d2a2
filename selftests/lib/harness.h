/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's test harness: functions that no header declares, parameters that no test uses. */
#ifndef SELFTESTS_LIB_HARNESS_H
#define SELFTESTS_LIB_HARNESS_H

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <kselftest_harness.h>

#endif /* SELFTESTS_LIB_HARNESS_H */
