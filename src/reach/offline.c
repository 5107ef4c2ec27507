#include "reach/offline.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reach/offline_parts.h"

#define CURRENT_VERSION "Microsoft\\Windows NT\\CurrentVersion" /* in SOFTWARE */
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define USUAL_LETTER 'C'
#define LETTER_WITHOUT_WINDOWS 'X'

static struct offline *
offline_of(struct machine *m)
{
	return (struct offline *)m;
}

/* ---- files */

/* A volume's answer, with its reason, as the machine's. */
static enum heard
passed_on(struct machine *m, const struct volume *v, enum heard heard)
{
	if (heard != HEARD && heard != HEARD_NOTHING)
		(void)text_copy(m->why, sizeof m->why, v->why);
	return heard;
}

static enum heard
offline_stat(struct machine *m, const char *path, struct file_facts *out)
{
	struct volume *v = NULL;
	enum heard heard = offline_place(offline_of(m), path, &v, &path);

	return heard == HEARD ? passed_on(m, v, v->ops->stat(v, path, out)) : heard;
}

static enum heard
offline_list(struct machine *m, const char *path, struct file_list *out)
{
	struct volume *v = NULL;
	enum heard heard = offline_place(offline_of(m), path, &v, &path);

	return heard == HEARD ? passed_on(m, v, v->ops->list(v, path, out)) : heard;
}

static enum heard
offline_security(struct machine *m, const char *path, struct buf *out)
{
	struct volume *v = NULL;
	enum heard heard = offline_place(offline_of(m), path, &v, &path);

	return heard == HEARD ? passed_on(m, v, v->ops->security(v, path, out)) : heard;
}

static enum heard
offline_open_file(struct machine *m, const char *path, struct machine_file *out)
{
	struct offline *o = offline_of(m);
	struct volume *v = NULL;
	size_t place = 0;
	enum heard heard = offline_place(o, path, &v, &path);

	if (heard != HEARD)
		return heard;
	while (place < OPEN_FILES_MOST && o->open[place].volume)
		place++;
	if (place == OPEN_FILES_MOST)
		return machine_because(m, NOT_ASKED,
		                       "%s was not opened: too many files are open at "
		                       "once; look again",
		                       path);
	struct open_file *f = &o->open[place];
	heard = v->ops->open(v, path, &f->file);
	if (heard != HEARD)
		return passed_on(m, v, heard);
	f->volume = v;
	*out = (struct machine_file){ .size = f->file.size, .handle = place };
	return HEARD;
}

static enum heard
offline_read(struct machine *m, const struct machine_file *f, struct machine_want want,
             size_t *got)
{
	const struct open_file *open = &offline_of(m)->open[f->handle];
	struct volume *v = open->volume;

	return passed_on(m, v, v->ops->read(v, &open->file, want, got));
}

static void
offline_close_file(struct machine *m, struct machine_file *f)
{
	struct open_file *open = &offline_of(m)->open[f->handle];

	open->volume->ops->close(open->volume, &open->file);
	open->volume = NULL;
}

/* ---- the machine */

static enum heard
offline_ask_key(struct machine *m, const char *path, struct reg_key *out)
{
	return offline_key(offline_of(m), path, out);
}

static void
offline_free(struct machine *m)
{
	struct offline *o = offline_of(m);

	offline_free_hives(o);
	for (size_t i = 0; i < o->volume_count; i++)
		volume_free(o->volumes[i]);
	free(m->users);
	free(m->damaged);
	free(o);
}

static const struct machine_ops offline_ops = {
	.key = offline_ask_key,
	.stat = offline_stat,
	.list = offline_list,
	.security = offline_security,
	.open = offline_open_file,
	.read = offline_read,
	.close = offline_close_file,
	.free = offline_free,
};

bool
offline_drive_place(struct machine *m, size_t drive, struct volume_place *out)
{
	if (m->ops != &offline_ops || drive >= offline_of(m)->volume_count)
		return false;
	struct volume *v = offline_of(m)->volumes[drive];
	if (!v->ops->place)
		return false;
	v->ops->place(v, out);
	return true;
}

void
offline_forget(struct machine *m)
{
	if (m->ops != &offline_ops)
		return;
	for (size_t i = 0; i < offline_of(m)->volume_count; i++) {
		struct volume *v = offline_of(m)->volumes[i];

		if (v->ops->forget)
			v->ops->forget(v);
	}
}

