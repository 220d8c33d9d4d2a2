/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's fault injection: allocations that fail on demand. */
#ifndef SELFTESTS_FUZZ_FAULT_POINTS_H
#define SELFTESTS_FUZZ_FAULT_POINTS_H

#include <stdbool.h>

/* Whether this kernel can do it; with no fault wanted yet. */
bool faults_ready(void);

/* Only what is called from the loaded module's code counts from now on, or anything at all. */
int faults_only_in_module(void);
void faults_anywhere(void);

/* For a new process: the two below are about the thread that has called this. */
void faults_attach(void);

/* The @nth allocation of this thread from now on fails, in process context. */
void fault_arm(unsigned int nth);
/* Ends that. Returns whether an allocation has failed. */
bool fault_disarm(void);

/* So many of a hundred allocations fail, of whatever process, in soft interrupts, too. */
void faults_by_chance(unsigned int percent);

#endif /* SELFTESTS_FUZZ_FAULT_POINTS_H */
