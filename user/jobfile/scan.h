/* SPDX-License-Identifier: GPL-2.0 */
/* The first look at a job file: is it YAML of the plain kind that a job file is made of? */
#ifndef JOBFILE_SCAN_H
#define JOBFILE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "user/jobfile/errors.h"

/*
 * Reports syntax errors, aliases, anchors, tags and further documents, each in its place, which the
 * tree of nodes no longer shows. Return: whether a tree can be made of it at all.
 */
bool scan(const char *text, size_t len, struct errors *e);

#endif /* JOBFILE_SCAN_H */