const struct offline *
offline_of_machine(const struct machine *m)
{
	return m->ops == &offline_ops ? (const struct offline *)m : NULL;
}

/* ---- opening */

static void
place_hives(struct offline *o)
{
	static const struct {
		const char *root;
		const char *file;
	} hives[HIVES_OF_MACHINE] = {
		[HIVE_SYSTEM] = { "HKLM\\SYSTEM", "System32\\config\\SYSTEM" },
		[HIVE_SOFTWARE] = { "HKLM\\SOFTWARE", "System32\\config\\SOFTWARE" },
		[HIVE_SECURITY] = { "HKLM\\SECURITY", "System32\\config\\SECURITY" },
		[HIVE_SAM] = { "HKLM\\SAM", "System32\\config\\SAM" },
	};
	char path[PATH_ROOM];

	for (size_t i = 0; i < HIVES_OF_MACHINE; i++) {
		if (path_join(path, sizeof path, o->machine.windows, hives[i].file))
			(void)offline_add_hive(o, hives[i].root, path);
	}
}

/* The drive that Windows takes itself to be on: SystemRoot has it. */
static char
own_letter(struct offline *o)
{
	struct hive_place *software = &o->hives[HIVE_SOFTWARE];
	struct reg_key key = { .value_count = 0 };
	char root[PATH_ROOM];
	char why[WHY_ROOM];
	char letter = USUAL_LETTER;

	if (offline_open_hive(o, software) == HEARD &&
	    hive_key(software->hive, CURRENT_VERSION, &key, why) == HEARD &&
	    reg_text(reg_value(&key, "SystemRoot"), root, sizeof root) && root[0] &&
	    strchr(LETTERS, root[0]) && root[1] == ':')
		letter = (char)(root[0] & ~0x20);
	reg_key_free(&key);
	return letter;
}

/*
 * A plain folder has attributes of those files only that somebody gave them to:
 * where its root tells nothing, System32 may.
 */
static bool
has_attributes(struct machine *m)
{
	char folder[PATH_ROOM];
	char path[PATH_ROOM];
	struct file_list l = { .count = 0 };
	struct file_facts facts = { .size = 0 };

	if (path_join(folder, sizeof folder, m->windows, "System32"))
		(void)offline_list(m, folder, &l);
	for (size_t i = 0; i < l.count && !facts.has_attributes; i++) {
		if (path_join(path, sizeof path, folder, l.at[i].name))
			(void)offline_stat(m, path, &facts);
	}
	file_list_free(&l);
	return facts.has_attributes;
}

static void
open_windows(struct offline *o)
{
	struct machine *m = &o->machine;

	offline_give_letters(o, USUAL_LETTER);
	place_hives(o);
	char letter = own_letter(o);
	offline_give_letters(o, letter);
	for (size_t i = 0; i < o->hive_count; i++)
		o->hives[i].path[0] = letter;
	if (!m->can.attributes)
		m->can.attributes = has_attributes(m);
	offline_try_hives(o);
	offline_find_users(o);
	offline_try_hives(o);
	offline_tell_other_windows(o);
}

static struct offline *
make(const char *path)
{
	struct offline *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	o->machine.ops = &offline_ops;
	(void)text_copy_utf8(o->machine.called, sizeof o->machine.called, path);
	o->hives = calloc(HIVES_MOST, sizeof *o->hives);
	o->machine.users = calloc(MACHINE_USERS_MOST, sizeof *o->machine.users);
	if (o->hives && o->machine.users)
		return o;
	offline_free(&o->machine);
	return NULL;
}

enum err
offline_open(const char *path, struct machine **out, char why[WHY_ROOM])
{
	struct offline *o = make(path);

	*out = NULL;
	if (!o)
		return ERR_MEMORY;
	enum err err = offline_find(o, path, why);
	if (err != OK || o->volume_count == 0) {
		offline_free(&o->machine);
		return err;
	}
	struct machine *m = &o->machine;
	m->can = o->volumes[o->windows_count > 0 ? o->windows[0].volume : 0]->can;
	m->can.key_security = true;
	if (o->windows_count > 0)
		open_windows(o);
	else
		offline_give_letters(o, LETTER_WITHOUT_WINDOWS);
	if (m->failed) {
		offline_free(m);
		return ERR_MEMORY;
	}
	*out = m;
	return OK;
}
