/*
 * Holds the promise while the program runs: nothing on the volume changes before all
 * that was written to the journals is on stable storage, names included.
 */
#include "preload.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UNSYNCED_MOST 256

/* A file or folder whose last change is not on stable storage yet. */
struct unsynced {
	dev_t device;
	ino_t inode;
	char name[256];
};

static struct unsynced waiting[UNSYNCED_MOST];
static size_t waiting_count;
static bool ever_synced, ever_asked;

static void
forget(const struct stat *st)
{
	for (size_t i = 0; i < waiting_count; i++) {
		if (waiting[i].device != st->st_dev || waiting[i].inode != st->st_ino)
			continue;
		waiting[i] = waiting[--waiting_count];
		return;
	}
}

static void
remember(const struct stat *st, const char *path)
{
	forget(st);
	if (waiting_count == UNSYNCED_MOST) {
		say("too much is not synced: ", path, "");
		end_aborted();
	}
	struct unsynced *u = &waiting[waiting_count++];
	size_t len = strlen(path);
	const char *end = len < sizeof u->name ? path : path + len - sizeof u->name + 1;

	*u = (struct unsynced){ .device = st->st_dev, .inode = st->st_ino };
	strncat(u->name, end, sizeof u->name - 1);
}

static bool
stat_path(const char *path, struct stat *st)
{
	long args[6] = { AT_FDCWD, (long)path, (long)st, AT_SYMLINK_NOFOLLOW };

	return past(SYS_newfstatat, args) == 0;
}

static void
remember_folder_of(char *path)
{
	char *slash = strrchr(path, '/');
	struct stat st;

	if (!slash || slash == path)
		return;
	*slash = '\0';
	if (stat_path(path, &st))
		remember(&st, path);
	*slash = '/';
}

static bool
is_volume(const char *path)
{
	return path[0] != '\0' && where_is_under(path, settings.guard_root);
}

static bool
is_journal(const char *path)
{
	return path[0] != '\0' && where_is_under(path, settings.guard_journal);
}

void
guard_before(const struct asked *a)
{
	char first[WHERE_ROOM];
	char second[WHERE_ROOM];
	struct stat st;

	if (!asked_changes(a))
		return;
	where_first(a, first);
	where_second(a, second);
	/* Undo relies on a journal that is there. */
	if (!ever_asked)
		ever_synced = stat_path(settings.guard_journal, &st);
	ever_asked = true;
	/* A file that goes takes with it what was not synced of it. */
	bool goes = (a->call->does & DOES_NAME) != 0 && is_journal(first);
	if (goes && strncmp(a->call->name, "unlink", 6) == 0 && where_stat(a, &st) &&
	    st.st_nlink == 1)
		forget(&st);
	if (!is_volume(first) && !is_volume(second))
		return;
	const char *path = is_volume(first) ? first : second;
	if (waiting_count > 0)
		say(path, " would change, and this is not synced: ", waiting[0].name);
	else if (!ever_synced)
		say(path, " would change, and no journal has been written", "");
	else
		return;
	end_aborted();
}

/*
 * SQLite writes a page into its rollback journal before it changes it.  While the
 * database itself is as it was, that one may be on stable storage or not; where it
 * goes away something has been committed, and that has to last.
 */
static bool
is_harmless(const struct asked *a, const char *path)
{
	const char *end = "-journal";
	size_t len = strlen(path);
	bool is_rollback = len > strlen(end) &&
	                   strcmp(path + len - strlen(end), end) == 0;

	return is_rollback && (a->call->does & DOES_NAME) == 0;
}

static void
after_sync(const struct asked *a)
{
	char path[WHERE_ROOM];
	struct stat st;

	where_first(a, path);
	if (a->call->number == SYS_syncfs)
		waiting_count = 0;
	else if (where_stat(a, &st))
		forget(&st);
	ever_synced = ever_synced || is_journal(path);
}

static void
after_change(const struct asked *a, long result)
{
	char path[WHERE_ROOM];
	struct stat st;
	const long opened[6] = { result, (long)"", (long)&st, AT_EMPTY_PATH };

	where_first(a, path);
	if (is_journal(path) && !is_harmless(a, path)) {
		if ((a->call->does & (DOES_NAME | DOES_OPEN)) != 0)
			remember_folder_of(path);
		if ((a->call->does & DOES_OPEN) != 0 &&
		    past(SYS_newfstatat, opened) == 0)
			remember(&st, path);
		else if ((a->call->does & DOES_NAME) == 0 && where_stat(a, &st))
			remember(&st, path);
	}
	where_second(a, path);
	if (is_journal(path))
		remember_folder_of(path);
}

void
guard_after(const struct asked *a, long result)
{
	if (result < 0)
		return;
	if ((a->call->does & DOES_SYNC) != 0)
		after_sync(a);
	else if (asked_changes(a))
		after_change(a, result);
}
