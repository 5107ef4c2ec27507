/*
 * Is it Windows'?  By a name that any Windows brings, by what this machine's own lists
 * and spare copies say, and by content: a spare copy with the same bytes.  A file that
 * is none of these and says which version it is is somebody's product, and not the
 * worm, who never says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "know/stock.h"
#include "mend/admit_parts.h"
#include "mend/standing.h"

#define LAYOUT_MOST (8u << 20) /* XP's has 0.5 MB */
#define SCANNED_MOST (64u << 20)
#define CHUNK 65536
#define FOLDERS_MOST 32768 /* in winsxs; Windows 7 has about 12,000 */

/* ---- layout.inf: what setup installs */

/* A line "name = …", in bytes or in UTF-16 without its zeros. */
static bool
has_line(const char *text, const char *name)
{
	size_t len = strlen(name);

	while (*text) {
		const char *at = text + strspn(text, " \t\"");

		if (text_begins(at, name)) {
			at += len;
			at += strspn(at, " \t\"");
			if (*at == '=')
				return true;
		}
		text += strcspn(text, "\r\n");
		text += strspn(text, "\r\n");
	}
	return false;
}

static bool
is_in_layout(const struct inside *in, const char *name)
{
	OWN(buf_free) struct buf bytes = { .ceiling = LAYOUT_MOST };
	OWN(buf_free) struct buf text = { .ceiling = LAYOUT_MOST + 1 };
	char path[PATH_ROOM];

	if (!path_join(path, sizeof path, in->windows->root, "inf\\layout.inf") ||
	    machine_head(in->machine, path, LAYOUT_MOST, &bytes) != HEARD)
		return false;
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.at[i] != 0)
			buf_u8(&text, bytes.at[i]);
	}
	return has_line(buf_string(&text), name);
}

/* ---- spare copies */

struct twin { /* the file that one with the same content is looked for */
	const struct inside *in;
	const char *path;
	const char *name;
	uint64_t size;
	char sha256[SHA256_TEXT]; /* made when it is first needed */
};

static bool
hash(struct machine *m, const char *path, char out[SHA256_TEXT])
{
	OWN(own_mem) struct change *c = calloc(1, sizeof *c);

	if (!c) {
		m->failed = true;
		return false;
	}
	c->kind = CHANGE_QUARANTINE;
	return text_copy(c->target, sizeof c->target, path) &&
	       standing_of(m, c, out) == HEARD && out[0];
}

static bool
is_same_content(struct twin *t, const char *other)
{
	char theirs[SHA256_TEXT];

	if (!t->sha256[0] && !hash(t->in->machine, t->path, t->sha256))
		return false;
	return hash(t->in->machine, other, theirs) && strcmp(theirs, t->sha256) == 0;
}

/* A folder of spare copies: one of the same name, or with the same content? */
static bool
has_spare(struct twin *t, const char *folder)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	char path[PATH_ROOM];

	if (machine_list(t->in->machine, folder, &list) != HEARD)
		return false;
	for (size_t i = 0; i < list.count; i++) {
		const struct file_entry *e = &list.at[i];

		if (!e->is_file || !path_join(path, sizeof path, folder, e->name) ||
		    text_same(path, t->path))
			continue;
		if (text_same(e->name, t->name))
			return true;
		if (e->size == t->size && e->size > 0 && is_same_content(t, path))
			return true;
	}
	return false;
}

/* Vista and later keep all versions of a file in folders below winsxs. */
static bool
is_in_side_by_side(const struct twin *t)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	char above[PATH_ROOM];
	char folder[PATH_ROOM];
	char path[PATH_ROOM];
	struct file_facts facts;

	if (!path_join(above, sizeof above, t->in->windows->root, "winsxs") ||
	    machine_list(t->in->machine, above, &list) != HEARD)
		return false;
	for (size_t i = 0; i < list.count && i < FOLDERS_MOST; i++) {
		if (list.at[i].is_folder &&
		    path_join(folder, sizeof folder, above, list.at[i].name) &&
		    path_join(path, sizeof path, folder, t->name) &&
		    machine_stat(t->in->machine, path, &facts) == HEARD)
			return true;
	}
	return false;
}

static bool
has_a_spare_copy(struct twin *t)
{
	static const char *const spares[] = { "system32\\dllcache",
		                              "ServicePackFiles\\i386",
		                              "ServicePackFiles\\amd64" };
	char folder[PATH_ROOM];

	for (size_t i = 0; i < sizeof spares / sizeof spares[0]; i++) {
		if (path_join(folder, sizeof folder, t->in->windows->root, spares[i]) &&
		    has_spare(t, folder))
			return true;
	}
	return is_in_side_by_side(t);
}

bool
is_stock_file(const struct inside *in, const char *path, const char **what)
{
	struct twin t = { .in = in, .path = path, .name = path_base(path) };
	struct file_facts facts;

	*what = "its name is that of a file of Windows";
	if (stock_is_file(t.name))
		return true;
	if (!in->windows->there)
		return false;
	*what = "this machine's layout.inf names it as a file of Windows";
	if (is_in_layout(in, t.name))
		return true;
	*what = "this machine has a spare copy of it, as of files of Windows";
	if (machine_stat(in->machine, path, &facts) == HEARD)
		t.size = facts.size;
	return has_a_spare_copy(&t);
}

/* ---- a version anywhere in it */

/* "VS_VERSION_INFO", as every version resource begins. */
static void
put_mark(struct buf *mark)
{
	buf_utf16(mark, "VS_VERSION_INFO");
}

enum heard
says_its_version(struct machine *m, const char *path)
{
	OWN(buf_free) struct buf mark = { .ceiling = 64 };
	OWN(own_mem) uint8_t *bytes = malloc(CHUNK);
	struct machine_file file;
	bool says = false;
	size_t got = CHUNK;

	put_mark(&mark);
	if (!bytes || mark.bad) {
		m->failed = true;
		return NOT_ASKED;
	}
	enum heard heard = machine_open(m, path, &file);
	if (heard != HEARD)
		return heard == HEARD_NOTHING ? NOT_ASKED : heard;
	uint64_t at = 0;
	/* Each piece begins before the end of the last, so that none is cut. */
	for (; heard == HEARD && !says && got == CHUNK && at < SCANNED_MOST;
	     at += CHUNK - mark.len) {
		heard = machine_read(m, &file,
		                     (struct machine_want){ at, bytes, CHUNK }, &got);
		says = heard == HEARD &&
		       span_find(span_of(bytes, got), mark.at, mark.len) != SIZE_MAX;
	}
	machine_close_file(m, &file);
	if (heard == HEARD && !says && got == CHUNK)
		return machine_because(m, NOT_ASKED,
		                       "%s is larger than 64 MB, and what is behind "
		                       "these was not searched for a version; look at "
		                       "it yourself",
		                       path);
	return heard != HEARD ? heard : says ? HEARD : HEARD_NOTHING;
}
