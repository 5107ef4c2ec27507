/*
 * Are the updates in place that close the worm's door (KB958644) and the ones that
 * are named beside it, and those that make Autorun obey its setting?
 *
 * What fools it: a file whose version resource was forged.  The worm mends the hole
 * in memory only, for itself: files and registry stay as they were, so what is said
 * here holds on infected machines too.  What it cannot see: whether a process that
 * was started before the update still runs the old code.
 */
#include <stdio.h>

#include "base/text.h"
#include "look/defences.h"
#include "look/patch_decide.h"
#include "look/patch_read.h"
#include "look/patch_words.h"

static enum processor
processor_of(const struct installation *w)
{
	return w->is_ia64 ? PROCESSOR_IA64 : w->is_x64 ? PROCESSOR_X64 : PROCESSOR_X86;
}

static struct windows_told
told_by(const struct installation *w)
{
	return (struct windows_told){ .major = w->major,
		                      .minor = w->minor,
		                      .build = w->build,
		                      .service_pack = w->has_service_pack
		                                          ? w->service_pack
		                                          : 0,
		                      .is_server = w->is_server,
		                      .is_embedded = w->is_embedded,
		                      .processor = processor_of(w) };
}

/* A file below the folder of Windows, that two names lead to. */
static void
read_below(const struct inside *in, const char *folder, const char *name,
           enum processor processor, struct patch_file *out)
{
	char below[PATH_ROOM];
	char path[PATH_ROOM];

	if (path_join(below, sizeof below, in->windows->root, folder) &&
	    path_join(path, sizeof path, below, name))
		patch_file_read(in, path, name, processor, out);
}

static void
read_files(const struct inside *in, const struct patch_row *row, struct patch_facts *f)
{
	char path[PATH_ROOM];

	if (!path_join(path, sizeof path, in->windows->root, row->path))
		return;
	patch_file_read(in, path, row->file, f->told.processor, &f->file);
	if (row->wow64)
		read_below(in, "SysWOW64", row->file, PROCESSOR_X86, &f->wow64);
	if (f->told.major < 6)
		read_below(in, "System32\\dllcache", row->file, f->told.processor,
		           &f->cache);
}

static bool
has_ntdll(const struct inside *in)
{
	struct file_facts facts;
	char path[PATH_ROOM];

	return path_join(path, sizeof path, in->windows->system32, "ntdll.dll") &&
	       machine_stat(in->machine, path, &facts) == HEARD;
}

static enum err
add_status(const struct patch_facts *f, const struct patch_decided *d,
           const char *language, struct statuses *out)
{
	struct status *s = statuses_add(out, STATUS_PATCH, patch_need(d));

	if (!s)
		return ERR_MEMORY;
	patch_words(f, d, language, s);
	return OK;
}

/* The facts on one update, and what they say. */
static enum err
decide(const struct inside *in, const char *kb, struct patch_claims *claims,
       struct statuses *out)
{
	struct patch_facts f = { .kb = kb,
		                 .told = told_by(in->windows),
		                 .has_service_pack = in->windows->has_service_pack,
		                 .file = { .is = PATCH_FILE_ABSENT },
		                 .wow64 = { .is = PATCH_FILE_ABSENT },
		                 .cache = { .is = PATCH_FILE_ABSENT },
		                 .claims = claims };
	const struct windows_level *level = windows_level(&f.told);
	const struct patch_row *row =
	    level ? patch_of_product(kb, level, f.told.processor) : NULL;
	char path[PATH_ROOM];
	struct patch_decided d;

	if (row && row->branch != BRANCH_NONE) {
		read_files(in, row, &f);
		f.has_ntdll = has_ntdll(in);
		f.staged = path_join(path, sizeof path, in->windows->root, row->path) &&
		           patch_is_staged(in, path, claims);
	}
	patch_decide(&f, &d);
	return add_status(&f, &d, in->windows->language, out);
}

/* No Windows, or one that does not say which it is: nothing can be decided. */
static enum err
add_untold(const char *kb, const struct installation *w, struct statuses *out)
{
	struct status *s = statuses_add(out, STATUS_PATCH, NEED_TELLING);
	const char *why = w->there ? "the registry does not say which Windows this is"
	                           : "no Windows was found here";

	if (!s)
		return ERR_MEMORY;
	status_text(s, "kb", kb);
	status_text(s, "bulletin", patch_bulletin(kb));
	status_text(s, "state", patch_state_name(PATCH_UNKNOWN));
	status_text(s, "evidence", why);
	status_text(s, "package", "");
	status_text(s, "newest", "");
	status_bool(s, "restart", false);
	(void)snprintf(s->says, sizeof s->says, "unknown (%s): %s.", patch_bulletin(kb),
	               why);
	(void)text_copy(s->next, sizeof s->next,
	                w->there ? "Read its SOFTWARE hive as root, or mend it, and "
	                           "look again; until then treat the update as missing."
	                         : "Name the volume or folder that holds the Windows.");
	return OK;
}

/* The ones that close holes come first; the others are about Autorun. */
#define CLOSING_HOLES 3

enum err
defence_patches(const struct inside *in, struct statuses *out)
{
	const struct installation *w = in->windows;
	const struct windows_told told = told_by(w);
	const struct windows_level *level = windows_level(&told);
	struct patch_claims claims;

	if (!w->there || !w->has_version) {
		for (size_t i = 0; i < CLOSING_HOLES; i++)
			TRY(add_untold(patches_asked[i], w, out));
		return OK;
	}
	patch_claims_read(in, &claims);
	for (size_t i = 0; i < PATCHES_ASKED; i++) {
		const char *kb = patches_asked[i];

		if (level ? windows_needs(level, kb) == NEEDS_NONE : i >= CLOSING_HOLES)
			continue;
		TRY(decide(in, kb, &claims, out));
		if (machine_failed(in->machine))
			return ERR_MEMORY;
	}
	return OK;
}
