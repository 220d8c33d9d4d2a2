/* SPDX-License-Identifier: GPL-2.0 */
/* Plans of vigild, shown. */
#ifndef CTL_PLAN_H
#define CTL_PLAN_H

#include <jansson.h>

#include "user/ctl/command.h"

/*
 * The answer to "plan" or "reload", as text or as the command line wants it; takes it over. Returns
 * CTL_FAILED if job files have errors, which are told; else CTL_OK, or CTL_CHANGES if it is only a
 * plan and not idle.
 */
int plan_show(const struct ctl_args *args, json_t *answer);

/* "vigil plan" */
int plan_ask(const struct ctl_args *args);

#endif /* CTL_PLAN_H */
