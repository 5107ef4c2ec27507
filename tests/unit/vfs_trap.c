#include "vfs_trap.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

static enum trap_how how = TRAP_NOTHING;
static unsigned place;
static unsigned calls;
static sqlite3_vfs *below;

/* Ours, and the file below it behind it. */
struct trapped {
	sqlite3_file base;
	sqlite3_file *real;
};

static void
die(void)
{
	(void)kill(getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

bool
trap_call(void)
{
	bool here = ++calls == place;

	if (here && (how == TRAP_KILL || how == TRAP_KILL_HALF))
		die();
	return (here && how == TRAP_ONCE) || (calls >= place && how == TRAP_ALWAYS);
}

unsigned
trap_calls(void)
{
	return calls;
}

static sqlite3_file *
real(sqlite3_file *f)
{
	return ((struct trapped *)f)->real;
}

static int
on_close(sqlite3_file *f)
{
	int got = real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;

	sqlite3_free(real(f));
	return got;
}

static int
on_read(sqlite3_file *f, void *to, int len, sqlite3_int64 at)
{
	return real(f)->pMethods->xRead(real(f), to, len, at);
}

static int
on_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 at)
{
	if (how == TRAP_KILL_HALF && calls + 1 == place)
		(void)real(f)->pMethods->xWrite(real(f), from, len / 2, at);
	if (trap_call())
		return SQLITE_FULL;
	return real(f)->pMethods->xWrite(real(f), from, len, at);
}

static int
on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	if (trap_call())
		return SQLITE_IOERR_TRUNCATE;
	return real(f)->pMethods->xTruncate(real(f), size);
}

static int
on_sync(sqlite3_file *f, int flags)
{
	if (trap_call())
		return SQLITE_IOERR_FSYNC;
	return real(f)->pMethods->xSync(real(f), flags);
}

static int
on_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real(f)->pMethods->xFileSize(real(f), size);
}

static int
on_lock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xLock(real(f), level);
}

static int
on_unlock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xUnlock(real(f), level);
}

static int
on_reserved(sqlite3_file *f, int *is)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), is);
}

static int
on_control(sqlite3_file *f, int what, void *with)
{
	return real(f)->pMethods->xFileControl(real(f), what, with);
}

static int
on_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int
on_device(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_reserved,
	.xFileControl = on_control,
	.xSectorSize = on_sector,
	.xDeviceCharacteristics = on_device,
};

static int
on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct trapped *t = (struct trapped *)f;

	(void)vfs;
	*t = (struct trapped){ .base.pMethods = NULL };
	if (trap_call())
		return SQLITE_CANTOPEN;
	t->real = sqlite3_malloc(below->szOsFile);
	assert_non_null(t->real);
	memset(t->real, 0, (size_t)below->szOsFile);
	int got = below->xOpen(below, name, t->real, flags, out);
	if (got == SQLITE_OK)
		t->base.pMethods = &methods;
	else
		sqlite3_free(t->real);
	return got;
}

static int
on_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	if (trap_call())
		return SQLITE_IOERR_DELETE;
	return below->xDelete(below, name, sync);
}

void
trap_set(enum trap_how wanted, unsigned at)
{
	static sqlite3_vfs trap;

	how = wanted;
	place = at;
	calls = 0;
	if (below)
		return;
	below = sqlite3_vfs_find(NULL);
	assert_non_null(below);
	trap = *below;
	trap.zName = "trap";
	trap.szOsFile = sizeof(struct trapped);
	trap.pNext = NULL;
	trap.xOpen = on_open;
	trap.xDelete = on_delete;
	assert_int_equal(sqlite3_vfs_register(&trap, 1), SQLITE_OK);
}
