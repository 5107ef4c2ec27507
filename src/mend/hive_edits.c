#include "mend/hive_edits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "mend/multi_sz.h"

#define LIST_MOST 65536 /* of netsvcs; Windows' has 2 KB */

static const enum reg_edit_kind edit_kinds[CHANGE_KINDS + 1] = {
	[CHANGE_SET_VALUE] = REG_EDIT_SET,
	[CHANGE_DELETE_VALUE] = REG_EDIT_DELETE_VALUE,
	[CHANGE_REMOVE_STRING] = REG_EDIT_SET,
	[CHANGE_DELETE_KEY] = REG_EDIT_DELETE_KEY,
	[CHANGE_MAKE_KEY] = REG_EDIT_MAKE_KEY,
};

void
hive_edits_free(struct hive_edits *e)
{
	for (size_t i = 0; e->made && i < e->count; i++)
		buf_free(&e->made[i]);
	free(e->at);
	free(e->of);
	free(e->made);
	*e = (struct hive_edits){ .count = 0 };
}

static bool
make_room(struct hive_edits *e, size_t count)
{
	e->at = calloc(count, sizeof *e->at);
	e->of = calloc(count, sizeof *e->of);
	e->made = calloc(count, sizeof *e->made);
	return e->at && e->of && e->made;
}

static void
add(struct hive_edits *e, const struct change *c, size_t below)
{
	e->at[e->count] = (struct reg_edit){
		.kind = edit_kinds[c->kind],
		.key = c->target + (strlen(c->target) - below),
		.name = c->name,
		.type = c->type,
		.bytes = buf_span(&c->after),
	};
	e->of[e->count++] = c;
}

enum err
hive_edits_of(const struct machine *m, const struct plan *plan,
              bool (*wanted)(const void *with, const struct change *), const void *with,
              struct hive_edits *out)
{
	struct offline_hive place;

	if (!make_room(out, plan->count + 1))
		return ERR_MEMORY;
	for (size_t i = 0; i < plan->count; i++) {
		const struct change *c = &plan->at[i];

		if (!change_is_registry(c->kind) || !wanted(with, c) ||
		    !offline_hive_of(m, c->target, &place) ||
		    !text_same(place.file, out->file))
			continue;
		add(out, c, strlen(place.below));
	}
	return OK;
}

/* ---- lists */

/* What an earlier edit has made of the same value; NULL: nothing yet. */
static const struct buf *
made_before(const struct hive_edits *e, size_t at)
{
	for (size_t i = at; i-- > 0;) {
		if (e->of[i]->kind == CHANGE_REMOVE_STRING &&
		    text_same(e->of[i]->target, e->of[at]->target) &&
		    text_same(e->of[i]->name, e->of[at]->name))
			return &e->made[i];
	}
	return NULL;
}

static enum err
refuse(char why[WHY_ROOM], const struct change *c, const char *what)
{
	(void)snprintf(why, WHY_ROOM, "change %u, %.160s : %.60s: %.200s", c->id,
	               c->target, c->name, what);
	return ERR_REFUSED;
}

static enum err
take_out(const struct change *c, struct span list, struct buf *out, char why[WHY_ROOM])
{
	buf_init(out, LIST_MOST);
	bool found = multi_sz_without(list, c->string, out);

	if (out->bad)
		return refuse(why, c, "the list is longer than any of Windows is");
	return found ? OK : refuse(why, c, "the list does not hold that name any more");
}

static enum err
fill_list(struct hive_edits *e, size_t i, const struct hive_before *before,
          char why[WHY_ROOM])
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	const struct change *c = e->of[i];
	const struct buf *earlier = made_before(e, i);
	char unread[WHY_ROOM] = "it is not there any more";

	if (earlier)
		return take_out(c, buf_span(earlier), &e->made[i], why);
	if (before->key(before->with, c, e->at[i].key, &k, unread) != HEARD)
		return refuse(why, c, unread);
	const struct reg_value *v = reg_value(&k, c->name);
	if (!v || v->type != REG_TYPE_MULTI_SZ)
		return refuse(why, c, "it is no list of names any more");
	return take_out(c, v->bytes, &e->made[i], why);
}

enum err
hive_edits_fill(struct hive_edits *e, const struct hive_before *before,
                char why[WHY_ROOM])
{
	for (size_t i = 0; i < e->count; i++) {
		if (e->of[i]->kind != CHANGE_REMOVE_STRING)
			continue;
		TRY(fill_list(e, i, before, why));
		e->at[i].type = REG_TYPE_MULTI_SZ;
		e->at[i].bytes = buf_span(&e->made[i]);
	}
	return OK;
}
