/*
 * The sweep: what lies in the places where the worm puts its file (specification
 * 1.1), whether or not anything names it.  A folder is listed once; only files with
 * a name or with attributes like the worm's are opened, and of most of these only
 * the headers and the version are read.
 *
 * What it cannot see: a file elsewhere (services, Run values and tasks lead there),
 * and in a folder without attributes and times one whose name is not drawn.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/worm_file_parts.h"
#include "look/worm_files.h"

#define UNREAD "file-unread"

/*
 * A machine has one such file, or a few.  The list of findings has to hold those of
 * the other detectors as well.
 */
#define TOLD_MOST 24

struct sweep {
	const struct inside *in;
	worm_file_seen *seen; /* NULL: what is found becomes findings */
	void *with;
	enum err err;
	struct stock_times times;
	const char *folder;
	size_t told;
	struct finding *last; /* of those that were told; NULL before */
	size_t more;          /* would have been findings too */
	size_t unread;        /* in this folder, with nothing but a drawn name */
	char first_unread[WHY_ROOM];
};

/* A finding, or NULL where there are enough of them. */
static struct finding *
tell(struct sweep *s, const char *trace, const char *path)
{
	if (s->told == TOLD_MOST) {
		s->more++;
		return NULL;
	}
	s->told++;
	s->last = look_found(s->in, trace, path);
	return s->last;
}

static void
tell_judged(struct sweep *s, const char *trace, const char *path,
            const struct file_judged *j)
{
	if (s->seen) {
		if (s->err == OK)
			s->err = s->seen(s->with, trace, path, j);
		return;
	}
	struct finding *f = tell(s, trace, path);

	if (!f)
		return;
	worm_file_evidence(f, j);
	if (j->is != FILE_IS_UNREAD)
		f->variants = j->variants;
}

/* ---- one file */

static bool
is_dll(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && text_same(name + len - 4, ".dll");
}

/* What has nothing but a drawn name is told together, and only where it is a DLL. */
static void
tell_unread(struct sweep *s, const char *path, const struct file_judged *j)
{
	if (j->traits & (TRAIT_COMPUTED_NAME | TRAIT_HIDDEN | TRAIT_LOCKED))
		tell_judged(s, UNREAD, path, j);
	else if (is_dll(path) && s->unread++ == 0)
		(void)text_copy(s->first_unread, sizeof s->first_unread, j->because);
}

/* Its name is "x", in System32, and it is no file that the rule already accuses. */
static bool
is_x(const struct sweep *s, const char *path)
{
	struct buf head;
	bool is_mz = false;

	if (strcmp(worm_file_base(path), "x") != 0 ||
	    !text_same(s->folder, s->in->windows->system32))
		return false;
	buf_init(&head, 2);
	if (machine_head(s->in->machine, path, 2, &head) == HEARD)
		is_mz = span_is(buf_span(&head), "MZ", 2);
	buf_free(&head);
	return is_mz;
}

static void
tell_file(struct sweep *s, const char *path, const struct file_judged *j)
{
	switch (j->is) {
	case FILE_IS_WORM: tell_judged(s, "file-worm", path, j); return;
	case FILE_IS_SUSPECT: tell_judged(s, "file-suspect", path, j); return;
	case FILE_IS_UNREAD: tell_unread(s, path, j); return;
	case FILE_IS_ABSENT: return; /* gone since the folder was listed */
	case FILE_IS_OTHER: break;
	}
	if (j->traits & TRAIT_COMPUTED_NAME)
		tell_judged(s, "file-computed-name", path, j);
	else if (j->traits & TRAIT_TIME_TWIN)
		tell_judged(s, "file-time-twin", path, j);
	else if (is_x(s, path))
		tell_judged(s, "file-x", path, j);
}

/* Is there anything about it, before it is opened? */
static bool
is_candidate(struct sweep *s, const char *path, const struct file_facts *facts)
{
	const uint32_t both = FILE_HIDDEN | FILE_SYSTEM;
	const char *name = worm_file_base(path);
	variants computed = 0;

	if (facts->has_attributes && (facts->attributes & both) == both)
		return true;
	return worm_file_name_is_drawn(name) || strcmp(name, "x") == 0 ||
	       worm_file_name_is_computed(s->in->windows, name, &computed) ||
	       (is_dll(name) && worm_file_is_time_twin(s->in, &s->times, path, facts));
}

static void
look_at(struct sweep *s, const struct file_entry *e)
{
	const struct machine_can *can = &s->in->machine->can;
	struct file_judged j = { .is = FILE_IS_ABSENT };
	char path[PATH_ROOM];

	if (e->is_folder || !path_join(path, sizeof path, s->folder, e->name))
		return;
	/* Without attributes and times, the name alone makes a candidate. */
	if (!can->attributes && !can->times && !is_candidate(s, path, &j.facts))
		return;
	enum heard heard = machine_stat(s->in->machine, path, &j.facts);
	if (heard == HEARD_NOTHING)
		return;
	if (heard != HEARD) {
		worm_file_judge(s->in, path, 0, &j); /* says what was in the way */
		if (is_candidate(s, path, &j.facts))
			tell_unread(s, path, &j);
		return;
	}
	if (!is_candidate(s, path, &j.facts))
		return;
	worm_file_judge_found(s->in, &s->times, path, 0, &j);
	tell_file(s, path, &j);
}

/* ---- one folder */

static void
tell_folder(struct sweep *s, const char *folder, size_t files, const char *because)
{
	struct finding *f = s->seen ? NULL : tell(s, UNREAD, folder);

	if (!f)
		return;
	if (files > 0)
		finding_number(f, "files", (int64_t)files);
	finding_text(f, "because", because);
}

static enum err
look_in(struct sweep *s, const char *folder)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	enum heard heard = machine_list(s->in->machine, folder, &list);

	s->folder = folder;
	s->unread = 0;
	if (heard != HEARD && heard != HEARD_NOTHING)
		tell_folder(s, folder, 0, machine_why(s->in->machine));
	for (size_t i = 0; i < list.count && !machine_failed(s->in->machine); i++)
		look_at(s, &list.at[i]);
	if (s->unread > 0)
		tell_folder(s, folder, s->unread, s->first_unread);
	return machine_failed(s->in->machine) ? ERR_MEMORY : OK;
}

static bool
is_looked_in(const struct installation *windows, size_t upto, const char *folder)
{
	for (size_t i = 0; i < upto; i++) {
		if (text_same(windows->places[i], folder))
			return true;
	}
	return false;
}

static enum err
look_in_places(struct sweep *s)
{
	const struct installation *windows = s->in->windows;

	for (size_t i = 0; i < windows->place_count; i++) {
		if (!is_looked_in(windows, i, windows->places[i]))
			TRY(look_in(s, windows->places[i]));
		TRY(s->err);
	}
	return OK;
}

enum err
worm_files_each(const struct inside *in, worm_file_seen *seen, void *with)
{
	struct sweep s = { .in = in, .seen = seen, .with = with };

	if (!in->windows->there)
		return OK;
	TRY(look_in_places(&s));
	return worm_file_caches_each(in, seen, with);
}

enum err
look_files(const struct inside *in)
{
	struct sweep s = { .in = in };

	if (!in->windows->there)
		return OK;
	TRY(look_in_places(&s));
	if (s.more > 0)
		finding_number(s.last, "more", (int64_t)s.more);
	return worm_file_look_in_caches(in);
}
