/*
 * The worm on drives: a copy in a made-up waste bin, and an autorun.inf that lets
 * rundll32 start it.  The two together are the worm's; each alone is a strong sign.
 *
 * What fools it: other worms of the time hid in RECYCLER as well, mostly as .exe
 * files, which are passed over here.  A folder called autorun.inf is a vaccine and
 * no sign.  Genuine bins (a valid SID) are never looked into: what a user has thrown
 * away may be anything.  What it cannot see: a copy whose autorun.inf somebody has
 * deleted, in a bin with a valid SID.
 */
#include "look/removable.h"

#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/autorun_inf.h"
#include "look/rundll.h"

#define DETECTOR "removable"
#define PE_FINDINGS_MOST 8 /* a drive; the others are counted */

/* Does the file begin as a program does? */
static enum heard
is_program(struct machine *m, const char *path, bool *is)
{
	OWN(buf_free) struct buf head = { .ceiling = 2 };
	enum heard heard = machine_head(m, path, 2, &head);

	*is = heard == HEARD && span_is(buf_span(&head), "MZ", 2);
	return heard;
}

/* ---- autorun.inf */

struct start { /* what an autorun.inf makes rundll32 start */
	bool is_there;
	char command[AUTORUN_INF_TEXT_ROOM];
	struct recycler_target target;
};

/* The first that starts something in a bin; a made-up bin goes before. */
static struct start
find_start(struct autorun_inf *inf)
{
	struct start found = { .is_there = false };
	struct autorun_line line;
	struct rundll_call call;
	struct recycler_target target;

	while (autorun_inf_next(inf, &line)) {
		if (!autorun_key_starts(line.key) ||
		    !rundll_call_read(line.value, &call) ||
		    !recycler_target_read(call.target, &target))
			continue;
		if (found.is_there && (found.target.is_made_up || !target.is_made_up))
			continue;
		found.is_there = true;
		found.target = target;
		(void)text_copy(found.command, sizeof found.command, line.value);
	}
	return found;
}

/* In such a place any program is the worm that does not speak against it. */
static bool
may_be_worm(const struct file_judged *file)
{
	const unsigned against = TRAIT_NOT_PE | TRAIT_VERSIONED | TRAIT_SIGNED;

	return file->is != FILE_IS_UNREAD && file->is != FILE_IS_ABSENT &&
	       !(file->traits & against);
}

struct walk {
	const struct inside *in;
	const char *root;
	removable_seen *seen;
	void *with;
};

/* The autorun.inf at `place` makes rundll32 start something in a bin. */
static enum err
judge_start(const struct walk *w, const char *place, const struct start *start)
{
	struct removable_found f = { .place = place,
		                     .command = start->command,
		                     .target = start->target,
		                     .target_heard = HEARD_NOTHING,
		                     .file = { .is = FILE_IS_ABSENT } };

	if (path_join(f.target_path, sizeof f.target_path, w->root, start->target.path))
		f.target_heard = is_program(w->in->machine, f.target_path,
		                            &f.target_is_program);
	TRY(look_unread(w->in, DETECTOR, f.target_path, f.target_heard));
	if (f.target_is_program)
		worm_file_judge(w->in, f.target_path, TRAIT_NAMED, &f.file);
	bool is_worm = f.target_is_program &&
	               (f.file.is == FILE_IS_WORM ||
	                (start->target.is_made_up && start->target.has_worm_name &&
	                 may_be_worm(&f.file)));
	f.trace = is_worm ? "autorun-worm" : "autorun-suspect";
	return w->seen(w->with, &f);
}

static enum err
look_at_autorun(const struct walk *w)
{
	const struct inside *in = w->in;
	OWN(buf_free) struct buf bytes = { .ceiling = AUTORUN_INF_BYTES_MOST };
	struct file_facts facts;
	char path[PATH_ROOM];

	if (!path_join(path, sizeof path, w->root, "autorun.inf"))
		return OK;
	enum heard heard = machine_stat(in->machine, path, &facts);
	if (heard == HEARD && facts.is_folder)
		return OK; /* a vaccine */
	if (heard == HEARD)
		heard = machine_head(in->machine, path, AUTORUN_INF_BYTES_MOST, &bytes);
	if (heard != HEARD)
		return look_unread(in, DETECTOR, path, heard);

	struct autorun_inf inf = autorun_inf_of(buf_span(&bytes));
	struct start start = find_start(&inf);
	if (start.is_there)
		return judge_start(w, path, &start);
	if (autorun_inf_is_noise(&inf, bytes.len)) {
		const struct removable_found f = { .trace = "autorun-suspect",
			                           .place = path,
			                           .comment_bytes = inf.comment_bytes,
			                           .control_bytes = inf.control_bytes };

		return w->seen(w->with, &f);
	}
	if (facts.size <= AUTORUN_INF_BYTES_MOST)
		return OK;
	return look_unread(in, DETECTOR, path,
	                   machine_because(in->machine, HEARD_SHORT,
	                                   "it is larger than any autorun.inf, and "
	                                   "only its first %u KB were looked at; see "
	                                   "what else is in it",
	                                   AUTORUN_INF_BYTES_MOST / 1024));
}

