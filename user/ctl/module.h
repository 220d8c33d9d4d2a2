/* SPDX-License-Identifier: GPL-2.0 */
/* What to say when vigil.ko cannot help. */
#ifndef CTL_MODULE_H
#define CTL_MODULE_H

/*
 * Tells why @what failed: @err is libvigil's negative errno, @sentence the kernel's explanation or "".
 * Returns the exit status.
 */
int module_error(const char *what, int err, const char *sentence);

#endif /* CTL_MODULE_H */
