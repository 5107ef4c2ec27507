/* The registry of a machine that does not run: its hives, opened when asked. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "reach/offline_parts.h"

/* More than any hive of Windows up to 7 may be: they share 2 GB of address space. */
#define HIVE_MOST (1u << 29)

/* ---- damage */

void
offline_tell_damage(struct offline *o, const char *path, const char *format, ...)
{
	struct machine *m = &o->machine;
	char words[WHY_ROOM];
	char whole[PATH_ROOM + WHY_ROOM];
	char once[WHY_ROOM];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(words, sizeof words, format, list);
	va_end(list);
	(void)snprintf(whole, sizeof whole, "%s: %s", path, words);
	(void)text_copy_utf8(once, sizeof once, whole);
	for (size_t i = 0; i < m->damaged_count; i++) {
		if (strcmp(m->damaged[i], once) == 0)
			return;
	}
	void *more = realloc(m->damaged, (m->damaged_count + 1) * sizeof *m->damaged);
	if (!more) {
		m->failed = true;
		return;
	}
	m->damaged = more;
	memcpy(m->damaged[m->damaged_count++], once, sizeof once);
}

/* What opening found out, once. */
static void
tell(struct offline *o, struct hive_place *p)
{
	if (p->is_told || p->heard == HEARD_NOTHING)
		return;
	p->is_told = true;
	if (p->heard != HEARD)
		offline_tell_damage(o, p->path, "%s", p->why);
	else if (p->state.dirty && !p->state.replayed)
		offline_tell_damage(
		    o, p->path,
		    MACHINE_HIVE_DIRTY
		    " and no log of them fits; put its .LOG files beside it, or "
		    "let that Windows start and shut down without a network, then "
		    "look again (%s)",
		    p->state.note);
	else if (p->state.note[0])
		offline_tell_damage(o, p->path, "%s", p->state.note);
}

/* ---- opening */

struct hive_place *
offline_add_hive(struct offline *o, const char *root, const char *path)
{
	if (o->hive_count >= HIVES_MOST)
		return NULL;
	struct hive_place *p = &o->hives[o->hive_count];
	*p = (struct hive_place){ .used = 0 };
	if (!text_copy(p->path, sizeof p->path, path) ||
	    !text_copy_utf8(p->root, sizeof p->root, root))
		return NULL;
	o->hive_count++;
	return p;
}

/* Before one more: the user's hive that was asked longest ago is closed. */
static void
close_one(struct offline *o)
{
	struct hive_place *old = NULL;
	size_t open = 0;

	for (size_t i = 0; i < o->hive_count; i++) {
		struct hive_place *p = &o->hives[i];

		open += p->hive ? 1 : 0;
		if (p->hive && i >= HIVES_OF_MACHINE && (!old || p->used < old->used))
			old = p;
	}
	if (open < HIVES_OPEN_MOST || !old)
		return;
	hive_free(old->hive);
	old->hive = NULL;
	old->heard = 0;
}

/* A descriptor of a file of the machine; -1 where there is none to be had. */
static enum heard
descriptor(struct offline *o, const char *path, int *fd, char why[WHY_ROOM])
{
	struct volume *v = NULL;
	const char *rest = NULL;
	struct machine_file f;
	enum heard heard = offline_place(o, path, &v, &rest);

	*fd = -1;
	if (heard != HEARD) {
		(void)text_copy(why, WHY_ROOM, o->machine.why);
		return heard;
	}
	heard = v->ops->open(v, rest, &f);
	if (heard == HEARD) {
		if (f.size > HIVE_MOST)
			heard = volume_because(v, HEARD_ODD,
			                       "it is larger than a hive can be; see "
			                       "what was put in its place");
		else
			heard = v->ops->descriptor(v, &f, HIVE_MOST, fd);
		v->ops->close(v, &f);
	}
	if (heard != HEARD && heard != HEARD_NOTHING)
		(void)text_copy(why, WHY_ROOM, v->why);
	return heard;
}

enum heard
offline_open_hive(struct offline *o, struct hive_place *p)
{
	static const char *const ends[] = { ".LOG", ".LOG1", ".LOG2" };
	struct hive_files files = { .fd = -1, .called = p->path };
	char log[PATH_ROOM + 8];
	char unread[WHY_ROOM] = "";

	if (p->hive || (p->heard && p->heard != HEARD))
		return p->heard;
	close_one(o);
	p->heard = descriptor(o, p->path, &files.fd, p->why);
	if (p->heard != HEARD)
		return p->heard;
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(log, sizeof log, "%s%s", p->path, ends[i]);
		(void)descriptor(o, log, &files.logs[i], unread);
	}
	p->heard = hive_open(&files, &p->hive, &p->state, p->why);
	/* It matters where one was needed, and the others were not all. */
	if (p->state.dirty && !p->state.note[0])
		(void)text_copy(p->state.note, sizeof p->state.note, unread);
	close(files.fd);
	for (size_t i = 0; i < 3; i++) {
		if (files.logs[i] >= 0)
			close(files.logs[i]);
	}
	return p->heard;
}

