#include "mend/works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

void
works_free(struct works *w)
{
	for (size_t i = 0; i < w->count; i++) {
		step_row_free(&w->at[i].row);
		free(w->at[i].changes);
	}
	free(w->at);
	*w = (struct works){ .count = 0 };
}

/* One more, with room for `changes` of them; NULL: no memory. */
static struct work *
add(struct works *w, size_t changes)
{
	if (w->count == w->room) {
		size_t room = w->room ? 2 * w->room : 64;
		struct work *more = realloc(w->at, room * sizeof *more);

		if (!more)
			return NULL;
		w->at = more;
		w->room = room;
	}
	struct change **of = calloc(changes, sizeof(struct change *));
	if (!of)
		return NULL;
	struct work *work = &w->at[w->count++];
	*work = (struct work){ .changes = of };
	return work;
}

static enum err
bind(struct stage *s, const struct work *w)
{
	for (size_t i = 0; i < w->change_count; i++)
		TRY(journal_bind(s->journal, w->changes[i]->id, w->row.id));
	return OK;
}

/* ---- hives */

static enum heard
key_now(void *with, const struct change *c, const char *below, struct reg_key *out,
        char why[WHY_ROOM])
{
	struct machine *m = with;
	enum heard heard = machine_key(m, c->target, out);

	(void)below;
	if (heard != HEARD && heard != HEARD_NOTHING)
		(void)text_copy(why, WHY_ROOM, machine_why(m));
	return heard;
}

static bool
is_planned(const void *with, const struct change *c)
{
	(void)with;
	return c->state == CHANGE_PLANNED;
}

/* Some that are changed and compared side by side. */
#define SIDE_BY_SIDE 4

struct begun {
	struct hive_edits edits;
	struct hive_keeping *keeping;
	size_t work; /* its index */
};

struct batch {
	struct stage *stage;
	struct works *works;
	struct begun at[SIDE_BY_SIDE];
	size_t count;
};

static void
own_batch(struct batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		step_drop_hive(b->at[i].keeping);
		hive_edits_free(&b->at[i].edits);
	}
	b->count = 0;
}

static enum err
end_one(struct batch *b, struct begun *one)
{
	struct work *w = &b->works->at[one->work];

	TRY(step_keep_begun_hive(one->keeping, &w->row));
	w->is_kept = true;
	return bind(b->stage, w);
}

static enum err
end_batch(struct batch *b)
{
	for (size_t i = 0; i < b->count; i++)
		TRY(step_compare_hive(b->at[i].keeping));
	for (size_t i = 0; i < b->count; i++)
		TRY(end_one(b, &b->at[i]));
	own_batch(b);
	return OK;
}

static enum err
begin_hive(struct batch *b, struct plan *plan, const char *file)
{
	struct stage *s = b->stage;
	struct hive_before before = { .key = key_now, .with = s->machine };
	struct begun *one = &b->at[b->count++];
	struct hive_edits *e = &one->edits;

	*one = (struct begun){ .work = b->works->count };
	(void)text_copy(e->file, sizeof e->file, file);
	TRY(hive_edits_of(s->machine, plan, is_planned, NULL, e));
	TRY(hive_edits_fill(e, &before, s->why));
	struct work *w = add(b->works, e->count);
	if (!w)
		return ERR_MEMORY;
	for (size_t i = 0; i < e->count; i++)
		w->changes[w->change_count++] = &plan->at[e->of[i]->id - 1];
	w->row.kind = STEP_HIVE;
	(void)text_copy(w->row.path, sizeof w->row.path, file);
	return step_begin_hive(s, file, e->at, e->count, &one->keeping);
}

static bool
has_hive(const struct works *w, const char *file)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->at[i].row.kind == STEP_HIVE &&
		    text_same(w->at[i].row.path, file))
			return true;
	}
	return false;
}

static enum err
keep_hives(struct stage *s, struct plan *plan, struct works *out)
{
	OWN(own_batch) struct batch batch = { .stage = s, .works = out };
	struct offline_hive place;

	for (size_t i = 0; i < plan->count; i++) {
		const struct change *c = &plan->at[i];

		if (!change_is_registry(c->kind) || c->state != CHANGE_PLANNED)
			continue;
		if (!offline_hive_of(s->machine, c->target, &place)) {
			(void)snprintf(s->why, sizeof s->why,
			               "change %u, %.300s: no hive of this machine has "
			               "that key",
			               c->id, c->target);
			return ERR_REFUSED;
		}
		if (has_hive(out, place.file))
			continue;
		if (batch.count == SIDE_BY_SIDE)
			TRY(end_batch(&batch));
		TRY(begin_hive(&batch, plan, place.file));
	}
	return end_batch(&batch);
}

/* ---- files */

static bool
makes(enum change_kind kind)
{
	return kind == CHANGE_MAKE_FOLDER || kind == CHANGE_MAKE_FILE;
}

static enum err
keep_file(struct stage *s, struct change *c, struct step_row *row)
{
	switch (c->kind) {
	case CHANGE_QUARANTINE:
	case CHANGE_DELETE_TASK:
		return step_keep_remove_file(s, c->target, c->was, row);
	case CHANGE_REMOVE_FOLDER: return step_keep_remove_folder(s, c->target, row);
	case CHANGE_MAKE_FOLDER: return step_keep_make_folder(s, c->target, row);
	case CHANGE_MAKE_FILE:
		return step_keep_make_file(s, c->target, buf_span(&c->after), row);
	case CHANGE_RESET_ACL: return step_keep_security(s, c->target, c->like, row);
	default: return ERR_REFUSED;
	}
}

enum err
work_keep(struct stage *s, struct work *w)
{
	TRY(keep_file(s, w->changes[0], &w->row));
	w->is_kept = true;
	return bind(s, w);
}

static enum err
keep_files(struct stage *s, struct plan *plan, struct works *out)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct change *c = &plan->at[i];

		if (change_is_registry(c->kind) || c->state != CHANGE_PLANNED)
			continue;
		struct work *w = add(out, 1);
		if (!w)
			return ERR_MEMORY;
		w->changes[w->change_count++] = c;
		if (!makes(c->kind))
			TRY(work_keep(s, w));
	}
	return OK;
}

enum err
works_keep(struct stage *s, struct plan *plan, struct works *out)
{
	TRY(keep_hives(s, plan, out));
	return keep_files(s, plan, out);
}
