/*
 * Counts, and lets the one call fail that it is the turn of.
 */
#include "preload.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define SECTOR 512

static bool
is_under_any(const char *path)
{
	for (size_t i = 0; i < settings.under_count; i++) {
		if (where_is_under(path, settings.under[i]))
			return true;
	}
	return false;
}

/* Whoever could not say why it failed could not be tested: stderr is left alone. */
static bool
is_for_people(const struct asked *a)
{
	return (a->call->does & DOES_WRITE) != 0 && a->args[0] == STDERR_FILENO;
}

static bool
is_counted(const struct asked *a)
{
	char path[WHERE_ROOM];

	if (!settings_in_main())
		return settings.children;
	if (is_for_people(a))
		return false;
	if ((a->call->does & DOES_OPEN) != 0 && !settings.reads &&
	    !asked_is_opening_to_write(a))
		return false;
	if (settings.under_count == 0)
		return true;
	where_first(a, path);
	if (is_under_any(path))
		return true;
	where_second(a, path);
	return is_under_any(path);
}

static void
note_hit(const char *name, const char *path)
{
	if (__atomic_fetch_add(&shared->hits, 1, __ATOMIC_SEQ_CST) > 0)
		return;
	for (size_t i = 0; i + 1 < sizeof shared->call && name[i]; i++)
		shared->call[i] = name[i];
	for (size_t i = 0; i + 1 < sizeof shared->path && path[i]; i++)
		shared->path[i] = path[i];
}

/* Whether it is the turn of this call, the next one counted. */
static bool
is_the_one(const char *name)
{
	uint64_t number = __atomic_add_fetch(&shared->count, 1, __ATOMIC_SEQ_CST);

	if (settings.list_fd >= 0 && settings_in_main()) {
		past_write(settings.list_fd, name, strlen(name));
		past_write(settings.list_fd, "\n", 1);
	}
	if (settings.how == HOW_COUNT || settings.at == 0)
		return false;
	return settings.how == HOW_FAIL_ON ? number >= settings.at
	                                   : number == settings.at;
}

static int
error_for(const struct asked *a)
{
	const unsigned of_space = DOES_WRITE | DOES_OPEN | DOES_SIZE | DOES_NAME;

	if (settings.error != 0)
		return settings.error;
	if ((a->call->does & DOES_MAP) != 0)
		return ENOMEM;
	return (a->call->does & of_space) != 0 ? ENOSPC : EIO;
}

static _Noreturn void
end_killed(void)
{
	for (;;)
		(void)past3(SYS_kill, past3(SYS_getpid, 0, 0, 0), SIGKILL, 0);
}

/* The iovec of a vector write that stands for the half of it. */
static struct iovec
half_of_vector(const struct asked *a)
{
	struct iovec first = *(const struct iovec *)a->args[1];

	if (a->args[2] == 1)
		first.iov_len = first.iov_len > 1 ? first.iov_len / 2 : first.iov_len;
	return first;
}

/* A write of half of what was asked; of all, where there is no half. */
static long
half(const struct asked *a)
{
	struct asked less = *a;
	int len = a->call->len;
	struct iovec first;

	if (len >= 0 && a->args[len] > 1)
		less.args[len] = a->args[len] / 2;
	else if (len < 0 && (a->call->does & DOES_WRITE) != 0 && a->args[2] > 0) {
		first = half_of_vector(a);
		less.args[1] = (long)&first;
		less.args[2] = 1;
	}
	return past(a->call->number, less.args);
}

/* What a kill can leave of a write: whole sectors.  Of all other calls: all. */
static void
tear(const struct asked *a)
{
	struct asked less = *a;
	int len = a->call->len;

	if (len >= 0 && a->args[len] >= 2 * SECTOR)
		less.args[len] = a->args[len] / 2 / SECTOR * SECTOR;
	(void)past(a->call->number, less.args);
}

static long
fault(const struct asked *a)
{
	char path[WHERE_ROOM] = "";

	/* In a cage nobody may look anything up. */
	if (settings_in_main())
		where_first(a, path);
	note_hit(a->call->name, path);
	switch (settings.how) {
	case HOW_KILL: end_killed();
	case HOW_TEAR: tear(a); end_killed();
	case HOW_SHORT: return half(a);
	default: return -error_for(a);
	}
}

/* What is watched in the main process only. */
static long
watched(const struct asked *a)
{
	struct trace_note note;

	if (settings.guard_root)
		guard_before(a);
	if (settings.trace_fd >= 0)
		trace_before(a, &note);
	long got = past(a->call->number, a->args);
	if (settings.trace_fd >= 0)
		trace_after(a, &note, got);
	if (settings.guard_root)
		guard_after(a, got);
	return got;
}

long
point_pass(const struct asked *a)
{
	(void)__atomic_add_fetch(&shared->trapped, 1, __ATOMIC_SEQ_CST);
	if (is_counted(a) && is_the_one(a->call->name))
		return fault(a);
	if (settings_in_main() && (settings.guard_root || settings.trace_fd >= 0))
		return watched(a);
	return past(a->call->number, a->args);
}

bool
point_fails(const char *name, const char *path, int *error)
{
	if (!settings_in_main() || (settings.under_count > 0 && !is_under_any(path)) ||
	    !is_the_one(name))
		return false;
	note_hit(name, path);
	if (settings.how == HOW_KILL || settings.how == HOW_TEAR)
		end_killed();
	*error = settings.error;
	return settings.how == HOW_FAIL_ONCE || settings.how == HOW_FAIL_ON;
}
