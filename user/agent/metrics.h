/* SPDX-License-Identifier: GPL-2.0 */
/* Metrics in the text format of Prometheus. */
#ifndef VIGIL_AGENT_METRICS_H
#define VIGIL_AGENT_METRICS_H

#include <stddef.h>

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/** metrics_text - for the API's thread; @arg: struct viewer. To be freed; NULL: memory is out. */
char *metrics_text(void *arg, size_t *len);

#endif /* VIGIL_AGENT_METRICS_H */
