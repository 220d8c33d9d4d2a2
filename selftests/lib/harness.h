/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's test harness; it defines functions that no header declares. */
#ifndef SELFTESTS_LIB_HARNESS_H
#define SELFTESTS_LIB_HARNESS_H

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#include <kselftest_harness.h>

#endif /* SELFTESTS_LIB_HARNESS_H */
