/* SPDX-License-Identifier: GPL-2.0 */
/* libvigil: the control connection. Include <vigil/vigil.h>, which says what holds for all calls. */
#ifndef LIBVIGIL_HANDLE_H
#define LIBVIGIL_HANDLE_H

#include <stdint.h>

#include <linux/vigil.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct vigil - a control connection to vigil.ko. */
struct vigil;

/**
 * struct vigil_stats - counters of the caller's network namespace.
 * @watches: watches held, dead or alive
 * @dead: held watches whose process is dead
 * @watches_max: the most that may be held
 * @seq: newest sequence number, 0 before the first event
 * @oldest_seq: oldest sequence number a replay can still give, 0 if none
 * @ring_size: events the ring holds
 * @send_failures: multicast messages that could not be allocated; none is lost by it
 */
struct vigil_stats {
	uint64_t watches;
	uint64_t dead;
	uint64_t watches_max;
	uint64_t seq;
	uint64_t oldest_seq;
	uint64_t ring_size;
	uint64_t send_failures;
};

/**
 * vigil_open - connect to vigil.ko.
 * @out: the new handle
 *
 * It may be opened without CAP_NET_ADMIN, but then every call is refused.
 *
 * Return: 0; -ENOENT if the module is not loaded; -EMFILE, -ENFILE. *@out is NULL after a failure.
 */
int vigil_open(struct vigil **out);

/**
 * vigil_close - close a handle and release its transient watches. NULL is ignored.
 */
void vigil_close(struct vigil *v);

/**
 * vigil_error - the sentence for the last failed call on this handle.
 *
 * It is the kernel's own if the kernel refused; what this library refuses or finds wrong by itself
 * it explains too. "" where there is none: errors of system calls (-EMFILE, -ENOMEM), and on
 * Linux 6.1 the kernel's refusal of a list, for which that release has no sentences.
 *
 * Return: a string in English without a full stop, "" if the last call succeeded or there is none;
 * valid until the next call on the handle.
 */
const char *vigil_error(const struct vigil *v);

/**
 * vigil_stats_get - read the counters of the caller's network namespace.
 */
int vigil_stats_get(struct vigil *v, struct vigil_stats *out);

#ifdef __cplusplus
}
#endif

#endif /* LIBVIGIL_HANDLE_H */
