#include "mend/ground.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "mend/ground_parts.h"
#include "reach/offline.h"
#include "reach/volume_tree_folders.h"

/* No name on Windows has one of these; a colon would name a stream. */
#define NEVER_IN_NAMES "\"*/:<>?\\|"

struct ground {
	struct volume volume; /* what folders speak of */
	struct folders folders;
	struct kept_way way;
	struct machine *machine;
	char drive[8]; /* "C:\" */
};

enum err
ground_refuse(char why[WHY_ROOM], const char *path, const char *format, ...)
{
	char words[2 * WHY_ROOM];
	char what[WHY_ROOM];
	char end[128];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(what, sizeof what, format, list);
	va_end(list);
	text_end(end, sizeof end, path);
	(void)snprintf(words, sizeof words, "cannot change %s: %s", end, what);
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return ERR_REFUSED;
}

/* ---- opening */

/* The drive that its Windows is on; a folder is the only one of its machine. */
static size_t
home_drive(const struct machine *m)
{
	for (size_t i = 0; i < m->drive_count; i++) {
		if (m->windows[0] && m->windows[0] == m->drives[i].root[0])
			return i;
	}
	return 0;
}

static void
volume_stays(struct volume *v)
{
	(void)v; /* it is a part of the ground */
}

static const struct volume_ops ground_ops = { .free = volume_stays };

/* Takes `root`. */
static enum err
make(struct machine *m, size_t drive, int root, struct ground **out)
{
	struct ground *g = calloc(1, sizeof *g);

	if (!g) {
		close(root);
		return ERR_MEMORY;
	}
	g->machine = m;
	g->volume.ops = &ground_ops;
	(void)text_copy_utf8(g->volume.called, sizeof g->volume.called,
	                     m->drives[drive].called);
	(void)text_copy(g->drive, sizeof g->drive, m->drives[drive].root);
	enum err err = folders_init(&g->folders, &g->volume, root);
	if (err == OK) {
		g->way = kept_way_of(root);
		*out = g;
	} else {
		ground_free(g);
	}
	return err;
}

enum err
ground_open(struct machine *m, struct ground **out, char why[WHY_ROOM])
{
	size_t drive = home_drive(m);
	struct volume_place place;

	*out = NULL;
	if (!offline_drive_place(m, drive, &place))
		return ground_refuse(why, m->called,
		                     "it is no folder and no mounted volume; mount it, "
		                     "and name the folder");
	if (place.root < 0)
		return ground_refuse_image(m->called, &place, why);
	TRY(ground_try_volume(m->called, place.root, why));
	int root = openat(place.root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return ground_refuse(why, m->called, "%s; is it still mounted?",
		                     strerror(errno));
	enum err err = make(m, drive, root, out);
	if (err == ERR_SYSTEM)
		return ground_refuse(why, m->called, "%s; is it still mounted?",
		                     strerror(errno));
	return err;
}

void
ground_free(struct ground *g)
{
	if (!g)
		return;
	folders_free(&g->folders);
	free(g);
}

int
ground_root(const struct ground *g)
{
	return g->folders.at[0].fd;
}

const char *
ground_called(const struct ground *g)
{
	return g->volume.called;
}

const struct kept_way *
ground_keeps(const struct ground *g)
{
	return &g->way;
}

void
ground_forget(struct ground *g)
{
	folders_forget(&g->folders);
	offline_forget(g->machine);
}

/* ---- finding */

static enum heard
because(struct ground *g, enum heard heard, char why[WHY_ROOM])
{
	(void)text_copy(why, WHY_ROOM, g->volume.why);
	return heard;
}

/* A name that may be given to something new. */
static bool
is_new_name(const char *name)
{
	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c < 0x20 || strchr(NEVER_IN_NAMES, *c))
			return false;
	}
	size_t len = strlen(name);
	return len > 0 && name[len - 1] != '.' && name[len - 1] != ' ';
}

static bool
is_parting(char c)
{
	return c == '\\' || c == '/';
}

/* Is one of the parts "." or ".."?  A plan has none. */
static bool
has_dots(const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "\\/");

		if (len > 0 && len <= 2 && strspn(path, ".") >= len)
			return true;
		path += len + (path[len] != '\0');
	}
	return false;
}

/* Splits "WINDOWS\system32\x.dll" into its folder and its name. */
struct split {
	char folder[PATH_ROOM];
	char name[NAME_ROOM];
};

static bool
split(const char *path, struct split *out)
{
	const char *end = path;

	for (const char *c = path; *c; c++) {
		if (is_parting(*c))
			end = c + 1;
	}
	size_t len = (size_t)(end - path);
	if (len >= sizeof out->folder || !text_copy(out->name, sizeof out->name, end))
		return false;
	memcpy(out->folder, path, len);
	out->folder[len] = '\0';
	return out->name[0] && !has_dots(path);
}

