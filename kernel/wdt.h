/* SPDX-License-Identifier: GPL-2.0 */
/* A hardware watchdog, through its open device file. */
#ifndef VIGIL_WDT_H
#define VIGIL_WDT_H

#include <linux/types.h>

struct file;
struct vigil_scratch;

struct file *vigil_wdt_open(const char *device);
const char *vigil_wdt_name(struct file *f);
int vigil_wdt_pet(struct file *f);

struct vigil_scratch *vigil_scratch_get(void);
void vigil_scratch_put(struct vigil_scratch *page);
bool vigil_wdt_takes_pets(struct file *f, struct vigil_scratch *page);
int vigil_wdt_set_timeout(struct file *f, struct vigil_scratch *page, u32 seconds);
int vigil_wdt_timeout(struct file *f, struct vigil_scratch *page, u32 *seconds);
int vigil_wdt_stop(struct file *f, struct vigil_scratch *page);

#endif /* VIGIL_WDT_H */
