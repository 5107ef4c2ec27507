/*
 * Both hives are walked side by side.  Of the edits, each key is handed those that are
 * about it or what is below; most keys are handed none, and then everything has to be
 * the same: name, class, time, security, values and subkeys in their order.  What the
 * edits name is taken out of both lists first, and looked at by itself: it has to be
 * as the last edit of it says.
 */
#include "reach/hive_compare.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/own.h"
#include "base/text.h"
#include "reach/cage_heap.h"
#include "reach/hive_compare_parts.h"
#include "reach/hive_copy.h"
#include "reach/hive_edit_pack.h"

#define PATH_CUT 1000
#define HEAP_BESIDES (2u << 20) /* what the library has for any two */

/* ---- values */

struct value_list {
	struct regf_value *at;
	size_t count;
	bool *is_named; /* by an edit */
};

static void
own_values(struct value_list *v)
{
	for (size_t i = 0; i < v->count; i++)
		buf_free(&v->at[i].bytes);
	free(v->at);
	free(v->is_named);
}

static enum hive_differs
read_values(const struct regf_hive *h, libregf_key_t *key, enum hive_differs unread,
            struct value_list *out)
{
	int count = 0;

	if (!key)
		return HIVE_SAME;
	if (regf.key_get_number_of_values(key, &count, NULL) != 1 || count < 0)
		return unread;
	out->at = calloc((size_t)count + 1, sizeof *out->at);
	out->is_named = calloc((size_t)count + 1, sizeof *out->is_named);
	if (!out->at || !out->is_named)
		return HIVE_NO_MEMORY;
	while (out->count < (size_t)count) {
		size_t i = out->count++;

		if (!regf_value_read(h, key, i, &out->at[i]))
			return unread;
	}
	return HIVE_SAME;
}

static bool
same_name(struct hive_name a, struct hive_name b)
{
	return a.is_latin1 == b.is_latin1 && span_is(a.bytes, b.bytes.at, b.bytes.left);
}

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && span_is(buf_span(a), b->at, b->len);
}

/* Of what no edit names, in order. */
static bool
same_values(const struct value_list *before, const struct value_list *after)
{
	size_t b = 0;
	size_t a = 0;

	for (;; a++, b++) {
		while (b < before->count && before->is_named[b])
			b++;
		while (a < after->count && after->is_named[a])
			a++;
		if (b == before->count || a == after->count)
			return b == before->count && a == after->count;
		const struct regf_value *x = &before->at[b];
		const struct regf_value *y = &after->at[a];
		if (x->type != y->type || !same_name(x->name, y->name) ||
		    !same_bytes(&x->bytes, &y->bytes))
			return false;
	}
}

/* Marks those of the edit's name; *last is the last one's index. */
static size_t
mark_values(struct value_list *v, const struct reg_edit *edit, size_t *last)
{
	struct span name = span_of(edit->name, strlen(edit->name));
	size_t found = 0;

	for (size_t i = 0; i < v->count; i++) {
		if (!hive_name_is(v->at[i].name, name))
			continue;
		v->is_named[i] = true;
		*last = i;
		found++;
	}
	return found;
}

static bool
value_is_done(struct value_list *before, struct value_list *after,
              const struct reg_edit *edit)
{
	size_t at = 0;

	(void)mark_values(before, edit, &at);
	size_t found = mark_values(after, edit, &at);
	if (edit->kind == REG_EDIT_DELETE_VALUE)
		return found == 0;
	if (found != 1)
		return false;
	const struct regf_value *v = &after->at[at];
	return v->type == edit->type && v->bytes.len == edit->bytes.left &&
	       span_is(buf_span(&v->bytes), edit->bytes.at, edit->bytes.left);
}

static enum hive_differs
compare_values(struct compared *c, const struct pair *p)
{
	OWN(own_values) struct value_list before = { .count = 0 };
	OWN(own_values) struct value_list after = { .count = 0 };
	enum hive_differs found = read_values(
	    &c->hives[HIVE_BEFORE], p->key[HIVE_BEFORE], HIVE_UNREAD_BEFORE, &before);

	if (found == HIVE_SAME)
		found = read_values(&c->hives[HIVE_AFTER], p->key[HIVE_AFTER],
		                    HIVE_UNREAD_AFTER, &after);
	if (found != HIVE_SAME)
		return found;
	for (size_t i = 0; i < p->scope.count; i++) {
		if (scope_decides_value(&p->scope, i) &&
		    !value_is_done(&before, &after, p->scope.at[i].edit))
			return HIVE_NOT_DONE;
	}
	return same_values(&before, &after) ? HIVE_SAME : HIVE_VALUES_DIFFER;
}

/* ---- the key itself */

static void
own_key(struct regf_key *k)
{
	regf_key_free(k);
}

