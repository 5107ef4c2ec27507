/* What a path names: one volume or several, and the Windows on one of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "base/text.h"
#include "reach/offline_parts.h"

#define SYSTEM_FILE "System32\\config\\SYSTEM"

/* Folders of other names at the root that are tried: Windows may be under any. */
#define FOLDERS_TRIED_MOST 300

/* ---- finding the Windows */

static enum heard
has_system(struct volume *v, const char *folder)
{
	char path[PATH_ROOM];
	struct file_facts facts;

	if (!path_join(path, sizeof path, folder, SYSTEM_FILE))
		return HEARD_NOTHING;
	enum heard heard = v->ops->stat(v, path + (folder[0] ? 0 : 1), &facts);
	return heard == HEARD && facts.is_folder ? HEARD_ODD : heard;
}

/* Text that can be shown and asked for again. */
static bool
is_utf8(const char *name)
{
	char copy[NAME_ROOM];

	return text_copy_utf8(copy, sizeof copy, name) && strcmp(copy, name) == 0;
}

#define RANK_UNUSUAL 2

/* How much its name speaks for a Windows: less is more. */
static unsigned
rank_of(const char *name)
{
	return text_same(name, "WINDOWS") ? 0
	       : text_same(name, "WINNT") ? 1
	                                  : RANK_UNUSUAL;
}

/* Under the name that Windows gives it, it is one even where it cannot be read. */
static bool
is_windows(struct volume *v, const char *name)
{
	enum heard heard = is_utf8(name) ? has_system(v, name) : HEARD_NOTHING;

	return rank_of(name) < RANK_UNUSUAL ? heard != HEARD_NOTHING : heard == HEARD;
}

static void
note_windows(struct offline *o, size_t volume, const char *name)
{
	struct windows_place *w = &o->windows[o->windows_count];

	if (o->windows_count >= WINDOWS_PLACES_MOST ||
	    !text_copy(w->folder, sizeof w->folder, name))
		return;
	w->volume = volume;
	w->rank = rank_of(name);
	o->windows_count++;
}

static void
find_on(struct offline *o, size_t volume)
{
	struct volume *v = o->volumes[volume];
	struct file_list root = { .count = 0 };
	size_t tried = 0;

	if (v->ops->list(v, "", &root) != HEARD)
		offline_tell_damage(o, v->called, "%s", v->why);
	for (size_t i = 0; i < root.count; i++) {
		const struct file_entry *e = &root.at[i];

		if (rank_of(e->name) == RANK_UNUSUAL &&
		    (!e->is_folder || tried++ >= FOLDERS_TRIED_MOST))
			continue;
		if (!e->is_file && is_windows(v, e->name))
			note_windows(o, volume, e->name);
	}
	file_list_free(&root);
}

/* The first is the one that is looked at, however a folder lists its names. */
static int
by_rank(const void *a, const void *b)
{
	const struct windows_place *one = a;
	const struct windows_place *other = b;

	if (one->volume != other->volume)
		return one->volume < other->volume ? -1 : 1;
	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	return strcmp(one->folder, other->folder);
}

static void
find_windows(struct offline *o)
{
	for (size_t i = 0; i < o->volume_count; i++)
		find_on(o, i);
	qsort(o->windows, o->windows_count, sizeof *o->windows, by_rank);
}

/* ---- what was named */

static enum err
refuse(char why[WHY_ROOM], const char *path, const char *what)
{
	char words[WHY_ROOM];

	(void)snprintf(words, sizeof words, "cannot look at %s: %s", path, what);
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return ERR_REFUSED;
}

/*
 * The user named Windows' own folder: the volume is the folder that it lies in,
 * since users' hives and programs are beside it.
 */
