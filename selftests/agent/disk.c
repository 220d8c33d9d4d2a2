// SPDX-License-Identifier: GPL-2.0
/* A disk under SQLite that fails, or loses its power, at any step wanted. */
#include "selftests/agent/disk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include <unistd.h>

enum { SECTOR = 512, FILES_MAX = 4, NAME_MAX_LEN = 64, IMAGE_MAX = 4 << 20 };

enum op_kind { OP_CREATE, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_DELETE, OP_SHM };

struct op {
	enum op_kind kind;
	int file;
	long offset;		/* or the new size */
	int len;
	unsigned char *data;
};

struct disk_file {
	sqlite3_file base;
	int index;		/* -1: not of the store */
	sqlite3_file *real;
};

static struct disk {
	enum disk_mode mode;
	long step, at;
	int error;
	char names[FILES_MAX][NAME_MAX_LEN];
	int nfiles;
	struct op *ops;
	long nops, room;
} disk;

static sqlite3_vfs *unix_vfs;
static sqlite3_vfs disk_vfs;

static int index_of(const char *path)
{
	const char *name = strrchr(path, '/');
	int i;

	name = name ? name + 1 : path;
	for (i = 0; i < disk.nfiles; i++)
		if (strcmp(disk.names[i], name) == 0)
			return i;
	if (disk.nfiles == FILES_MAX)
		abort();
	snprintf(disk.names[disk.nfiles], NAME_MAX_LEN, "%s", name);
	return disk.nfiles++;
}

static void record(enum op_kind kind, int file, const void *data, int len, long offset)
{
	struct op *op;

	if (disk.nops == disk.room) {
		disk.room = disk.room ? 2 * disk.room : 1024;
		disk.ops = realloc(disk.ops, (size_t)disk.room * sizeof(*disk.ops));
		if (!disk.ops)
			abort();
	}
	op = &disk.ops[disk.nops++];
	*op = (struct op){ .kind = kind, .file = file, .len = len, .offset = offset };
	if (!len)
		return;
	op->data = malloc((size_t)len);
	if (!op->data)
		abort();
	memcpy(op->data, data, (size_t)len);
}

/* Before a step is made: SQLITE_OK, or what it fails with. */
static int step(enum op_kind kind, int file, const void *data, int len, long offset)
{
	bool here = disk.at == disk.step;
	bool past = disk.at > disk.step;

	if (file < 0)
		return SQLITE_OK;
	if (disk.mode == DISK_RECORD)
		record(kind, file, data, len, offset);
	disk.at++;
	if (here && (disk.mode == DISK_KILL || disk.mode == DISK_KILL_TORN))
		kill(getpid(), SIGKILL);
	if ((here && disk.mode == DISK_FAIL) || ((here || past) && disk.mode == DISK_FAIL_ON))
		return disk.error;
	return SQLITE_OK;
}

static struct disk_file *of(sqlite3_file *f)
{
	return (struct disk_file *)f;
}

static int disk_close(sqlite3_file *f)
{
	return of(f)->real->pMethods->xClose(of(f)->real);
}

static int disk_read(sqlite3_file *f, void *buf, int len, sqlite3_int64 offset)
{
	return of(f)->real->pMethods->xRead(of(f)->real, buf, len, offset);
}

static int disk_write(sqlite3_file *f, const void *buf, int len, sqlite3_int64 offset)
{
	sqlite3_file *real = of(f)->real;
	int rc;

	if (of(f)->index >= 0 && disk.mode == DISK_KILL_TORN && disk.at == disk.step)
		real->pMethods->xWrite(real, buf, len / 2, offset);
	rc = step(OP_WRITE, of(f)->index, buf, len, offset);
	return rc ? rc : real->pMethods->xWrite(real, buf, len, offset);
}

static int disk_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int rc = step(OP_TRUNCATE, of(f)->index, NULL, 0, size);

	return rc ? rc : of(f)->real->pMethods->xTruncate(of(f)->real, size);
}

static int disk_sync(sqlite3_file *f, int flags)
{
	int rc = step(OP_SYNC, of(f)->index, NULL, 0, 0);

	return rc ? rc : of(f)->real->pMethods->xSync(of(f)->real, flags);
}

