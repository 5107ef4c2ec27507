/*
 * The journal backwards.  Of several steps on one place only the last can be held
 * against the volume as it is; those before it are when it has been undone.
 */
#include "mend/undo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "mend/undo_only.h"

#define SAME_PLACE_MOST 4096 /* steps */
#define PART_BYTES (64u << 10)

/* One undo under way. */
struct undoing {
	struct stage *stage;
	const struct undo_wishes *wishes;
	struct carried *out;
	char (*seen)[PATH_ROOM]; /* places of later steps */
	size_t seen_count;
	unsigned differ; /* steps that somebody has changed since */
	bool begun;      /* the volume may have been touched */
};

/* ---- may it be undone? */

static bool
is_seen(struct undoing *u, const char *path)
{
	for (size_t i = 0; i < u->seen_count; i++) {
		if (strcmp(u->seen[i], path) == 0)
			return true;
	}
	if (u->seen_count < SAME_PLACE_MOST)
		(void)text_copy(u->seen[u->seen_count++], PATH_ROOM, path);
	return false;
}

/* To its end, where its hash is compared. */
static enum err
read_whole(struct part_reader *r)
{
	OWN(own_mem) void *bytes = malloc(PART_BYTES);
	size_t got = 1;

	if (!bytes)
		return ERR_MEMORY;
	while (got > 0)
		TRY(part_read(r, bytes, PART_BYTES, &got));
	return OK;
}

/* All that was kept for a step: what is damaged must not be found out half way. */
static enum err
read_parts(struct journal *j, int64_t step)
{
	for (int part = 0; part < JOURNAL_PARTS_MOST; part++) {
		struct part_reader *r = NULL;

		TRY(journal_part_open(j, step, part, &r));
		if (!r)
			continue;
		enum err err = read_whole(r);
		part_close(r);
		TRY(err);
	}
	return OK;
}

static enum err
hold_against(void *with, struct step_row *row)
{
	struct undoing *u = with;
	struct stage *s = u->stage;
	const struct step_ops *ops = step_ops(row->kind);

	if (row->state == STEP_UNDONE)
		return OK;
	TRY(read_parts(s->journal, row->id));
	if (is_seen(u, row->path))
		return OK;
	if (!ops) {
		(void)snprintf(u->out->why, sizeof u->out->why,
		               "%.200s: step %lld is of a kind that this confine does "
		               "not know; use the one that wrote the journal",
		               row->path, (long long)row->id);
		u->differ++;
		return OK;
	}
	s->why[0] = '\0';
	enum stands stands = ops->look(s, row);
	bool differs = stands == STANDS_OTHER || stands == STANDS_UNREAD;
	if (differs && u->differ++ == 0)
		text_shorten(u->out->why, sizeof u->out->why, s->why);
	s->why[0] = '\0'; /* what fails next is another matter */
	return OK;
}

/* Nothing has been touched yet. */
static enum err
look_at_all(struct undoing *u)
{
	TRY(journal_steps(u->stage->journal, true, hold_against, u));
	if (u->differ == 0)
		return OK;
	char first[WHY_ROOM];
	(void)text_copy(first, sizeof first, u->out->why);
	(void)snprintf(
	    u->out->why, sizeof u->out->why,
	    "%.330s%s; nothing was undone: put back what differs, or undo the "
	    "other changes one by one with --only",
	    first, u->differ > 1 ? " (and more places)" : "");
	u->out->put_back = true; /* it is as it was when undo began */
	return ERR_REFUSED;
}

/* ---- undoing */

static enum err
undo_step(void *with, struct step_row *row)
{
	struct undoing *u = with;
	struct stage *s = u->stage;
	const struct step_ops *ops = step_ops(row->kind);

	if (row->state == STEP_UNDONE)
		return OK;
	if (s->goes_on && !s->goes_on(s->goes_with, "undoing", (uint64_t)row->id, 0)) {
		(void)text_copy(s->why, sizeof s->why, "you have stopped it");
		return ERR_REFUSED;
	}
	s->why[0] = '\0';
	enum stands stands = ops->look(s, row);
	if (stands == STANDS_OTHER || stands == STANDS_UNREAD)
		return ERR_REFUSED;
	s->why[0] = '\0';
	TRY(ops->undo(s, row));
	return journal_set_step(s->journal, row->id, STEP_UNDONE);
}

static enum err
mark(struct stage *s, struct plan *plan, enum journal_state state)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct change *c = &plan->at[i];

		if (c->state == CHANGE_DONE || c->state == CHANGE_VERIFIED ||
		    c->state == CHANGE_PLANNED)
			c->state = CHANGE_UNDONE;
		TRY(journal_set_change(s->journal, c));
	}
	TRY(journal_set_state(s->journal, state));
	return journal_commit(s->journal);
}

static enum err
undo_all(struct undoing *u, struct plan *plan)
{
	struct journal *j = u->stage->journal;

	TRY(look_at_all(u));
	if (u->wishes->dry_run)
		return OK;
	TRY(journal_set_state(j, JOURNAL_UNDOING));
	TRY(journal_commit(j));
	u->begun = true;
	u->stage->why[0] = '\0'; /* what looking left there is about nothing by now */
	TRY(journal_steps(j, true, undo_step, u));
	return mark(u->stage, plan, JOURNAL_UNDONE);
}

enum err
undo_journal(struct stage *s, const struct undo_wishes *wishes, struct plan *plan,
             struct carried *out)
{
	struct undoing u = { .stage = s, .wishes = wishes, .out = out };
	OWN(own_mem) char(*seen)[PATH_ROOM] = calloc(SAME_PLACE_MOST, PATH_ROOM);

	*out = (struct carried){ .whole = false };
	if (!seen)
		return ERR_MEMORY;
	u.seen = seen;
	s->why[0] = '\0';
	enum err err = wishes->only > 0 ? undo_only(s, wishes, plan)
	                                : undo_all(&u, plan);
	if (err == ERR_MEMORY)
		return err;
	out->whole = err == OK;
	if (err != OK && !out->why[0])
		(void)snprintf(out->why, sizeof out->why, "%.400s%s",
		               s->why[0] ? s->why : "the line above says why",
		               u.begun ? "; then undo again to go on" : "");
	return OK;
}