/* ---- made-up bins */

static enum err
look_at_file(const struct walk *w, const char *path)
{
	struct removable_found f = { .trace = "recycler-pe", .place = path };
	bool is = false;
	enum heard heard = is_program(w->in->machine, path, &is);

	if (heard != HEARD)
		return look_unread(w->in, DETECTOR, path, heard);
	if (!is)
		return OK;
	worm_file_judge(w->in, path, 0, &f.file);
	return w->seen(w->with, &f);
}

static enum err
look_into_bin(const struct walk *w, const char *folder)
{
	OWN(file_list_free) struct file_list files = { .count = 0 };
	char path[PATH_ROOM];
	enum heard heard = machine_list(w->in->machine, folder, &files);

	TRY(look_unread(w->in, DETECTOR, folder, heard));
	for (size_t i = 0; i < files.count; i++) {
		const struct file_entry *e = &files.at[i];

		if (!e->is_folder && recycler_is_worm_name(e->name) &&
		    path_join(path, sizeof path, folder, e->name))
			TRY(look_at_file(w, path));
	}
	return OK;
}

static enum err
look_at_bins(const struct walk *w, const char *name)
{
	OWN(file_list_free) struct file_list bins = { .count = 0 };
	struct machine *m = w->in->machine;
	struct file_facts facts;
	char folder[PATH_ROOM];
	char bin[PATH_ROOM];

	if (!path_join(folder, sizeof folder, w->root, name))
		return OK;
	enum heard heard = machine_stat(m, folder, &facts);
	if (heard == HEARD && !facts.is_folder && !facts.is_link)
		return OK;
	if (heard == HEARD)
		heard = machine_list(m, folder, &bins);
	TRY(look_unread(w->in, DETECTOR, folder, heard));
	for (size_t i = 0; i < bins.count; i++) {
		const struct file_entry *e = &bins.at[i];

		if (!e->is_file && recycler_is_made_up(e->name) &&
		    path_join(bin, sizeof bin, folder, e->name))
			TRY(look_into_bin(w, bin));
	}
	return OK;
}

enum err
removable_each(const struct inside *in, const struct machine_drive *drive,
               removable_seen *seen, void *with)
{
	const struct walk w = {
		.in = in, .root = drive->root, .seen = seen, .with = with
	};

	TRY(look_at_autorun(&w));
	TRY(look_at_bins(&w, "RECYCLER"));
	return look_at_bins(&w, "RECYCLED");
}

/* ---- the detector */

struct telling {
	const struct inside *in;
	size_t programs; /* found in bins of this drive */
	struct finding *last;
};

static void
tell_start(const struct inside *in, const struct removable_found *found)
{
	struct finding *f = look_found(in, found->trace, found->place);

	if (!found->command) {
		finding_text(f, "command", "none that can be read");
		finding_number(f, "comment_bytes", (int64_t)found->comment_bytes);
		finding_number(f, "control_bytes", (int64_t)found->control_bytes);
		return;
	}
	finding_text(f, "command", found->command);
	finding_text(f, "target",
	             found->target_is_program               ? found->target_path
	             : found->target_heard == HEARD_NOTHING ? "not there"
	             : found->target_heard == HEARD         ? "there, and no program"
	                                            : "there, and not readable");
	if (found->target_is_program)
		worm_file_evidence(f, &found->file);
}

static enum err
tell(void *with, const struct removable_found *found)
{
	struct telling *t = with;

	if (strcmp(found->trace, "recycler-pe") != 0) {
		tell_start(t->in, found);
	} else if (t->programs++ < PE_FINDINGS_MOST) {
		t->last = look_found(t->in, found->trace, found->place);
		worm_file_evidence(t->last, &found->file);
	}
	return OK;
}

enum err
removable_drive(const struct inside *in, const struct machine_drive *drive)
{
	struct telling t = { .in = in };

	TRY(removable_each(in, drive, tell, &t));
	if (t.programs > PE_FINDINGS_MOST)
		finding_number(t.last, "more",
		               (int64_t)(t.programs - PE_FINDINGS_MOST));
	return OK;
}

enum err
look_removable(const struct inside *in)
{
	for (size_t i = 0; i < in->machine->drive_count; i++)
		TRY(removable_drive(in, &in->machine->drives[i]));
	return removable_mounts(in);
}
