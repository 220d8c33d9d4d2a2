/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that the kernel has allocated. */
#ifndef SELFTESTS_STRESS_SLAB_H
#define SELFTESTS_STRESS_SLAB_H

/* Bytes of the objects that kmalloc() has given out and not got back; -1 where nobody tells. */
long slab_bytes(void);

#endif /* SELFTESTS_STRESS_SLAB_H */