void
offline_try_hives(struct offline *o)
{
	for (size_t i = 0; i < o->hive_count; i++) {
		if (i == HIVE_SECURITY || i == HIVE_SAM)
			continue;
		(void)offline_open_hive(o, &o->hives[i]);
		tell(o, &o->hives[i]);
	}
}

/* ---- those that Windows does not use */

/* The place of the one at that root; HIVES_MOST for none. */
static size_t
find_root(const struct offline *o, const char *root)
{
	size_t at = HIVES_OF_MACHINE;

	while (at < o->hive_count && !text_same(o->hives[at].root, root))
		at++;
	return at < o->hive_count ? at : HIVES_MOST;
}

/* Half of its writes may be missing: nothing is to be taken out of it. */
static enum heard
refuse_dirty(struct hive_place *p)
{
	(void)snprintf(p->why, sizeof p->why,
	               MACHINE_HIVE_DIRTY " and no log of them fits, so it is not "
	                                  "taken for a source; use another copy");
	hive_free(p->hive);
	p->hive = NULL;
	return HEARD_ODD;
}

enum heard
offline_attach(struct offline *o, const char *path, const char *root)
{
	struct machine *m = &o->machine;
	size_t at = find_root(o, root);

	if (at == HIVES_MOST && offline_add_hive(o, root, path))
		at = o->hive_count - 1;
	if (at == HIVES_MOST || !text_same(o->hives[at].path, path))
		return machine_because(m, NOT_ASKED,
		                       "%s was not looked into: too many hives are "
		                       "looked into at once",
		                       path);
	struct hive_place *p = &o->hives[at];
	p->is_told = true; /* Windows does not miss it: no damage of the machine's */
	enum heard heard = offline_open_hive(o, p);
	if (heard == HEARD && p->state.dirty && !p->state.replayed)
		heard = p->heard = refuse_dirty(p);
	if (heard == HEARD || heard == HEARD_NOTHING)
		return heard;
	return machine_because(m, heard, "%s: %s", p->path, p->why);
}

/* ---- keys */

/* The rest of `path` below `root`; NULL where it is not below. */
static const char *
below(const char *path, const char *root)
{
	size_t len = strlen(root);

	if (!text_begins(path, root) || (path[len] && path[len] != '\\'))
		return NULL;
	return path + len + (path[len] == '\\');
}

enum heard
offline_key(struct offline *o, const char *path, struct reg_key *out)
{
	struct machine *m = &o->machine;
	char why[WHY_ROOM] = "";

	if (!below(path, "HKLM") && !below(path, "HKU"))
		return machine_because(
		    m, NOT_ASKED, "%s is no key of a machine that does not run", path);
	for (size_t i = 0; i < o->hive_count; i++) {
		struct hive_place *p = &o->hives[i];
		const char *rest = below(path, p->root);

		if (!rest)
			continue;
		p->used = ++o->uses;
		enum heard heard = offline_open_hive(o, p);
		tell(o, p);
		if (heard == HEARD_NOTHING)
			return heard;
		if (heard != HEARD)
			return machine_because(m, heard, "%s: %s", p->path, p->why);
		heard = hive_key(p->hive, rest, out, why);
		if (heard == HEARD || heard == HEARD_NOTHING)
			return heard;
		return machine_because(m, heard, "%s", why);
	}
	return HEARD_NOTHING;
}

bool
offline_hive_of(const struct machine *m, const char *key, struct offline_hive *out)
{
	const struct offline *o = offline_of_machine(m);

	for (size_t i = 0; o && i < o->hive_count; i++) {
		const char *rest = below(key, o->hives[i].root);

		if (rest)
			return text_copy(out->file, sizeof out->file,
			                 o->hives[i].path) &&
			       text_copy(out->below, sizeof out->below, rest);
	}
	return false;
}

void
offline_free_hives(struct offline *o)
{
	for (size_t i = 0; i < o->hive_count; i++)
		hive_dismiss(o->hives[i].hive);
	for (size_t i = 0; i < o->hive_count; i++)
		hive_free(o->hives[i].hive);
	free(o->hives);
}