static enum err
go_up(struct offline *o, const char *path, char why[WHY_ROOM])
{
	OWN(own_mem) char *real = realpath(path, NULL);
	char *slash = real ? strrchr(real, '/') : NULL;
	struct volume *above = NULL;

	if (!slash || !slash[1])
		return OK; /* the root of this system */
	const char *name = slash + 1;
	*slash = '\0';
	TRY(volume_tree_open(real[0] ? real : "/", &above, why));
	if (!is_utf8(name) || has_system(above, name) != HEARD) {
		volume_free(above);
		return refuse(why, path,
		              "it is a Windows folder without its drive; name the "
		              "folder that holds it");
	}
	note_windows(o, 0, name);
	volume_free(o->volumes[0]);
	o->volumes[0] = above;
	return OK;
}

static enum err
find_in_folder(struct offline *o, const char *path, char why[WHY_ROOM])
{
	TRY(volume_tree_open(path, &o->volumes[0], why));
	o->volume_count = 1;
	find_windows(o);
	if (o->windows_count == 0 && has_system(o->volumes[0], "") == HEARD)
		return go_up(o, path, why);
	return OK;
}

enum err
offline_find(struct offline *o, const char *path, char why[WHY_ROOM])
{
	struct stat s;

	/* What is not there is refused as a folder. */
	if (stat(path, &s) != 0 || S_ISDIR(s.st_mode))
		return find_in_folder(o, path, why);
	if (!S_ISREG(s.st_mode) && !S_ISBLK(s.st_mode))
		return refuse(
		    why, path,
		    "it is a pipe, a socket or a device without blocks; name a "
		    "mounted volume, a folder, or an image of a disk");
	if (S_ISREG(s.st_mode) && s.st_size == 0)
		return refuse(why, path, "it is empty; name the whole image");
	TRY(volume_image_open(path, o->volumes, MACHINE_DRIVES_MOST, &o->volume_count,
	                      why));
	find_windows(o);
	return OK;
}

/* ---- letters */

void
offline_give_letters(struct offline *o, char letter)
{
	struct machine *m = &o->machine;
	size_t home = o->windows_count > 0 ? o->windows[0].volume : 0;
	unsigned first = (unsigned)((letter | 0x20) - 'a');
	unsigned next = first;

	m->drive_count = o->volume_count;
	for (size_t i = 0; i < o->volume_count; i++) {
		bool is_home = i == home;

		next = is_home ? next : (next + 1) % 26;
		(void)snprintf(m->drives[i].root, sizeof m->drives[i].root, "%c:\\",
		               'A' + (char)(is_home ? first : next));
		(void)text_copy_utf8(m->drives[i].called, sizeof m->drives[i].called,
		                     o->volumes[i]->called);
	}
	if (o->windows_count > 0)
		(void)path_join(m->windows, sizeof m->windows, m->drives[home].root,
		                o->windows[0].folder);
}

void
offline_tell_other_windows(struct offline *o)
{
	for (size_t i = 1; i < o->windows_count; i++) {
		const struct windows_place *w = &o->windows[i];
		char folder[PATH_ROOM];
		char path[PATH_ROOM];

		if (path_join(folder, sizeof folder, o->machine.drives[w->volume].root,
		              w->folder) &&
		    path_join(path, sizeof path, folder, SYSTEM_FILE))
			offline_tell_damage(
			    o, path,
			    "it is of another Windows than %s, and was not looked at; "
			    "mount its volume and name its folder to look at it",
			    o->machine.windows);
	}
}

enum heard
offline_place(struct offline *o, const char *path, struct volume **volume,
              const char **rest)
{
	struct machine *m = &o->machine;
	char letter[2] = { path[0], '\0' };

	if (!path[0] || path[1] != ':' || (path[2] && !strchr("\\/", path[2])))
		return machine_because(
		    m, NOT_ASKED, "%s is no path on a drive of this machine", path);
	for (size_t i = 0; i < m->drive_count; i++) {
		char its[2] = { m->drives[i].root[0], '\0' };

		if (!text_same(letter, its))
			continue;
		*volume = o->volumes[i];
		*rest = path + (path[2] ? 3 : 2);
		return HEARD;
	}
	return machine_because(m, NOT_ASKED,
	                       "%s lies on a drive that is no part of %s; look at that "
	                       "drive by itself",
	                       path, m->called);
}
