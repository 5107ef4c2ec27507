/*
 * CONFINE_FAULT_HOW      count, fail-once, fail-on, kill, tear, short
 * CONFINE_FAULT_AT       the number of the call, from 1
 * CONFINE_FAULT_ERRNO    a number; else what fits the call
 * CONFINE_FAULT_READS    calls that only look are counted, too
 * CONFINE_FAULT_CHILDREN those of children, too
 * CONFINE_FAULT_UNDER    FOLDER[:FOLDER]: only calls that touch what lies there
 * CONFINE_FAULT_GUARD    ROOT:JOURNALS: nothing under ROOT before JOURNALS is synced
 * CONFINE_FAULT_TIME     the time of day, which stands still then
 * CONFINE_FAULT_STATE    a file of a page or more, where the counts are put
 * CONFINE_FAULT_TRACE    a file to which all that was done is written
 * CONFINE_FAULT_LIST     a file to which the name of each call counted is written
 *
 * Set together by tests/faults/fault.py.
 */
#include "preload.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAGIC 0x746c756166ULL
#define FILES_FROM 900 /* out of the program's way */

struct settings settings = { .trace_fd = -1, .list_fd = -1 };
struct shared *shared;
static bool *mine; /* a page that children find wiped */

static enum fault_how
how_of(const char *word)
{
	static const char *const words[] = { "count", "fail-once", "fail-on",
		                             "kill",  "tear",      "short" };

	for (size_t i = 0; word && i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i], word) == 0)
			return (enum fault_how)i;
	}
	return HOW_COUNT;
}

static uint64_t
number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : 0;
}

/* The part of a list up to the next colon, which goes; *list moves on. */
static const char *
next_of(char **list)
{
	char *one = *list;
	char *colon = one ? strchr(one, ':') : NULL;

	if (colon)
		*colon = '\0';
	*list = colon ? colon + 1 : NULL;
	return one;
}

static char *
copy_of(const char *name)
{
	const char *text = getenv(name);

	return text && *text ? strdup(text) : NULL;
}

static void *
pages(int fd, int flags)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (at == MAP_FAILED) {
		say("no memory for what is shared", "", "");
		end_aborted();
	}
	return at;
}

static void
share(const char *path)
{
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

	if (path && fd < 0) {
		say("cannot open ", path, "");
		end_aborted();
	}
	shared = pages(fd, fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED);
	if (fd >= 0)
		close(fd);
	shared->magic = MAGIC;
	mine = pages(-1, MAP_PRIVATE | MAP_ANONYMOUS);
	(void)madvise(mine, 4096, MADV_WIPEONFORK);
	*mine = true;
}

bool
settings_in_main(void)
{
	return *mine;
}

static int
begin_file(const char *path)
{
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return -1;
	int away = fcntl(fd, F_DUPFD_CLOEXEC, FILES_FROM);
	close(fd);
	return away;
}

void
settings_read(void)
{
	char *under = copy_of("CONFINE_FAULT_UNDER");
	char *guard = copy_of("CONFINE_FAULT_GUARD");

	settings.how = how_of(getenv("CONFINE_FAULT_HOW"));
	settings.at = number_of("CONFINE_FAULT_AT");
	settings.error = (int)number_of("CONFINE_FAULT_ERRNO");
	settings.time = (int64_t)number_of("CONFINE_FAULT_TIME");
	settings.reads = getenv("CONFINE_FAULT_READS") != NULL;
	settings.children = getenv("CONFINE_FAULT_CHILDREN") != NULL;
	while (under && settings.under_count < UNDER_MOST)
		settings.under[settings.under_count++] = next_of(&under);
	settings.guard_root = next_of(&guard);
	settings.guard_journal = next_of(&guard);
	share(getenv("CONFINE_FAULT_STATE"));
	settings.trace_fd = begin_file(getenv("CONFINE_FAULT_TRACE"));
	settings.list_fd = begin_file(getenv("CONFINE_FAULT_LIST"));
}