/* Adds the name of `way`, whose letters are those of the volume. */
static enum heard
add_spelled(struct ground *g, const char *way, char path[PATH_ROOM])
{
	struct reached at;
	char longer[PATH_ROOM];
	enum heard heard = folders_reach(&g->folders, way, &at);

	if (heard != HEARD)
		return heard;
	close(at.fd);
	if (strcmp(at.name, ".") == 0)
		return HEARD;
	if (!path_join(longer, sizeof longer, path, at.name))
		return volume_because(&g->volume, NOT_ASKED,
		                      "a path in %s is longer than any of Windows",
		                      g->volume.called);
	(void)text_copy(path, PATH_ROOM, longer);
	return HEARD;
}

/* Each folder on the way, as it is spelled. */
static enum heard
spell(struct ground *g, const char *folder, char path[PATH_ROOM])
{
	char way[PATH_ROOM];
	size_t len = strlen(folder);

	(void)text_copy(path, PATH_ROOM, g->drive);
	for (size_t i = 1; i <= len; i++) {
		if ((folder[i] && !is_parting(folder[i])) || is_parting(folder[i - 1]))
			continue;
		if (folder[i - 1] == '\\' || folder[i - 1] == '/')
			continue;
		memcpy(way, folder, i);
		way[i] = '\0';
		enum heard heard = add_spelled(g, way, path);
		if (heard != HEARD)
			return heard;
	}
	return HEARD;
}

static enum heard
no_folder(struct ground *g, const char *folder)
{
	return volume_because(&g->volume, HEARD_NOTHING, "the folder %s is not in %s",
	                      folder[0] ? folder : "\\", g->volume.called);
}

/* Nothing of this name: the folder alone. */
static enum heard
take_folder(struct ground *g, const char *folder, struct spot *out)
{
	const struct folder *at = NULL;
	enum heard heard = folders_open(&g->folders, folder, &at);

	if (heard != HEARD)
		return heard == HEARD_NOTHING ? no_folder(g, folder) : heard;
	out->folder = fcntl(at->fd, F_DUPFD_CLOEXEC, 0);
	return out->folder >= 0 ? HEARD : folders_because(&g->folders, folder, errno);
}

/* The thing, with the very folder that it was found in. */
static enum heard
take_thing(struct ground *g, const char *path, struct spot *out)
{
	struct reached at;
	enum heard heard = folders_reach(&g->folders, path, &at);

	if (heard != HEARD)
		return heard;
	out->thing = at.fd;
	out->there = text_copy(out->name, sizeof out->name, at.name);
	out->folder = fcntl(at.folder, F_DUPFD_CLOEXEC, 0);
	heard = folders_refuse(&g->folders, path, &at.stat);
	if (heard != HEARD)
		return heard;
	if (!out->there || out->folder < 0 || fstat(at.fd, &out->stat) != 0)
		return folders_because(&g->folders, path, errno);
	return HEARD;
}

static enum heard
find(struct ground *g, const char *rest, struct spot *out)
{
	struct split parts;
	char spelled[PATH_ROOM];

	if (!split(rest, &parts))
		return volume_because(&g->volume, HEARD_ODD,
		                      "%s is no path of a file in %s", rest,
		                      g->volume.called);
	(void)text_copy(out->name, sizeof out->name, parts.name);
	enum heard heard = spell(g, parts.folder, spelled);
	if (heard != HEARD)
		return heard == HEARD_NOTHING ? no_folder(g, parts.folder) : heard;
	heard = take_thing(g, rest, out);
	if (heard == HEARD_NOTHING)
		heard = take_folder(g, parts.folder, out);
	if (heard == HEARD && !out->there && !is_new_name(out->name))
		heard = volume_because(&g->volume, HEARD_ODD,
		                       "%s is no name that Windows gives to a file",
		                       out->name);
	if (heard == HEARD &&
	    !path_join(out->path, sizeof out->path, spelled, out->name))
		heard = volume_because(&g->volume, NOT_ASKED,
		                       "a path in %s is longer than any of Windows",
		                       g->volume.called);
	return heard;
}

enum heard
ground_find(struct ground *g, const char *path, struct spot *out, char why[WHY_ROOM])
{
	const char drive[2] = { path[0], '\0' };
	const char own[2] = { g->drive[0], '\0' };

	*out = (struct spot){ .folder = -1, .thing = -1 };
	if (!path[0] || path[1] != ':' || !strchr("\\/", path[2]) || !path[2] ||
	    !text_same(drive, own)) {
		(void)volume_because(&g->volume, NOT_ASKED,
		                     "%s is not on %s, which is all that is changed",
		                     path, g->drive);
		return because(g, NOT_ASKED, why);
	}
	enum heard heard = find(g, path + 3, out);
	if (heard != HEARD)
		return because(g, heard, why);
	why[0] = '\0';
	return HEARD;
}

void
spot_close(struct spot *s)
{
	if (s->folder >= 0)
		close(s->folder);
	if (s->thing >= 0)
		close(s->thing);
	s->folder = -1;
	s->thing = -1;
}
