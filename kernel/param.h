/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters, fixed once the module is loaded. */
#ifndef VIGIL_PARAM_H
#define VIGIL_PARAM_H

unsigned int vigil_ring_size(void);
unsigned int vigil_watches_max(void);
int vigil_watches_max_set(unsigned int n);

#endif /* VIGIL_PARAM_H */
