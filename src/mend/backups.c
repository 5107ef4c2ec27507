#include "mend/backups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

#define RESTORE_POINTS_MOST 3 /* the newest */

struct finding_backups {
	const struct inside *in;
	struct backup *out;
	size_t count; /* found */
	size_t tried; /* each has a root of its own */
};

/* Which of its sets was in force. */
static void
find_set(struct machine *m, const char *root, struct backup *out)
{
	char key[64];
	uint32_t current = 1;

	(void)snprintf(key, sizeof key, "%s\\Select", root);
	if (machine_u32(m, key, "Current", &current) != HEARD || current == 0 ||
	    current > 999)
		current = 1;
	(void)snprintf(out->set, sizeof out->set, "%s\\ControlSet%03u", root, current);
}

static void
try(struct finding_backups *f, const char *file)
{
	struct machine *m = f->in->machine;
	char root[32];

	if (f->tried == BACKUPS_MOST)
		return;
	(void)snprintf(root, sizeof root, "HKLM\\confine-%zu", ++f->tried);
	if (machine_attach_hive(m, file, root) != HEARD)
		return;
	struct backup *b = &f->out[f->count++];
	(void)text_copy(b->file, sizeof b->file, file);
	find_set(m, root, b);
}

/* ---- restore points of XP */

struct points { /* newest first */
	unsigned long at[RESTORE_POINTS_MOST];
	size_t count;
};

static void
add_point(struct points *p, unsigned long number)
{
	size_t at = p->count < RESTORE_POINTS_MOST ? p->count++ : p->count - 1;

	if (at == RESTORE_POINTS_MOST - 1 && p->count == RESTORE_POINTS_MOST &&
	    p->at[at] >= number)
		return;
	for (; at > 0 && p->at[at - 1] < number; at--)
		p->at[at] = p->at[at - 1];
	p->at[at] = number;
}

static void
try_points(struct finding_backups *f, const char *folder)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	struct points points = { .count = 0 };
	char path[PATH_ROOM];

	if (machine_list(f->in->machine, folder, &list) != HEARD)
		return;
	for (size_t i = 0; i < list.count; i++) {
		const char *name = list.at[i].name;

		if (list.at[i].is_folder && text_begins(name, "RP") &&
		    strspn(name + 2, "0123456789") == strlen(name + 2) && name[2])
			add_point(&points, strtoul(name + 2, NULL, 10));
	}
	for (size_t i = 0; i < points.count; i++) {
		int len = snprintf(path, sizeof path,
		                   "%s\\RP%lu\\snapshot\\_REGISTRY_MACHINE_SYSTEM",
		                   folder, points.at[i]);

		if (len > 0 && (size_t)len < sizeof path)
			try(f, path);
	}
}

static void
try_restore(struct finding_backups *f)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	char above[PATH_ROOM];
	char folder[PATH_ROOM];

	if (!path_join(above, sizeof above, f->in->windows->drive,
	               "System Volume Information") ||
	    machine_list(f->in->machine, above, &list) != HEARD)
		return;
	for (size_t i = 0; i < list.count; i++) {
		if (list.at[i].is_folder && text_begins(list.at[i].name, "_restore{") &&
		    path_join(folder, sizeof folder, above, list.at[i].name))
			try_points(f, folder);
	}
}

size_t
backups_find(const struct inside *in, struct backup out[BACKUPS_MOST])
{
	static const char *const files[] = { "System32\\config\\RegBack\\SYSTEM",
		                             "repair\\system" };
	struct finding_backups f = { .in = in, .out = out };
	char path[PATH_ROOM];

	if (!in->windows->there)
		return 0;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		if (path_join(path, sizeof path, in->windows->root, files[i]))
			try(&f, path);
	}
	try_restore(&f);
	return f.count;
}
