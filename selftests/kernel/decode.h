/* SPDX-License-Identifier: GPL-2.0 */
/* From the family's messages to the suite's structures; a deviation from the spec is an error. */
#ifndef SELFTESTS_KERNEL_DECODE_H
#define SELFTESTS_KERNEL_DECODE_H

struct dog;
struct nlattr;
struct nlmsghdr;
struct stats;
struct watch;

/* 0, or -EPROTO if an attribute has the wrong size, is missing, or is not one of this message. */
int decode_dog(struct nlattr *nest, struct dog *out);
int decode_watch(const struct nlmsghdr *hdr, struct watch *out);
int decode_stats(const struct nlmsghdr *hdr, struct stats *out);

#endif /* SELFTESTS_KERNEL_DECODE_H */
