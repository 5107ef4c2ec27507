/*
 * The order is the promise: ask again, keep, commit, apply, read back.  Every change of
 * every command comes through here.
 */
#include "mend/carry_out.h"

#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "mend/admit.h"
#include "mend/standing.h"
#include "mend/works.h"

/* One plan under way. */
struct under_way {
	struct stage *stage;
	struct plan *plan;
	struct works works;
	size_t begun; /* of the works: these may have touched the machine */
	struct carried *out;
};

/* ---- before */

static enum err
refuse(struct stage *s, const struct change *c, const char *why)
{
	(void)snprintf(s->why, sizeof s->why, "change %u, %.160s: %.260s", c->id,
	               c->target, why);
	return ERR_REFUSED;
}

/* It may still be made, and what it is about is what it was. */
static enum err
ask_again(struct stage *s, struct gate *gate, struct change *c)
{
	char why[WHY_ROOM] = "";
	char is[SHA256_TEXT] = "";
	enum err err = gate_admit(gate, c, why);

	if (err == ERR_REFUSED)
		return refuse(s, c, why);
	TRY(err);
	if (standing_of(s->machine, c, is) != HEARD)
		return machine_failed(s->machine)
		           ? ERR_MEMORY
		           : refuse(s, c, machine_why(s->machine));
	if (strcmp(is, c->was) != 0)
		return refuse(s, c,
		              "it is not as it was when the plan was made; look "
		              "again, and make a new plan");
	return OK;
}

static enum err
prepare(struct under_way *u, const struct inside *in)
{
	struct stage *s = u->stage;
	struct gate *gate = NULL;
	enum err err = gate_open(in, &gate);

	for (size_t i = 0; err == OK && i < u->plan->count; i++)
		err = ask_again(s, gate, &u->plan->at[i]);
	gate_close(gate);
	TRY(err);
	TRY(works_keep(s, u->plan, &u->works));
	TRY(journal_set_state(s->journal, JOURNAL_CHANGING));
	return journal_commit(s->journal);
}

/* ---- one step */

static bool
is_stopped(struct under_way *u, size_t at)
{
	struct stage *s = u->stage;

	if (!s->goes_on || s->goes_on(s->goes_with, "changing", at, u->works.count))
		return false;
	(void)text_copy(s->why, sizeof s->why, "you have stopped it");
	return true;
}

static void
set_changes(struct work *w, enum change_state state, const char *error)
{
	for (size_t i = 0; i < w->change_count; i++) {
		w->changes[i]->state = state;
		text_shorten(w->changes[i]->error, SENTENCE_ROOM, error);
	}
}

/* A folder that is not empty stays: what else is in it is somebody's. */
static bool
may_stay(const struct work *w)
{
	return w->row.kind == STEP_REMOVE_FOLDER;
}

static enum err
do_one(struct under_way *u, size_t at)
{
	struct stage *s = u->stage;
	struct work *w = &u->works.at[at];

	if (is_stopped(u, at))
		return ERR_REFUSED;
	if (!w->is_kept) {
		TRY(work_keep(s, w));
		TRY(journal_commit(s->journal));
	}
	const struct step_ops *ops = step_ops(w->row.kind);
	u->begun = at + 1;
	TRY(ops->apply(s, &w->row));
	set_changes(w, CHANGE_DONE, "");
	enum stands stands = ops->look(s, &w->row);
	if (stands == STANDS_BEFORE && may_stay(w)) {
		set_changes(w, CHANGE_NOT_NEEDED, "there is something else in it");
		return OK;
	}
	if (stands != STANDS_AFTER) {
		if (!s->why[0])
			(void)snprintf(s->why, sizeof s->why,
			               "%.300s does not read back as it was written",
			               w->row.path);
		return ERR_REFUSED;
	}
	set_changes(w, CHANGE_VERIFIED, "");
	return journal_set_step(s->journal, w->row.id, STEP_DONE);
}

/* ---- when it fails */

static bool
put_back_one(struct under_way *u, struct work *w)
{
	struct stage *s = u->stage;

	s->why[0] = '\0';
	if (step_ops(w->row.kind)->undo(s, &w->row) == OK) {
		/* Undo looks at the place itself: a note that is lost is no loss. */
		enum err noted = journal_set_step(s->journal, w->row.id, STEP_UNDONE);

		return noted == OK || noted == ERR_REFUSED;
	}
	(void)snprintf(u->out->why, sizeof u->out->why,
	               "%.110s could not be put back: %.140s; when that is mended: "
	               "confine undo %.140s",
	               w->row.path, s->why[0] ? s->why : "see above",
	               journal_about(s->journal)->path);
	return false;
}

/* False: something could not be, and out->why says what and what now. */
static bool
put_back(struct under_way *u)
{
	bool all = true;

	while (u->begun > 0)
		all = put_back_one(u, &u->works.at[--u->begun]) && all;
	return all;
}

/* The changes that were not even begun failed with the one that did. */
static void
fail_changes(struct under_way *u)
{
	for (size_t i = 0; i < u->plan->count; i++) {
		struct change *c = &u->plan->at[i];

		c->state = CHANGE_FAILED;
		text_shorten(c->error, SENTENCE_ROOM, u->out->why);
	}
}

static enum err
keep_states(struct under_way *u, enum journal_state state)
{
	struct journal *j = u->stage->journal;

	for (size_t i = 0; i < u->plan->count; i++)
		TRY(journal_set_change(j, &u->plan->at[i]));
	TRY(journal_set_state(j, state));
	return journal_commit(j);
}

static void
fail(struct under_way *u, enum err err)
{
	struct stage *s = u->stage;

	if (err == ERR_MEMORY)
		(void)text_copy(s->why, sizeof s->why, "out of memory");
	text_shorten(u->out->why, sizeof u->out->why,
	             s->why[0] ? s->why : "the journal could not be written");
	/* After a write that failed the journal takes none until this. */
	journal_roll_back(s->journal);
	u->out->put_back = put_back(u);
	fail_changes(u);
	/* Where this fails its line is out, and the machine is as `out` says. */
	if (keep_states(u, u->out->put_back ? JOURNAL_UNDONE : JOURNAL_CHANGING) != OK)
		journal_roll_back(s->journal);
}

static void
own_works(struct under_way *u)
{
	works_free(&u->works);
}

enum err
carry_out(struct stage *s, const struct inside *in, struct plan *plan,
          struct carried *out)
{
	OWN(own_works) struct under_way u = { .stage = s, .plan = plan, .out = out };

	*out = (struct carried){ .whole = false };
	s->why[0] = '\0';
	enum err err = prepare(&u, in);
	for (size_t i = 0; err == OK && i < u.works.count; i++)
		err = do_one(&u, i);
	if (err == OK)
		err = keep_states(&u, JOURNAL_DONE);
	if (err == OK)
		out->whole = true;
	else
		fail(&u, err);
	return OK;
}
