/* SPDX-License-Identifier: GPL-2.0 */
/* Documentation/openapi.yaml, as it was built in. */
#ifndef VIGIL_API_OPENAPI_H
#define VIGIL_API_OPENAPI_H

extern const char openapi_begin[], openapi_end[];

#endif /* VIGIL_API_OPENAPI_H */
