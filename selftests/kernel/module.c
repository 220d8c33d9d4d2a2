// SPDX-License-Identifier: GPL-2.0
/* Load and unload vigil.ko. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "selftests/kernel/module.h"

const char *module_path(void)
{
	static char path[256];
	const char *given = getenv("VIGIL_KO");
	struct utsname uts;

	uname(&uts);
	if (given)
		snprintf(path, sizeof(path), "%s", given);
	else
		snprintf(path, sizeof(path), "build/kmod/%s/vigil.ko", uts.release);
	return path;
}

int module_load(const char *params)
{
	int fd = open(module_path(), O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, params, 0) ? -errno : 0;
	close(fd);
	return ret;
}

int module_unload(void)
{
	return syscall(SYS_delete_module, "vigil", O_NONBLOCK) ? -errno : 0;
}

bool module_loaded(void)
{
	return !access("/sys/module/vigil", F_OK);
}

int module_reload(const char *params)
{
	int ret = module_loaded() ? module_unload() : 0;

	return ret ? ret : module_load(params);
}