/* A new key has what the one above has. */
static enum hive_differs
compare_new_head(struct compared *c, const struct pair *p)
{
	OWN(own_key) struct regf_key key = { .written = 0 };
	OWN(own_key) struct regf_key above = { .written = 0 };
	const struct regf_hive *h = &c->hives[HIVE_AFTER];

	if (!regf_key_read(h, p->key[HIVE_AFTER], &key) ||
	    !regf_key_read(h, p->above, &above))
		return HIVE_UNREAD_AFTER;
	if (key.kind.len != 0)
		return HIVE_KEY_DIFFERS;
	return same_bytes(&key.security, &above.security) ? HIVE_SAME
	                                                  : HIVE_SECURITY_DIFFERS;
}

static enum hive_differs
compare_heads(struct compared *c, const struct pair *p)
{
	OWN(own_key) struct regf_key before = { .written = 0 };
	OWN(own_key) struct regf_key after = { .written = 0 };

	if (!p->key[HIVE_BEFORE])
		return compare_new_head(c, p);
	if (!regf_key_read(&c->hives[HIVE_BEFORE], p->key[HIVE_BEFORE], &before))
		return HIVE_UNREAD_BEFORE;
	if (!regf_key_read(&c->hives[HIVE_AFTER], p->key[HIVE_AFTER], &after))
		return HIVE_UNREAD_AFTER;
	if (!same_bytes(&before.security, &after.security))
		return HIVE_SECURITY_DIFFERS;
	if (!same_name(before.name, after.name) ||
	    !same_bytes(&before.kind, &after.kind))
		return HIVE_KEY_DIFFERS;
	return before.written == after.written || scope_is_near(&p->scope)
	           ? HIVE_SAME
	           : HIVE_KEY_DIFFERS;
}

/* ---- subkeys */

struct levels {
	struct key_list side[2];
};

static void
own_levels(struct levels *l)
{
	key_list_free(&l->side[HIVE_BEFORE]);
	key_list_free(&l->side[HIVE_AFTER]);
}

/* From a key to one below it. */
struct way {
	struct hive_name name;
	size_t at[2]; /* its number; NO_KEY: not there, or made anew */
	struct scope scope;
};
#define NO_KEY SIZE_MAX

static enum hive_differs compare_keys(struct compared *, const struct pair *,
                                      unsigned depth);

static enum hive_differs
open_subkeys(const struct pair *above, const size_t at[2], struct pair *out)
{
	for (size_t i = 0; i < 2; i++) {
		if (at[i] != NO_KEY && regf.key_get_sub_key(above->key[i], (int)at[i],
		                                            &out->key[i], NULL) != 1)
			return i == HIVE_BEFORE ? HIVE_UNREAD_BEFORE
			                        : HIVE_UNREAD_AFTER;
	}
	return HIVE_SAME;
}

static void
close_keys(struct pair *p)
{
	for (size_t i = 0; i < 2; i++) {
		if (p->key[i])
			(void)regf.key_free(&p->key[i], NULL);
	}
}

/* One further down, whose name `path` shows until it was the same. */
static enum hive_differs
go_down(struct compared *c, const struct pair *above, const struct way *way,
        unsigned depth)
{
	struct pair p = { .above = above->key[HIVE_AFTER], .scope = way->scope };
	size_t len = c->path->len;

	path_add(c->path, way->name);
	enum hive_differs found = open_subkeys(above, way->at, &p);
	if (found == HIVE_SAME)
		found = compare_keys(c, &p, depth + 1);
	close_keys(&p);
	if (found == HIVE_SAME)
		c->path->len = len;
	return found;
}

static enum hive_differs
at_name(struct compared *c, struct hive_name name, enum hive_differs found)
{
	path_add(c->path, name);
	return found;
}

static enum hive_differs
not_done(struct compared *c, struct span name)
{
	buf_text(c->path, c->path->len > 0 ? "\\" : "");
	buf_put(c->path, name.at, name.left);
	return HIVE_NOT_DONE;
}

/* What the edits say of the subkey `name`, of which there are those in the lists. */
static enum hive_differs
compare_named(struct compared *c, const struct pair *p, struct levels *l,
              struct span name, unsigned depth)
{
	OWN(own_scope) struct scope below = { .count = 0 };
	size_t b = 0;
	size_t a = 0;
	size_t before = key_list_mark(&l->side[HIVE_BEFORE], name, &b);
	size_t after = key_list_mark(&l->side[HIVE_AFTER], name, &a);

	if (!scope_of_subkey(&p->scope, name, &below))
		return HIVE_NO_MEMORY;
	bool stays = before > 0 && !below.is_deleted;
	size_t expected = stays || scope_makes(&below) ? 1 : 0;
	if (before > 1 || after != expected)
		return not_done(c, name);
	if (after == 0)
		return HIVE_SAME;
	struct way way = { l->side[HIVE_AFTER].at[a].name,
		           { stays ? b : NO_KEY, a },
		           below };
	return go_down(c, p, &way, depth);
}

/* With all that is below it. */
static bool
is_same_to_the_byte(struct compared *c, size_t before, size_t after)
{
	return c->same && before == after && hive_same_key(c->same, before);
}

