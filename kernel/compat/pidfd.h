/* SPDX-License-Identifier: GPL-2.0 */
/* From a file descriptor of the caller to the process it refers to. */
#ifndef VIGIL_COMPAT_PIDFD_H
#define VIGIL_COMPAT_PIDFD_H

struct pid;

struct pid *vigil_pidfd_get_pid(unsigned int fd);

#endif /* VIGIL_COMPAT_PIDFD_H */