static int disk_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return of(f)->real->pMethods->xFileSize(of(f)->real, size);
}

static int disk_lock(sqlite3_file *f, int level)
{
	return of(f)->real->pMethods->xLock(of(f)->real, level);
}

static int disk_unlock(sqlite3_file *f, int level)
{
	return of(f)->real->pMethods->xUnlock(of(f)->real, level);
}

static int disk_reserved(sqlite3_file *f, int *out)
{
	return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, out);
}

static int disk_control(sqlite3_file *f, int op, void *arg)
{
	return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg);
}

static int disk_sector(sqlite3_file *f)
{
	return of(f)->real->pMethods->xSectorSize(of(f)->real);
}

static int disk_device(sqlite3_file *f)
{
	return of(f)->real->pMethods->xDeviceCharacteristics(of(f)->real);
}

static int disk_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	int rc = extend ? step(OP_SHM, of(f)->index, NULL, 0, 0) : SQLITE_OK;

	return rc ? rc : of(f)->real->pMethods->xShmMap(of(f)->real, page, size, extend, out);
}

static int disk_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return of(f)->real->pMethods->xShmLock(of(f)->real, offset, n, flags);
}

static void disk_shm_barrier(sqlite3_file *f)
{
	of(f)->real->pMethods->xShmBarrier(of(f)->real);
}

static int disk_shm_unmap(sqlite3_file *f, int delete_it)
{
	return of(f)->real->pMethods->xShmUnmap(of(f)->real, delete_it);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = disk_close,
	.xRead = disk_read,
	.xWrite = disk_write,
	.xTruncate = disk_truncate,
	.xSync = disk_sync,
	.xFileSize = disk_size,
	.xLock = disk_lock,
	.xUnlock = disk_unlock,
	.xCheckReservedLock = disk_reserved,
	.xFileControl = disk_control,
	.xSectorSize = disk_sector,
	.xDeviceCharacteristics = disk_device,
	.xShmMap = disk_shm_map,
	.xShmLock = disk_shm_lock,
	.xShmBarrier = disk_shm_barrier,
	.xShmUnmap = disk_shm_unmap,
};

static int disk_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
	struct disk_file *file = of(f);
	int rc = SQLITE_OK;

	(void)vfs;
	*file = (struct disk_file){ .index = path ? index_of(path) : -1 };
	file->real = (sqlite3_file *)(file + 1);
	if (path && access(path, F_OK) && (flags & SQLITE_OPEN_CREATE))
		rc = step(OP_CREATE, file->index, NULL, 0, 0) ? SQLITE_CANTOPEN : SQLITE_OK;
	if (!rc)
		rc = unix_vfs->xOpen(unix_vfs, path, file->real, flags, out);
	file->base.pMethods = rc ? NULL : &methods;
	return rc;
}

static int disk_delete(sqlite3_vfs *vfs, const char *path, int sync_dir)
{
	int rc = SQLITE_OK;

	(void)vfs;
	if (!access(path, F_OK))
		rc = step(OP_DELETE, index_of(path), NULL, 0, sync_dir);
	return rc ? rc : unix_vfs->xDelete(unix_vfs, path, sync_dir);
}

void disk_register(void)
{
	if (unix_vfs)
		return;
	unix_vfs = sqlite3_vfs_find(NULL);
	disk_vfs = *unix_vfs;
	disk_vfs.zName = "disk";
	disk_vfs.szOsFile = (int)sizeof(struct disk_file) + unix_vfs->szOsFile;
	disk_vfs.xOpen = disk_open;
	disk_vfs.xDelete = disk_delete;
	sqlite3_vfs_register(&disk_vfs, 1);
}

void disk_set(enum disk_mode mode, long at, int error)
{
	while (mode == DISK_RECORD && disk.nops)
		free(disk.ops[--disk.nops].data);
	disk.mode = mode;
	disk.step = at;
	disk.at = 0;
	disk.error = error;
}

long disk_steps(void)
{
	return disk.at;
}

