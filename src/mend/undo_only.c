#include "mend/undo_only.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "mend/hive_edits.h"

static enum err
refuse(struct stage *s, const struct change *c, const char *why)
{
	(void)snprintf(s->why, sizeof s->why, "change %u, %.160s: %.260s", c->id,
	               c->target, why);
	return ERR_REFUSED;
}

static enum err
mark(struct stage *s, struct change *c)
{
	c->state = CHANGE_UNDONE;
	TRY(journal_set_change(s->journal, c));
	return journal_commit(s->journal);
}

/* ---- a file */

static enum err
undo_file(struct stage *s, const struct undo_wishes *wishes, struct change *c,
          struct step_row *row)
{
	const struct step_ops *ops = step_ops(row->kind);

	if (!ops)
		return refuse(s, c,
		              "it is of a kind that this confine does not know; "
		              "use the one that wrote the journal");
	enum stands stands = ops->look(s, row);
	if (stands == STANDS_OTHER || stands == STANDS_UNREAD)
		return ERR_REFUSED;
	if (wishes->dry_run)
		return OK;
	TRY(ops->undo(s, row));
	TRY(journal_set_step(s->journal, row->id, STEP_UNDONE));
	return mark(s, c);
}

/* ---- a hive */

static void
own_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Steps on this hive, the newest first, taken back in memory one after the other. */
struct rewind {
	struct stage *stage;
	const char *path;
	int before; /* -1: none yet */
};

static enum err
rewind_one(void *with, struct step_row *row)
{
	struct rewind *r = with;

	if (row->kind != STEP_HIVE || row->state == STEP_UNDONE ||
	    !text_same(row->path, r->path))
		return OK;
	int earlier = -1;
	TRY(step_hive_before(r->stage, row, r->before, &earlier));
	own_fd(&r->before);
	r->before = earlier;
	return OK;
}

static enum heard
key_of_hive(void *with, const struct change *c, const char *below, struct reg_key *out,
            char why[WHY_ROOM])
{
	(void)c;
	return hive_key(with, below, out, why);
}

static void
own_hive(struct hive **h)
{
	hive_free(*h);
}

static bool
stays_done(const void *with, const struct change *c)
{
	const struct change *undone = with;

	return c->id != undone->id && c->state == CHANGE_VERIFIED;
}

/* The hive as it was, with the edits that stay. */
static enum err
edit_again(struct stage *s, struct plan *plan, struct change *c, const char *path,
           struct hive_states *out)
{
	struct rewind r = { .stage = s, .path = path, .before = -1 };
	OWN(own_hive) struct hive *hive = NULL;
	OWN(hive_edits_free) struct hive_edits e = { .count = 0 };
	struct hive_state state;
	enum err err = journal_steps(s->journal, true, rewind_one, &r);
	OWN(own_fd) int before = r.before;
	struct hive_files files = { before, { -1, -1, -1 }, path };

	TRY(err);
	(void)text_copy(e.file, sizeof e.file, path);
	if (hive_open(&files, &hive, &state, s->why) != HEARD)
		return ERR_REFUSED;
	struct hive_before source = { .key = key_of_hive, .with = hive };
	TRY(hive_edits_of(s->machine, plan, stays_done, c, &e));
	TRY(hive_edits_fill(&e, &source, s->why));
	return hive_edit(&files, e.at, e.count, out, s->why) == HEARD ? OK
	                                                              : ERR_REFUSED;
}

/* What is kept already: done, read back, and marked; or put back. */
static enum err
redo(struct stage *s, struct step_row *row)
{
	enum err err = step_ops(STEP_HIVE)->apply(s, row);

	if (err == OK && step_ops(STEP_HIVE)->look(s, row) != STANDS_AFTER)
		err = ERR_REFUSED;
	if (err == OK)
		return journal_set_step(s->journal, row->id, STEP_DONE);
	/* Where that fails too, its sentence is the one that counts. */
	return step_ops(STEP_HIVE)->undo(s, row) != OK ? ERR_REFUSED : err;
}

static enum err
undo_in_hive(struct stage *s, const struct undo_wishes *wishes, struct plan *plan,
             struct change *c)
{
	OWN(hive_states_close) struct hive_states states = HIVE_STATES_NONE;
	struct step_row old;
	struct step_row new = { .id = 0 };
	bool found = false;
	char path[PATH_ROOM];

	TRY(journal_step_of(s->journal, c->id, &old, &found));
	(void)text_copy(path, sizeof path, found ? old.path : "");
	step_row_free(&old);
	TRY(edit_again(s, plan, c, path, &states));
	if (wishes->dry_run)
		return OK;
	TRY(step_keep_hive_as(s, path, states.after, &new));
	enum err err = journal_commit(s->journal);
	if (err == OK)
		err = redo(s, &new);
	step_row_free(&new);
	return err == OK ? mark(s, c) : err;
}

enum err
undo_only(struct stage *s, const struct undo_wishes *wishes, struct plan *plan)
{
	struct change *c = NULL;
	struct step_row row;
	bool found = false;

	for (size_t i = 0; i < plan->count; i++)
		c = plan->at[i].id == wishes->only ? &plan->at[i] : c;
	if (!c) {
		(void)snprintf(s->why, sizeof s->why,
		               "there is no change %u in this journal; confine undo "
		               "--list shows them",
		               wishes->only);
		return ERR_REFUSED;
	}
	if (c->state != CHANGE_VERIFIED)
		return refuse(s, c, "it is not done, so there is nothing to undo");
	if (change_is_registry(c->kind))
		return undo_in_hive(s, wishes, plan, c);
	TRY(journal_step_of(s->journal, c->id, &row, &found));
	enum err err = found ? undo_file(s, wishes, c, &row)
	                     : refuse(s, c, "the journal has no step for it");
	step_row_free(&row);
	return err;
}
