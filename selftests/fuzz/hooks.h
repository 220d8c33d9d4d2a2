/* SPDX-License-Identifier: GPL-2.0 */
/* Keeps the module's hooks in the kernel. */
#ifndef SELFTESTS_FUZZ_HOOKS_H
#define SELFTESTS_FUZZ_HOOKS_H

#include <sys/types.h>

/*
 * Watches of many short lives would have the kernel's code patched again and again, and emulated processors that
 * run in parallel now and then trip over that. A process of its own asks for all hooks meanwhile. Returns its
 * ID, or a negative errno; once this returns, the hooks are in place, if the module is loaded.
 */
pid_t hooks_hold(void);
void hooks_let_go(pid_t pid);

#endif /* SELFTESTS_FUZZ_HOOKS_H */
