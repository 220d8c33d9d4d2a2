// SPDX-License-Identifier: GPL-2.0
/* From a file descriptor of the caller to the process it refers to. */
/*
 * The kernel's own pidfd_pid() is not exported. A pidfd is known by where its
 * file lives: an inode of pidfs, which nothing else makes, or, on kernels
 * without pidfs, the anonymous inode with the name that only pidfds have.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/pid.h>
#include <linux/string.h>

#include "pidfd.h"

#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC	0x50494446
#endif

static struct pid *pid_of_file(struct file *f)
{
	unsigned long magic = file_inode(f)->i_sb->s_magic;

	if (magic == PID_FS_MAGIC && S_ISREG(file_inode(f)->i_mode))
		return file_inode(f)->i_private;
	if (magic == ANON_INODE_FS_MAGIC &&
	    !strcmp(f->f_path.dentry->d_name.name, "[pidfd]"))
		return f->private_data;
	return NULL;
}

/*
 * PIDFD_THREAD is O_EXCL: such a descriptor may mean a single thread, while a
 * watch is for the whole group.
 */
static bool means_a_thread(struct file *f)
{
	return f->f_flags & O_EXCL;
}

/**
 * vigil_pidfd_get_pid - the process that a pidfd of the caller refers to
 * @fd: the descriptor
 *
 * Context: process context.
 * Return: the pid with a reference, or -EBADF if @fd is no pidfd of a process.
 */
struct pid *vigil_pidfd_get_pid(unsigned int fd)
{
	struct pid *pid = NULL;
	struct file *f = fget(fd);

	if (!f)
		return ERR_PTR(-EBADF);
	if (!means_a_thread(f))
		pid = get_pid(pid_of_file(f));
	fput(f);
	return pid ? pid : ERR_PTR(-EBADF);
}
