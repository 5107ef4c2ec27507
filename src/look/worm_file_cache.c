/*
 * Variants A and B fetch files over HTTP by way of Windows' own functions, which keep
 * a copy in the cache of the account under which the worm runs: SYSTEM, LocalService
 * or NetworkService.  Nobody surfs with these, so their caches are all but empty.
 */
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/worm_file_parts.h"

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

static void
tell_unread(const struct inside *in, const char *path)
{
	struct finding *f = look_found(in, "file-unread", path);

	finding_text(f, "because", machine_why(in->machine));
}

/* Adds to *told where it is one, or could not be read. */
static void
look_at_picture(const struct inside *in, const char *path, uint64_t size, size_t *told)
{
	struct buf head;

	buf_init(&head, 2);
	enum heard heard = machine_head(in->machine, path, 2, &head);
	if (heard == HEARD && span_is(buf_span(&head), "MZ", 2)) {
		struct finding *f = look_found(in, "file-cached-download", path);

		finding_number(f, "size", (int64_t)size);
		++*told;
	} else if (heard != HEARD && heard != HEARD_NOTHING) {
		tell_unread(in, path);
		++*told;
	}
	buf_free(&head);
}

/* A cache keeps its files in folders with drawn names. */
static void
look_in(const struct inside *in, const char *folder, bool is_drawer, size_t *told)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	char path[PATH_ROOM];
	enum heard heard = machine_list(in->machine, folder, &list);

	if (heard != HEARD && heard != HEARD_NOTHING) {
		tell_unread(in, folder);
		++*told;
	}
	for (size_t i = 0; i < list.count && *told < TOLD_MOST; i++) {
		const struct file_entry *e = &list.at[i];

		if (!path_join(path, sizeof path, folder, e->name))
			continue;
		if (is_drawer && e->is_file && is_picture(e->name))
			look_at_picture(in, path, e->size, told);
		else if (!is_drawer && e->is_folder)
			look_in(in, path, true, told);
	}
}

enum err
worm_file_look_in_caches(const struct inside *in)
{
	OWN(own_mem) struct caches *c = calloc(1, sizeof *c);
	size_t told = 0;

	if (!c)
		return ERR_MEMORY;
	find(in, c);
	for (size_t i = 0; i < c->count && told < TOLD_MOST; i++)
		look_in(in, c->at[i], false, &told);
	return machine_failed(in->machine) ? ERR_MEMORY : OK;
}
