/*
 * A file may only be taken away where it is a program of the worm's kind: 32-bit for
 * x86, without a version and a signature, none of Windows' by name or content; and
 * where two things about it speak for the worm that do not hang on each other.
 */
#include <string.h>

#include "base/text.h"
#include "look/recycler.h"
#include "look/worm_file.h"
#include "mend/admit_parts.h"
#include "mend/standing.h"

/* ---- the path */

/* No name that Win32 or a file system would take for another one. */
static bool
is_plain_name(const char *name, size_t len)
{
	return len > 0 && len < NAME_ROOM && strcspn(name, "/:*?\"<>|") >= len &&
	       name[len - 1] != '.' && name[len - 1] != ' ';
}

static bool
is_plain_path(const struct machine *m, const char *path)
{
	bool has_drive = false;

	for (size_t i = 0; i < m->drive_count; i++)
		has_drive = has_drive || text_begins(path, m->drives[i].root);
	if (!has_drive || path[1] != ':' || path[2] != '\\')
		return false;
	for (path += 3;; path++) {
		size_t len = strcspn(path, "\\");

		if (!is_plain_name(path, len))
			return false;
		path += len;
		if (!*path)
			return true;
	}
}

/* ---- signs */

/* How many of the traits do not hang on each other: a computed name has the form of a
 * drawn one as well, and lies in one of the places. */
static unsigned
count_traits(unsigned traits)
{
	unsigned own = traits & TRAITS_FOR & ~(unsigned)TRAIT_NAMED;

	if (own & TRAIT_COMPUTED_NAME)
		own &= ~(unsigned)TRAIT_RANDOM_NAME;
	return (unsigned)__builtin_popcount(own);
}

/* The name of the folder that it lies in. */
static bool
is_in_made_up_bin(const struct inside *in, const char *path)
{
	char bin[PATH_ROOM];
	struct recycler_target target;

	for (size_t i = 0; i < in->machine->drive_count; i++) {
		const char *root = in->machine->drives[i].root;

		if (!text_begins(path, root) ||
		    !text_copy(bin, sizeof bin, path + strlen(root)))
			continue;
		return recycler_target_read(bin, &target) && target.is_made_up &&
		       target.has_worm_name;
	}
	return false;
}

/* Something that starts it: a service, a Run value, an At job, an autorun.inf. */
static bool
is_named(const struct inside *in, const char *path)
{
	return the_registry_starts(in, path) || a_task_starts(in, path) ||
	       autorun_starts(in, path);
}

/* What nobody may take away; the worm's file is none of these. */
static enum err
ask_kind(struct asked *a, const char *path, const struct file_judged *j)
{
	const char *what = "";
	bool is_loaded = false;

	if (j->is == FILE_IS_UNREAD)
		return refuse_unknown(a, "%.440s", j->because);
	if (j->traits & TRAIT_NOT_PE)
		return refuse(a, "it is no program for 32-bit Windows, as the worm is");
	if (j->traits & TRAIT_SIGNED)
		return refuse(a, "it carries a signature");
	enum heard version = j->traits & TRAIT_VERSIONED
	                         ? HEARD
	                         : says_its_version(a->in->machine, path);
	if (version != HEARD && version != HEARD_NOTHING)
		return refuse_unread(a);
	if (version == HEARD)
		return refuse(a, "it says which version it is, as the worm never does");
	if (is_stock_file(a->in, path, &what))
		return refuse(a, "%s", what);
	TRY(is_of_stock_service(a->gate, path, &is_loaded));
	if (is_loaded)
		return refuse(a, "a service of Windows loads it");
	return machine_failed(a->in->machine) ? ERR_MEMORY : OK;
}

enum err
ask_program(struct asked *a, const char *path, const struct file_judged *j)
{
	variants ignored = 0;

	if (j->is != FILE_IS_ABSENT) {
		TRY(ask_kind(a, path, j));
		a->signs += count_traits(j->traits);
		return OK;
	}
	if (worm_file_name_is_computed(a->in->windows, path_base(path), &ignored))
		a->signs++;
	return OK;
}

/* ---- another that is the worm's, with the same content */

static bool
has_same_content(struct machine *m, const struct change *c, const char *other)
{
	struct change theirs = { .kind = CHANGE_QUARANTINE };
	char one[SHA256_TEXT];
	char two[SHA256_TEXT];

	return text_copy(theirs.target, sizeof theirs.target, other) &&
	       standing_of(m, c, one) == HEARD &&
	       standing_of(m, &theirs, two) == HEARD && one[0] && two[0] &&
	       strcmp(one, two) == 0;
}

/* The other has to be the worm's by itself. */
static enum err
ask_twin(struct asked *a)
{
	const struct change *c = a->change;
	struct file_judged j;
	struct asked other = *a;

	if (text_same(c->like, c->target))
		return refuse(a, "it cannot speak for itself");
	other.signs = 0;
	worm_file_judge(a->in, c->like, WITHOUT_HASH, &j);
	if (j.is == FILE_IS_ABSENT)
		return refuse(a, "the file that it is like is not there");
	TRY(ask_program(&other, c->like, &j));
	if (other.signs < SIGNS_ASKED && is_named(a->in, c->like))
		other.signs++;
	if (is_in_made_up_bin(a->in, c->like))
		other.signs++;
	TRY(by_signs(&other));
	if (!has_same_content(a->in->machine, c, c->like))
		return refuse(a, "it has not the content of the file that it is to be "
		                 "like");
	a->signs++;
	return OK;
}

/* ---- the file */

/* In the place of a picture, or of what the break-in loads. */
static bool
is_disguised(const struct inside *in, const char *path)
{
	static const char *const pictures[] = { ".bmp", ".gif", ".jpeg", ".jpg",
		                                ".png" };
	const char *base = path_base(path);
	const char *dot = strrchr(base, '.');

	for (size_t i = 0; dot && i < sizeof pictures / sizeof *pictures; i++) {
		if (text_same(dot, pictures[i]))
			return true;
	}
	return strcmp(base, "x") == 0 &&
	       path_below(path, in->windows->system32) == base;
}

enum err
admit_file(struct asked *a)
{
	const char *path = a->change->target;
	struct file_judged j;

	if (!is_plain_path(a->in->machine, path))
		return refuse(a, "its path is not one of a file on this machine");
	if (is_at_root(a->in, path, "autorun.inf"))
		return admit_autorun_inf(a);
	worm_file_judge(a->in, path, WITHOUT_HASH, &j);
	if (j.is == FILE_IS_ABSENT)
		return refuse(a, "it is not there");
	if (j.facts.is_folder || j.facts.is_link || j.facts.is_other)
		return refuse(a, "it is no plain file");
	TRY(ask_program(a, path, &j));
	if (is_in_made_up_bin(a->in, path))
		a->signs += 2; /* the bin's name, and that of a program in it */
	/* The name of a picture may be a drawn one as well: that is one sign. */
	if (is_disguised(a->in, path) && !(j.traits & TRAIT_RANDOM_NAME))
		a->signs++;
	if (a->change->like[0])
		TRY(ask_twin(a));
	if (a->signs < SIGNS_ASKED && is_named(a->in, path))
		a->signs++;
	return by_signs(a);
}
