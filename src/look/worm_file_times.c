/*
 * The worm gives its file the times of the machine's kernel32.dll.  The kernel32 of
 * that day may have been replaced since, so its copies are asked as well.  The time
 * at which the name was made, and that of the last change of the file's entry, stay
 * true.  The time of the last reading moves on and is not compared.
 *
 * What fools it: an image whose files were all given one time.  Where another of
 * Windows' own files was created and written in the same 100 nanoseconds as a
 * kernel32, that one tells nothing.
 */
#include <string.h>

#include "base/text.h"
#include "look/worm_file_parts.h"

#define DAY (24ull * 3600 * 10000000)

static void
add(struct kernel32_times *t, const struct file_facts *facts)
{
	if (!facts->has_times || facts->times.created == 0 ||
	    t->count == KERNEL32_COPIES_MOST)
		return;
	t->at[t->count].created = facts->times.created;
	t->at[t->count].written = facts->times.written;
	t->count++;
}

static void
ask(const struct inside *in, struct kernel32_times *t, const char *folder)
{
	char path[PATH_ROOM];
	struct file_facts facts;

	if (path_join(path, sizeof path, folder, "kernel32.dll") &&
	    machine_stat(in->machine, path, &facts) == HEARD)
		add(t, &facts);
}

/* Folders below `above` whose names begin with one of these. */
static void
ask_below(const struct inside *in, struct kernel32_times *t, const char *above,
          const char *const *beginnings, size_t count)
{
	struct file_list list;
	char folder[PATH_ROOM];

	if (machine_list(in->machine, above, &list) == HEARD) {
		for (size_t i = 0; i < list.count * count; i++) {
			const struct file_entry *e = &list.at[i / count];

			if (e->is_folder &&
			    text_begins(e->name, beginnings[i % count]) &&
			    path_join(folder, sizeof folder, above, e->name))
				ask(in, t, folder);
		}
	}
	file_list_free(&list);
}

/* Drops those that another file of Windows shares. */
static void
drop_common(const struct inside *in, struct kernel32_times *t)
{
	static const char *const others[] = { "advapi32.dll", "gdi32.dll", "ntdll.dll",
		                              "user32.dll" };
	char path[PATH_ROOM];
	struct file_facts facts;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (!path_join(path, sizeof path, in->windows->system32, others[i]) ||
		    machine_stat(in->machine, path, &facts) != HEARD)
			continue;
		for (size_t k = 0; k < t->count; k++) {
			if (t->at[k].created == facts.times.created &&
			    t->at[k].written == facts.times.written)
				t->at[k--] = t->at[--t->count];
		}
	}
}

static void
find(const struct inside *in, struct kernel32_times *t)
{
	static const char *const updates[] = { "$NtServicePackUninstall",
		                               "$NtUninstallKB" };
	static const char *const side[] = { "amd64_microsoft-windows-kernel32_",
		                            "wow64_microsoft-windows-kernel32_",
		                            "x86_microsoft-windows-kernel32_" };
	static const char *const below[] = { "system32\\dllcache",
		                             "ServicePackFiles\\i386", "SysWOW64" };
	const char *root = in->windows->root;
	char folder[PATH_ROOM];

	t->looked = true;
	ask(in, t, in->windows->system32);
	for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
		if (path_join(folder, sizeof folder, root, below[i]))
			ask(in, t, folder);
	}
	ask_below(in, t, root, updates, sizeof updates / sizeof *updates);
	if (path_join(folder, sizeof folder, root, "winsxs"))
		ask_below(in, t, folder, side, sizeof side / sizeof *side);
	drop_common(in, t);
}

bool
worm_file_is_time_twin(const struct inside *in, struct kernel32_times *t,
                       const char *path, const struct file_facts *facts)
{
	const struct file_times *times = &facts->times;
	uint64_t copied = times->created > times->written ? times->created
	                                                  : times->written;
	bool came_later = (facts->has_name_times &&
	                   facts->name_times.created > copied + DAY) ||
	                  times->changed > copied + DAY;

	if (!in->machine->can.times || !facts->has_times || !came_later ||
	    text_same(worm_file_base(path), "kernel32.dll"))
		return false;
	if (!t->looked)
		find(in, t);
	for (size_t i = 0; i < t->count; i++) {
		if (t->at[i].created == times->created &&
		    t->at[i].written == times->written)
			return true;
	}
	return false;
}
