/* SPDX-License-Identifier: GPL-2.0 */
/* The last resort: what becomes of a node without its keeper. */
#ifndef VIGIL_RESORT_H
#define VIGIL_RESORT_H

#include <linux/types.h>

void vigil_last_resort(u32 which);

#endif /* VIGIL_RESORT_H */
