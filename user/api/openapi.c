// SPDX-License-Identifier: GPL-2.0
/* Documentation/openapi.yaml, built in: the compiler's working directory is the top of the tree. */
#include "user/api/openapi.h"

__asm__(".pushsection .rodata\n"
	".global openapi_begin, openapi_end\n"
	"openapi_begin:\n"
	".incbin \"Documentation/openapi.yaml\"\n"
	"openapi_end:\n"
	".popsection\n");
