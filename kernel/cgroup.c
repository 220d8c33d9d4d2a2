// SPDX-License-Identifier: GPL-2.0
/* A cgroup that somebody handed over to be killed. */
/*
 * The open file keeps its kernfs node, and that the node of its directory, which points to the
 * cgroup for as long as there is one: the kernel clears that pointer before an RCU grace period
 * ends the cgroup's memory. So nothing here keeps a cgroup from being removed.
 */
#include <linux/cgroup.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernfs.h>
#include <linux/magic.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cgroup.h"

/* Nobody can make a file in cgroupfs, and none is ever renamed. */
static bool is_cgroup_kill(struct file *f)
{
	return file_inode(f)->i_sb->s_magic == CGROUP2_SUPER_MAGIC &&
	       S_ISREG(file_inode(f)->i_mode) &&
	       !strcmp(f->f_path.dentry->d_name.name, "cgroup.kill");
}

/* NULL once it has been removed. */
static struct cgroup *cgroup_of(const struct vigil_cgroup *cg)
{
	struct kernfs_node *kn = file_inode(cg->file)->i_private;

	return rcu_dereference(*(void __rcu __force **)&kn->parent->priv);
}

/* The kernel kills no threaded cgroup. */
static bool is_threaded(const struct vigil_cgroup *cg)
{
	struct cgroup *cgrp;
	bool threaded;

	rcu_read_lock();
	cgrp = cgroup_of(cg);
	threaded = cgrp && READ_ONCE(cgrp->dom_cgrp) != cgrp;
	rcu_read_unlock();
	return threaded;
}

/**
 * vigil_cgroup_open - take over a cgroup from the caller
 * @fd: descriptor of the caller; it may be closed afterwards
 *
 * Context: process context, may sleep.
 * Return: the cgroup, or -EBADF if @fd is no file cgroup.kill, -EACCES if it is not open for
 * writing, -EOPNOTSUPP if the cgroup is threaded, -ENOMEM.
 */
struct vigil_cgroup *vigil_cgroup_open(unsigned int fd)
{
	struct vigil_cgroup *cg = kzalloc(sizeof(*cg), GFP_KERNEL_ACCOUNT);
	int err = -EBADF;

	if (!cg)
		return ERR_PTR(-ENOMEM);
	cg->file = fget(fd);
	if (!cg->file)
		goto free;
	if (!is_cgroup_kill(cg->file))
		goto put;
	err = -EACCES;
	if (!(cg->file->f_mode & FMODE_WRITE))
		goto put;
	err = -EOPNOTSUPP;
	if (is_threaded(cg))
		goto put;
	return cg;
put:
	fput(cg->file);
free:
	kfree(cg);
	return ERR_PTR(err);
}

/**
 * vigil_cgroup_close - let go of a cgroup
 * @cg: the cgroup, or NULL
 *
 * Context: any but interrupts; does not sleep.
 */
void vigil_cgroup_close(struct vigil_cgroup *cg)
{
	if (!cg)
		return;
	fput(cg->file);
	kfree(cg);
}

/**
 * vigil_cgroup_same - whether two descriptors are of one cgroup
 * @a: one
 * @b: the other
 *
 * Context: any.
 */
bool vigil_cgroup_same(const struct vigil_cgroup *a, const struct vigil_cgroup *b)
{
	return file_inode(a->file)->i_private == file_inode(b->file)->i_private;
}

/**
 * vigil_cgroup_populated - whether anything lives in a cgroup
 * @cg: the cgroup
 *
 * A process leaves its cgroup after it has given back its memory and files, and before
 * its parent can reap it.
 *
 * Context: any.
 */
bool vigil_cgroup_populated(const struct vigil_cgroup *cg)
{
	struct cgroup *cgrp;
	bool populated;

	rcu_read_lock();
	cgrp = cgroup_of(cg);
	populated = cgrp && cgroup_is_populated(cgrp);
	rcu_read_unlock();
	return populated;
}

/**
 * vigil_cgroup_kill - send SIGKILL to everything in a cgroup, forks on their way included
 * @cg: the cgroup
 *
 * Context: process context, sleeps; may wait for whoever holds the kernel's cgroup_mutex.
 * Return: 0, also if the cgroup has been removed, or what the kernel refused with.
 */
int vigil_cgroup_kill(struct vigil_cgroup *cg)
{
	loff_t pos = 0;
	ssize_t ret = kernel_write(cg->file, "1", 1, &pos);

	return ret >= 0 || ret == -ENODEV || ret == -ENOENT ? 0 : ret;
}
