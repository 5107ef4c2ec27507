/*
 * The worm gives its file the times of the machine's kernel32.dll.  The kernel32 of
 * that day may have been replaced since, so its copies are asked as well.  The time
 * of the last reading moves on and is not compared.
 *
 * Equal times alone say nothing: setup gives whole service packs one time.  But the
 * time at which the name was made, and that of the last change of the file's entry,
 * stay true.  Windows' own files came onto the disk together; the worm's came on a
 * day of its own.
 *
 * What fools it: a worm that came within a day of Windows.  What it cannot tell: files
 * on a disk where all were put in one go, as a restored copy has them.
 */
#include <string.h>

#include "base/text.h"
#include "look/worm_file_parts.h"

#define DAY (24ull * 3600 * 10000000)
#define KERNEL32 "kernel32.dll"

/*
 * When it came: a file that was renamed may have the copied times as the times of its
 * name too, so what is no later than these is not believed.
 */
static uint64_t
came(const struct file_facts *facts)
{
	const struct file_times *t = &facts->times;
	uint64_t copied = t->created > t->written ? t->created : t->written;

	if (facts->has_name_times && facts->name_times.created > copied + DAY)
		return facts->name_times.created;
	return t->changed > copied + DAY ? t->changed : 0;
}

static void
ask(const struct inside *in, struct stock_times *t, const char *folder,
    const char *name)
{
	char path[PATH_ROOM];
	struct file_facts facts;

	if (t->count == STOCK_MOST || !path_join(path, sizeof path, folder, name) ||
	    machine_stat(in->machine, path, &facts) != HEARD || !facts.has_times)
		return;
	t->at[t->count++] = (struct stock_time){
		.is_kernel32 = strcmp(name, KERNEL32) == 0,
		.created = facts.times.created,
		.written = facts.times.written,
		.came = came(&facts),
	};
}

/* Folders below `above` whose names begin with one of these. */
static void
ask_below(const struct inside *in, struct stock_times *t, const char *above,
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
				ask(in, t, folder, KERNEL32);
		}
	}
	file_list_free(&list);
}

static void
find(const struct inside *in, struct stock_times *t)
{
	static const char *const system32[] = { KERNEL32,      "advapi32.dll",
		                                "gdi32.dll",   "ntdll.dll",
		                                "shell32.dll", "user32.dll" };
	static const char *const below[] = { "system32\\dllcache",
		                             "ServicePackFiles\\i386", "SysWOW64" };
	static const char *const updates[] = { "$NtServicePackUninstall",
		                               "$NtUninstallKB" };
	static const char *const side[] = { "amd64_microsoft-windows-kernel32_",
		                            "wow64_microsoft-windows-kernel32_",
		                            "x86_microsoft-windows-kernel32_" };
	const char *root = in->windows->root;
	char folder[PATH_ROOM];

	t->looked = true;
	for (size_t i = 0; i < sizeof system32 / sizeof *system32; i++)
		ask(in, t, in->windows->system32, system32[i]);
	for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
		if (path_join(folder, sizeof folder, root, below[i]))
			ask(in, t, folder, KERNEL32);
	}
	ask_below(in, t, root, updates, sizeof updates / sizeof *updates);
	if (path_join(folder, sizeof folder, root, "winsxs"))
		ask_below(in, t, folder, side, sizeof side / sizeof *side);
}

static bool
is_within_a_day(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) <= DAY;
}

bool
worm_file_is_time_twin(const struct inside *in, struct stock_times *t, const char *path,
                       const struct file_facts *facts)
{
	uint64_t when = came(facts);
	bool is_twin = false;

	if (!in->machine->can.times || !facts->has_times || when == 0 ||
	    text_same(worm_file_base(path), KERNEL32))
		return false;
	if (!t->looked)
		find(in, t);
	for (size_t i = 0; i < t->count; i++) {
		const struct stock_time *stock = &t->at[i];

		if (stock->created != facts->times.created ||
		    stock->written != facts->times.written)
			continue;
		if (stock->came != 0 && is_within_a_day(stock->came, when))
			return false;
		is_twin = is_twin || stock->is_kernel32;
	}
	return is_twin;
}
