/* SPDX-License-Identifier: GPL-2.0 */
/* NAME, NAME.1, NAME.2 and so on: the newest files of a log, the oldest with the highest number. */
#ifndef VIGIL_LOG_ROTATE_H
#define VIGIL_LOG_ROTATE_H

/**
 * rotate - have every file take the next number, and the one beyond @files go.
 * @files: how many are kept, with the one that is written next; at least 1
 *
 * Killed at any moment it has lost no file that would have been kept, and may be called again.
 * Return: 0 or a negative errno.
 */
int rotate(int dir_fd, const char *name, unsigned int files);

#endif /* VIGIL_LOG_ROTATE_H */
