/*
 * Files: those that a service, a Run value, a task or a drive led to, those that the
 * sweep finds, and copies.  A copy that has nothing but its place (a download, an "x")
 * goes where its content is that of a file that goes for reasons of its own.
 */
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/recycler.h"
#include "look/worm_files.h"
#include "mend/plan_parts.h"
#include "mend/standing.h"

/* ---- the sweep */

static enum err
take_swept(void *with, const char *trace, const char *path, const struct file_judged *j)
{
	struct planner *p = with;
	bool is_weak = strcmp(trace, "file-x") == 0 ||
	               strcmp(trace, "file-cached-download") == 0;

	if (j->is == FILE_IS_WORM || is_weak) {
		planner_file(p, path, trace, j, is_weak);
	} else if (j->is != FILE_IS_UNREAD && !planner_has_file(p, path)) {
		/* Suspect; it goes at once where it is a copy of what is worse. */
		planner_file(p, path, trace, j, !p->wishes.suspects);
	}
	return OK;
}

/* ---- copies */

static bool
hash_of(struct planner *p, const char *path, char out[SHA256_TEXT])
{
	struct change c = { .kind = CHANGE_QUARANTINE };

	return text_copy(c.target, sizeof c.target, path) &&
	       standing_of(p->in.machine, &c, out) == HEARD && out[0];
}

/* It is surely the worm's, and goes for that. */
static bool
is_original(const struct planned_file *f)
{
	return !f->is_weak && f->file.sha256[0] &&
	       (f->file.is == FILE_IS_WORM || strcmp(f->why, "autorun-worm") == 0);
}

/* A file that goes for reasons of its own, with this content; NULL: none. */
static const struct planned_file *
original_of(struct planner *p, const char *path, uint64_t size)
{
	char sha256[SHA256_TEXT] = "";

	for (size_t i = 0; i < p->file_count; i++) {
		const struct planned_file *f = &p->files[i];

		if (!is_original(f) || f->file.facts.size != size ||
		    text_same(f->path, path))
			continue;
		if (!sha256[0] && !hash_of(p, path, sha256))
			return NULL;
		if (strcmp(sha256, f->file.sha256) == 0)
			return f;
	}
	return NULL;
}

static enum err
look_for_copies(struct planner *p, const char *folder)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	char path[PATH_ROOM];

	if (machine_list(p->in.machine, folder, &list) != HEARD)
		return machine_failed(p->in.machine) ? ERR_MEMORY : OK;
	for (size_t i = 0; i < list.count; i++) {
		struct file_judged j;

		if (!list.at[i].is_file ||
		    !path_join(path, sizeof path, folder, list.at[i].name) ||
		    planner_has_file(p, path) || !original_of(p, path, list.at[i].size))
			continue;
		worm_file_judge(&p->in, path, 0, &j);
		planner_file(p, path, "file-worm", &j, true);
	}
	return machine_failed(p->in.machine) ? ERR_MEMORY : OK;
}

/* ---- into quarantine */

/* What its place says: a made-up bin, a picture that is a program. */
static void
sign_place(struct change *c)
{
	struct recycler_target target;

	if (recycler_target_read(c->target, &target) && target.is_made_up) {
		change_sign(c, "made-up-bin");
		change_sign(c, "worm-name");
	}
	if (strcmp(c->why, "file-x") == 0 ||
	    strcmp(c->why, "file-cached-download") == 0)
		change_sign(c, "disguised");
}

static enum err
take_away(struct planner *p, const struct planned_file *f,
          const struct planned_file *original)
{
	struct change *c = planner_add(p, CHANGE_QUARANTINE, f->path, f->why);

	if (!c)
		return planner_full(p);
	change_sign_traits(c, f->file.traits);
	sign_place(c);
	if (original) {
		change_sign(c, "content-of-the-worm");
		(void)text_copy(c->like, sizeof c->like, original->path);
		change_says(c, "Put a copy of the worm's file into quarantine: %.140s",
		            f->path);
	} else {
		change_says(c, "Put the file %.180s into quarantine", f->path);
	}
	return planner_settle(p, NULL);
}

/* A file that is locked, and stays: a virus scanner could not read it either. */
static enum err
unlock(struct planner *p, const struct planned_file *f)
{
	char model[PATH_ROOM];
	bool is_beside = text_begins(f->path, p->in.windows->system32) &&
	                 strrchr(f->path, '\\') ==
	                     f->path + strlen(p->in.windows->system32);

	if (!p->is_infected || f->file.is != FILE_IS_SUSPECT || !is_beside ||
	    !(f->file.traits & TRAIT_LOCKED) ||
	    !path_join(model, sizeof model, p->in.windows->system32, "kernel32.dll"))
		return OK;
	struct change *c = planner_add(p, CHANGE_RESET_ACL, f->path, f->why);
	if (!c)
		return planner_full(p);
	(void)text_copy(c->like, sizeof c->like, model);
	change_sign_traits(c, f->file.traits);
	change_says(c, "Let administrators and virus scanners read %.120s again",
	            f->path);
	return planner_settle(p, NULL);
}

static enum err
leave(struct planner *p, const struct planned_file *f)
{
	const char *says = "Left alone: it is suspect only; have it looked at by virus "
			   "scanners. --suspects takes it away, into quarantine.";

	if (strcmp(f->why, "file-x") == 0 ||
	    strcmp(f->why, "file-cached-download") == 0)
		says = "Left alone: it is a program in an odd place, but its content "
		       "is not that of a file that is surely the worm's.";
	planner_leave(p, f->why, f->path, says);
	return unlock(p, f);
}

static enum err
settle_file(struct planner *p, const struct planned_file *f)
{
	const struct planned_file *original = NULL;

	if (!f->is_weak)
		return take_away(p, f, NULL);
	original = original_of(p, f->path, f->file.facts.size);
	if (original)
		return take_away(p, f, original);
	return leave(p, f);
}

enum err
plan_sweep(struct planner *p)
{
	const struct installation *w = p->in.windows;

	TRY(worm_files_each(&p->in, take_swept, p));
	for (size_t i = 0; i < w->place_count; i++)
		TRY(look_for_copies(p, w->places[i]));
	return OK;
}

enum err
plan_quarantine(struct planner *p)
{
	for (size_t i = 0; i < p->file_count; i++)
		TRY(settle_file(p, &p->files[i]));
	return OK;
}