/* Those that no edit names, in order. */
static enum hive_differs
compare_others(struct compared *c, const struct pair *p, const struct levels *l,
               unsigned depth)
{
	const struct key_list *before = &l->side[HIVE_BEFORE];
	const struct key_list *after = &l->side[HIVE_AFTER];
	size_t b = 0;
	size_t a = 0;

	for (;; a++, b++) {
		b = key_list_next(before, b);
		a = key_list_next(after, a);
		if (b == before->count && a == after->count)
			return HIVE_SAME;
		if (a == after->count)
			return at_name(c, before->at[b].name, HIVE_KEY_GONE);
		if (b == before->count)
			return at_name(c, after->at[a].name, HIVE_KEY_NEW);
		if (!same_name(before->at[b].name, after->at[a].name))
			return at_name(c, before->at[b].name, HIVE_KEY_DIFFERS);
		if (is_same_to_the_byte(c, before->at[b].cell, after->at[a].cell))
			continue;
		struct way way = { .name = before->at[b].name, .at = { b, a } };
		enum hive_differs found = go_down(c, p, &way, depth);
		if (found != HIVE_SAME)
			return found;
	}
}

static enum hive_differs
compare_subkeys(struct compared *c, const struct pair *p, unsigned depth)
{
	OWN(own_levels) struct levels l = { 0 };
	enum hive_differs found = key_list_read(&c->hives[HIVE_BEFORE],
	                                        p->key[HIVE_BEFORE], HIVE_UNREAD_BEFORE,
	                                        &l.side[HIVE_BEFORE]);

	if (found == HIVE_SAME)
		found = key_list_read(&c->hives[HIVE_AFTER], p->key[HIVE_AFTER],
		                      HIVE_UNREAD_AFTER, &l.side[HIVE_AFTER]);
	for (size_t i = 0; i < p->scope.count && found == HIVE_SAME; i++) {
		struct span name;

		if (scope_names_first(&p->scope, i, &name))
			found = compare_named(c, p, &l, name, depth);
	}
	return found == HIVE_SAME ? compare_others(c, p, &l, depth) : found;
}

/* As deep as HIVE_DEPTH_MOST says, and no deeper. */
static enum hive_differs
compare_keys(struct compared *c, const struct pair *p, unsigned depth)
{
	if (depth > HIVE_DEPTH_MOST)
		return HIVE_TOO_DEEP;
	enum hive_differs found = compare_heads(c, p);
	if (found == HIVE_SAME)
		found = compare_values(c, p);
	return found == HIVE_SAME ? compare_subkeys(c, p, depth) : found;
}

/* ---- both hives */

static enum hive_differs
compare_roots(struct compared *c, struct pair *p)
{
	for (size_t i = 0; i < 2; i++) {
		if (regf.file_get_root_key(c->hives[i].file, &p->key[i], NULL) != 1)
			return i == HIVE_BEFORE ? HIVE_UNREAD_BEFORE
			                        : HIVE_UNREAD_AFTER;
	}
	return compare_keys(c, p, 0);
}

enum hive_differs
hive_compare(const struct span hives[2], const struct hive_comparing *job,
             struct buf *path)
{
	OWN(hive_same_free) struct hive_same same = { .len = 0 };
	struct compared c = { .path = path, .same = job->reads_all ? NULL : &same };
	struct pair p = { .above = NULL };
	enum hive_differs found = HIVE_UNREAD_BEFORE;

	if ((c.same && !hive_same_find(hives, c.same)) || !scope_of_all(job, &p.scope))
		return HIVE_NO_MEMORY;
	if (regf_open(&c.hives[HIVE_BEFORE], hives[HIVE_BEFORE])) {
		found = HIVE_UNREAD_AFTER;
		if (regf_open(&c.hives[HIVE_AFTER], hives[HIVE_AFTER]))
			found = compare_roots(&c, &p);
	}
	close_keys(&p);
	for (size_t i = 0; i < 2; i++)
		regf_close(&c.hives[i]);
	own_scope(&p.scope);
	return found;
}

static struct span
map(int fd)
{
	size_t len = (size_t)hive_length(fd);
	void *at = len > 0 ? mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

	return at == MAP_FAILED ? span_of("", 0) : span_of(at, len);
}

int
hive_compare_serve(const int *in_fds, size_t in_count, struct cage_line *line,
                   void *arg)
{
	struct span hives[2] = { map(in_fds[HIVE_BEFORE]), map(in_fds[HIVE_AFTER]) };
	struct hive_comparing job = { .reads_all = false };
	OWN(own_mem) struct reg_edit *edits = hive_edits_unpack(arg, &job.count);
	struct span question;
	struct buf path, answer;

	(void)in_count;
	if (!edits)
		return 1;
	job.edits = edits;
	cage_heap_expect(HEAP_BESIDES + hives[0].left + hives[1].left);
	buf_init(&path, 1u << 20);
	buf_init(&answer, PATH_CUT + 1);
	buf_u8(&answer, (uint8_t)hive_compare(hives, &job, &path));
	buf_put(&answer, path.at, path.len < PATH_CUT ? path.len : PATH_CUT);
	return cage_hear(line, &question) && cage_say(line, buf_span(&answer)) ? 0 : 1;
}