/** struct image - what a file is on the disk for certain. */
struct image {
	bool exists;
	long size;
	unsigned char *bytes;	/* of IMAGE_MAX, zero beyond @size */
};

static unsigned int draw(unsigned int *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/** struct fate - of what was not synced. */
struct fate {
	unsigned int choice, seed;
};

static bool kept(struct fate *fate)
{
	return fate->choice == 1 || (fate->choice > 1 && draw(&fate->seed) % 2);
}

static void put(struct image *im, const struct op *op, long from, long len)
{
	if (op->offset + from + len > IMAGE_MAX)
		abort();
	memcpy(im->bytes + op->offset + from, op->data + from, (size_t)len);
	if (op->offset + from + len > im->size)
		im->size = op->offset + from + len;
}

static void cut(struct image *im, long size)
{
	if (size < im->size)
		memset(im->bytes + size, 0, (size_t)(im->size - size));
	im->size = size;
}

/* Sector by sector; @fate is NULL for what is certain. */
static void write_sectors(struct image *im, const struct op *op, struct fate *fate)
{
	long from, len;

	for (from = 0; from < op->len; from += len) {
		len = SECTOR - (op->offset + from) % SECTOR;
		if (len > op->len - from)
			len = op->len - from;
		if (!fate || kept(fate))
			put(im, op, from, len);
	}
}

/* False: a name is not as it was, so what came after it in the file is lost as well. */
static bool play(struct image *im, const struct op *op, struct fate *fate)
{
	switch (op->kind) {
	case OP_CREATE:
		if (fate && !kept(fate))
			return false;
		im->exists = true;
		cut(im, 0);
		break;
	case OP_DELETE:
		if (fate && !kept(fate))
			return false;
		im->exists = false;
		cut(im, 0);
		break;
	case OP_TRUNCATE:
		if (!fate || kept(fate))
			cut(im, op->offset);
		break;
	case OP_WRITE:
		write_sectors(im, op, fate);
		break;
	default:
		break;
	}
	return true;
}

/* The last operation before @end that made all before it of this file certain; -1: none. */
static long last_sync(int file, long end)
{
	while (--end >= 0) {
		const struct op *op = &disk.ops[end];

		if (op->file == file && (op->kind == OP_SYNC ||
					 (op->kind == OP_DELETE && op->offset)))
			return end;
	}
	return -1;
}

/* SQLite's first sync of a new journal or log is one of the directory as well. */
static bool syncs_names(long i)
{
	const struct op *op = &disk.ops[i];
	long before;

	if (op->kind == OP_DELETE)
		return op->offset;
	if (op->kind != OP_SYNC || !strchr(disk.names[op->file], '-'))
		return false;
	before = last_sync(op->file, i);
	while (++before < i)
		if (disk.ops[before].file == op->file && disk.ops[before].kind == OP_CREATE)
			return true;
	return false;
}

static void build(struct image *im, int file, long end, struct fate *fate)
{
	long synced = last_sync(file, end), names = end, i;

	while (names > 0 && !syncs_names(names - 1))
		names--;
	for (i = 0; i < end; i++) {
		const struct op *op = &disk.ops[i];
		bool name = op->kind == OP_CREATE || op->kind == OP_DELETE;
		bool certain = i <= synced || (name && i < names);

		if (op->file == file && !play(im, op, certain ? NULL : fate))
			return;
	}
}

static bool write_image(const char *dir, const char *name, const struct image *im)
{
	char path[256];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	ok = f && fwrite(im->bytes, 1, (size_t)im->size, f) == (size_t)im->size;
	if (f && fclose(f))
		ok = false;
	return ok;
}

bool disk_rebuild(const char *dir, long steps, unsigned int choice)
{
	struct fate fate = { choice, (unsigned int)steps * 7919u + choice };
	static unsigned char bytes[IMAGE_MAX];
	bool ok = true;
	int i;

	for (i = 0; ok && i < disk.nfiles; i++) {
		struct image im = { .bytes = bytes };

		build(&im, i, steps, &fate);
		if (im.exists)
			ok = write_image(dir, disk.names[i], &im);
		cut(&im, 0);
	}
	return ok;
}
