/* SPDX-License-Identifier: GPL-2.0 */
/* What to say when vigil.ko cannot help. */
#include <errno.h>
#include <string.h>

#include "user/ctl/command.h"
#include "user/ctl/module.h"
#include "user/ctl/say.h"

int module_error(const char *what, int err, const char *sentence)
{
	const char *why = *sentence ? sentence : strerror(-err);

	switch (err) {
	case -ENOENT:
		complain("%s: vigil.ko is not loaded; load it with \"modprobe vigil\"", what);
		return CTL_NO_MODULE;
	case -EPERM:
	case -EACCES:
		complain("%s: %s; run this as root or with CAP_NET_ADMIN", what, why);
		return CTL_DENIED;
	case -ESRCH:
		complain("%s: there is no such process", what);
		return CTL_NOT_FOUND;
	case -ERANGE:
		complain("%s: that number has not been reached yet; \"vigil kernel\" tells the newest",
			 what);
		return CTL_FAILED;
	case -ENOSPC:
		complain("%s: %s; raise the module's parameter watches_max", what, why);
		return CTL_FAILED;
	default:
		complain("%s: %s", what, why);
		return CTL_FAILED;
	}
}
