/*
 * A step of SQLite that fails for a reason of its own, which no call of the kernel
 * shows.  What it says of the failure afterwards is as if it were real.
 */
#include "preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <sqlite3.h>

static int failed_with; /* SQLITE_OK: the last step was a real one */
static int failed_errno;

/* The function that would have been called without us. */
#define REAL(name) ((__typeof__(&name))next_of(#name))

static void *
next_of(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found) {
		say("no function ", name, "");
		end_aborted();
	}
	return found;
}

/*
 * SQLite calls its own functions by the same road; what fails in there must fail by a
 * call of the kernel, or its own idea of what has happened would be wrong.
 */
static bool
is_from_sqlite(const void *caller)
{
	Dl_info own;
	Dl_info theirs;

	return dladdr((void *)REAL(sqlite3_libversion_number), &own) != 0 &&
	       dladdr(caller, &theirs) != 0 && own.dli_fbase == theirs.dli_fbase;
}

static bool
fails(const char *name, sqlite3 *db, const void *caller)
{
	int error = 0;
	const char *path = REAL(sqlite3_db_filename)(db, "main");

	if (is_from_sqlite(caller))
		return false;
	failed_with = SQLITE_OK;
	if (!point_fails(name, path ? path : "", &error))
		return false;
	failed_with = error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR;
	failed_errno = error ? error : EIO;
	return true;
}

int
sqlite3_step(sqlite3_stmt *s)
{
	sqlite3 *db = REAL(sqlite3_db_handle)(s);
	bool only_looks = REAL(sqlite3_stmt_readonly)(s) != 0;

	if ((!only_looks || settings.reads) &&
	    fails("sqlite3_step", db, __builtin_return_address(0)))
		return failed_with;
	return REAL(sqlite3_step)(s);
}

int
sqlite3_exec(sqlite3 *db, const char *sql, int (*row)(void *, int, char **, char **),
             void *with, char **error)
{
	if (fails("sqlite3_exec", db, __builtin_return_address(0)))
		return failed_with;
	return REAL(sqlite3_exec)(db, sql, row, with, error);
}

int
sqlite3_errcode(sqlite3 *db)
{
	return failed_with ? failed_with : REAL(sqlite3_errcode)(db);
}

int
sqlite3_extended_errcode(sqlite3 *db)
{
	return failed_with ? failed_with : REAL(sqlite3_extended_errcode)(db);
}

const char *
sqlite3_errmsg(sqlite3 *db)
{
	return failed_with ? REAL(sqlite3_errstr)(failed_with)
	                   : REAL(sqlite3_errmsg)(db);
}

int
sqlite3_system_errno(sqlite3 *db)
{
	return failed_with ? failed_errno : REAL(sqlite3_system_errno)(db);
}
