/*
 * Variants A and B fetch files over HTTP by way of Windows' own functions, which keep
 * a copy in the cache of the account under which the worm runs: SYSTEM, LocalService
 * or NetworkService.  Nobody surfs with these, so their caches are all but empty.
 */
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/worm_file_parts.h"

#define TRACE "file-cached-download"
#define TOLD_MOST 12
#define CACHES_MOST 24

struct caches {
	char at[CACHES_MOST][PATH_ROOM];
	size_t count;
};

static void
add(struct caches *c, const char *folder)
{
	char path[PATH_ROOM];

	if (c->count == CACHES_MOST ||
	    !path_join(path, sizeof path, folder, "Content.IE5"))
		return;
	for (size_t i = 0; i < c->count; i++) {
		if (text_same(c->at[i], path))
			return;
	}
	(void)text_copy(c->at[c->count++], PATH_ROOM, path);
}

static void
add_usual(struct caches *c, const char *profile)
{
	static const char *const usual[] = {
		"Local Settings\\Temporary Internet Files",
		"AppData\\Local\\Microsoft\\Windows\\Temporary Internet Files",
	};
	char folder[PATH_ROOM];

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		if (profile[0] && path_join(folder, sizeof folder, profile, usual[i]))
			add(c, folder);
	}
}

static bool
is_service_account(const struct machine_user *user)
{
	static const char *const roots[] = { "HKU\\.DEFAULT", "HKU\\S-1-5-18",
		                             "HKU\\S-1-5-19", "HKU\\S-1-5-20" };

	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		if (text_same(user->root, roots[i]))
			return true;
	}
	return false;
}

/* Where its settings put it: on a German Windows under another name. */
static void
add_user(const struct inside *in, struct caches *c, const struct machine_user *user)
{
	char key[PATH_ROOM];
	char text[PATH_ROOM];
	char folder[PATH_ROOM];

	add_usual(c, user->profile);
	if (path_join(key, sizeof key, user->root,
	              "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"
	              "User Shell Folders") &&
	    machine_text(in->machine, key, "Cache", text, sizeof text) == HEARD &&
	    look_expand(in->windows, user, text, folder, sizeof folder))
		add(c, folder);
}

static void
find(const struct inside *in, struct caches *c)
{
	static const char *const below_drive[] = {
		"Documents and Settings\\LocalService",
		"Documents and Settings\\NetworkService",
	};
	static const char *const below_root[] = {
		"system32\\config\\systemprofile",
		"SysWOW64\\config\\systemprofile",
		"ServiceProfiles\\LocalService",
		"ServiceProfiles\\NetworkService",
	};
	char folder[PATH_ROOM];

	for (size_t i = 0; i < sizeof below_root / sizeof *below_root; i++) {
		if (path_join(folder, sizeof folder, in->windows->root, below_root[i]))
			add_usual(c, folder);
	}
	for (size_t i = 0; i < sizeof below_drive / sizeof *below_drive; i++) {
		if (path_join(folder, sizeof folder, in->windows->drive,
		              below_drive[i]))
			add_usual(c, folder);
	}
	for (size_t i = 0; i < in->machine->user_count; i++) {
		if (is_service_account(&in->machine->users[i]))
			add_user(in, c, &in->machine->users[i]);
	}
}

static bool
is_picture(const char *name)
{
	static const char *const pictures[] = { ".bmp", ".gif", ".jpeg", ".jpg",
		                                ".png" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof pictures / sizeof *pictures; i++) {
		if (text_same(dot, pictures[i]))
			return true;
	}
	return false;
}

struct walk {
	const struct inside *in;
	worm_file_seen *seen; /* NULL: what is found becomes findings */
	void *with;
	size_t told;
	enum err err;
};

static void
tell_unread(struct walk *w, const char *path)
{
	if (w->seen)
		return;
	struct finding *f = look_found(w->in, "file-unread", path);
	finding_text(f, "because", machine_why(w->in->machine));
	w->told++;
}

static void
tell(struct walk *w, const char *path, uint64_t size)
{
	const struct file_judged unjudged = { .is = FILE_IS_OTHER,
		                              .facts = { .size = size } };

	w->told++;
	if (w->seen) {
		w->err = w->seen(w->with, TRACE, path, &unjudged);
		return;
	}
	finding_number(look_found(w->in, TRACE, path), "size", (int64_t)size);
}

static void
look_at_picture(struct walk *w, const char *path, uint64_t size)
{
	struct buf head;

	buf_init(&head, 2);
	enum heard heard = machine_head(w->in->machine, path, 2, &head);
	if (heard == HEARD && span_is(buf_span(&head), "MZ", 2))
		tell(w, path, size);
	else if (heard != HEARD && heard != HEARD_NOTHING)
		tell_unread(w, path);
	buf_free(&head);
}

/* A cache keeps its files in folders with drawn names. */
static void
look_in(struct walk *w, const char *folder, bool is_drawer)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	char path[PATH_ROOM];
	enum heard heard = machine_list(w->in->machine, folder, &list);

	if (heard != HEARD && heard != HEARD_NOTHING)
		tell_unread(w, folder);
	for (size_t i = 0; i < list.count && w->told < TOLD_MOST && !w->err; i++) {
		const struct file_entry *e = &list.at[i];

		if (!path_join(path, sizeof path, folder, e->name))
			continue;
		if (is_drawer && e->is_file && is_picture(e->name))
			look_at_picture(w, path, e->size);
		else if (!is_drawer && e->is_folder)
			look_in(w, path, true);
	}
}

enum err
worm_file_caches_each(const struct inside *in, worm_file_seen *seen, void *with)
{
	OWN(own_mem) struct caches *c = calloc(1, sizeof *c);
	struct walk w = { .in = in, .seen = seen, .with = with };

	if (!c)
		return ERR_MEMORY;
	find(in, c);
	for (size_t i = 0; i < c->count && w.told < TOLD_MOST && !w.err; i++)
		look_in(&w, c->at[i], false);
	return machine_failed(in->machine) ? ERR_MEMORY : w.err;
}

enum err
worm_file_look_in_caches(const struct inside *in)
{
	return worm_file_caches_each(in, NULL, NULL);
}
