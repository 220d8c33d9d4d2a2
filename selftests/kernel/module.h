/* SPDX-License-Identifier: GPL-2.0 */
/* Load and unload vigil.ko. */
#ifndef SELFTESTS_KERNEL_MODULE_H
#define SELFTESTS_KERNEL_MODULE_H

#include <stdbool.h>

/* VIGIL_KO, or build/kmod/RELEASE/vigil.ko. */
const char *module_path(void);
/* 0 or a negative errno, -EEXIST if it is loaded already. */
int module_load(const char *params);
int module_unload(void);
/* Unloads it first if it is loaded. */
int module_reload(const char *params);
bool module_loaded(void);

#endif /* SELFTESTS_KERNEL_MODULE_H */
