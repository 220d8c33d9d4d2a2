/* SPDX-License-Identifier: GPL-2.0 */
/* libvigil: whether this process is at work or stands by. Include <vigil/vigil.h>; no module and no privilege is needed. */
#ifndef LIBVIGIL_ROLE_H
#define LIBVIGIL_ROLE_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum vigil_role - what a process of a job with standbys is to do.
 * @VIGIL_ROLE_STANDBY: get ready and wait; another one does the work
 * @VIGIL_ROLE_TAKEOVER: the other one is certain to die, but may not be dead: prepare, and touch
 *	nothing that it may still use. Of jobs that are marked singleton only
 * @VIGIL_ROLE_PRIMARY: do the work
 *
 * A role only ever changes to one further down. The contract behind it, for a program without this
 * library: the environment variable VIGIL_ROLE is "standby" or "primary", as it was when the process was
 * started; VIGIL_ROLE_FD is the number of an eventfd that is readable once the process is the
 * primary, and VIGIL_PREPARE_FD, of a singleton, that of one that is readable once it is to prepare. A
 * program reads eight bytes from it to wait; one that uses this library only polls it.
 */
enum vigil_role {
	VIGIL_ROLE_STANDBY,
	VIGIL_ROLE_TAKEOVER,
	VIGIL_ROLE_PRIMARY,
};

/**
 * vigil_role - the role of this process now.
 *
 * A process that was not started as a standby is a primary. It is found out by looking at the eventfd
 * itself: to be woken for nothing changes no role. One of which VIGIL_ROLE is "standby" but VIGIL_ROLE_FD is
 * missing or bad stays a standby for ever.
 *
 * Return: the role. Thread safe, and async-signal-safe as getenv() is: while no thread changes the environment.
 */
enum vigil_role vigil_role(void);

/**
 * vigil_role_fd - a descriptor to poll: POLLIN once the process has @role.
 * @role: VIGIL_ROLE_PRIMARY; or VIGIL_ROLE_TAKEOVER, which is told of before that if the job is a singleton,
 *	and else by the same descriptor
 *
 * It stays readable. It must not be read, nor closed before the process is the primary.
 *
 * Return: the descriptor; -ENOENT if the process was not started as a standby; -EINVAL for another role, or if the
 * environment names no open descriptor. Thread safe, as vigil_role() is.
 */
int vigil_role_fd(enum vigil_role role);

/**
 * vigil_role_wait - wait until the process has @role, or one beyond it.
 * @role: the role
 * @timeout_ms: longest wait in milliseconds; 0: only look; below 0: for ever
 *
 *	if (vigil_role() == VIGIL_ROLE_STANDBY)
 *		sd_notify(0, "READY=1");
 *	while (vigil_role_wait(VIGIL_ROLE_PRIMARY, -1) == -EINTR)
 *		handle_signals();
 *	work();
 *
 * Return: 0; -ETIMEDOUT; -EINTR if a signal was caught; -EINVAL as vigil_role_fd(), or another negative
 * errno of poll(2). Thread safe: any number of threads may wait.
 */
int vigil_role_wait(enum vigil_role role, int timeout_ms);

/**
 * vigil_role_name - "standby", "takeover" or "primary".
 *
 * Return: a static string, "unknown" for any other value. Thread safe.
 */
const char *vigil_role_name(enum vigil_role role);

#ifdef __cplusplus
}
#endif

#endif /* LIBVIGIL_ROLE_H */
