/* SPDX-License-Identifier: GPL-2.0 */
/* Vital watches: those whose death is a reason to reset the node. */
#ifndef VIGIL_VITAL_H
#define VIGIL_VITAL_H

struct vigil_watch;

int vigil_vital_attach(struct vigil_watch *w);

#endif /* VIGIL_VITAL_H */
