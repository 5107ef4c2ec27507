#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "mend/journal_file.h"

#define LIST_MOST 65536
#define ROOM_FIRST 16

struct list {
	struct journal_about *at;
	size_t count, room;
};

static enum err
add(struct list *l, const struct journal_about *about)
{
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : ROOM_FIRST;
		struct journal_about *at = realloc(l->at, room * sizeof *at);

		if (!at)
			return ERR_MEMORY;
		l->at = at;
		l->room = room;
	}
	l->at[l->count++] = *about;
	return OK;
}

/* One that cannot be read has had its line, and is left out. */
static enum err
add_file(struct list *l, const char *dir, const char *name)
{
	struct journal *j = NULL;
	char path[PATH_ROOM];
	int len = snprintf(path, sizeof path, "%s/%s", dir, name);

	if (len < 0 || (size_t)len >= sizeof path) {
		fprintf(stderr,
		        "confine: cannot read %s/%s: the path is too long; move it\n",
		        dir, name);
		return OK;
	}
	enum err err = journal_open(path, false, &j);
	if (err == OK)
		err = add(l, journal_about(j));
	journal_free(j);
	return err == ERR_MEMORY ? err : OK;
}

static bool
is_journal(const char *name)
{
	size_t len = strlen(name);
	size_t end = strlen(JOURNAL_END);

	return len > end && strcmp(name + len - end, JOURNAL_END) == 0;
}

static enum err
read_folder(struct list *l, const char *dir, DIR *folder)
{
	struct dirent *entry = NULL;

	while (errno = 0, (entry = readdir(folder))) {
		if (!is_journal(entry->d_name))
			continue;
		if (l->count == LIST_MOST) {
			fprintf(stderr,
			        "confine: %s has more than %d journals; move some to "
			        "another folder\n",
			        dir, LIST_MOST);
			return ERR_REFUSED;
		}
		TRY(add_file(l, dir, entry->d_name));
	}
	if (errno == 0)
		return OK;
	fprintf(stderr, "confine: cannot read %s: %s; look at its permissions\n", dir,
	        strerror(errno));
	return ERR_REFUSED;
}

static int
by_start(const void *a, const void *b)
{
	const struct journal_about *one = a;
	const struct journal_about *other = b;

	if (one->started_ms != other->started_ms)
		return one->started_ms < other->started_ms ? -1 : 1;
	return strcmp(one->path, other->path);
}

static enum err
give_out(const struct list *l, enum err (*take)(void *, const struct journal_about *),
         void *with)
{
	for (size_t i = 0; i < l->count; i++)
		TRY(take(with, &l->at[i]));
	return OK;
}

enum err
journal_each(const char *dir, enum err (*take)(void *, const struct journal_about *),
             void *with)
{
	struct list list = { .count = 0 };
	DIR *folder = opendir(dir);

	if (!folder && errno == ENOENT)
		return OK;
	if (!folder) {
		fprintf(stderr,
		        "confine: cannot read %s: %s; name another folder with "
		        "--journal-dir\n",
		        dir, strerror(errno));
		return ERR_REFUSED;
	}
	enum err err = read_folder(&list, dir, folder);
	(void)closedir(folder);
	if (list.count > 0)
		qsort(list.at, list.count, sizeof *list.at, by_start);
	if (err == OK)
		err = give_out(&list, take, with);
	free(list.at);
	return err;
}
