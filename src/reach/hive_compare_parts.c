#include "reach/hive_compare_parts.h"

#include <stdlib.h>

#include "base/text.h"
#include "reach/hive_path.h"

/* ---- the edits of a key */

static struct span
first_of(struct span path, struct span *behind)
{
	*behind = path;
	return hive_path_next(behind);
}

static uint8_t
upper(uint8_t letter)
{
	return letter >= 'a' && letter <= 'z' ? (uint8_t)(letter - 32) : letter;
}

static bool
same_spelling(struct span a, struct span b)
{
	if (a.left != b.left)
		return false;
	for (size_t i = 0; i < a.left; i++) {
		if (upper(a.at[i]) != upper(b.at[i]))
			return false;
	}
	return true;
}

bool
scope_of_all(const struct hive_comparing *job, struct scope *out)
{
	*out = (struct scope){ .at = calloc(job->count + 1, sizeof *out->at) };
	if (!out->at)
		return false;
	for (; out->count < job->count; out->count++) {
		const struct reg_edit *edit = &job->edits[out->count];

		out->at[out->count] = (struct rest){ edit, span_of(edit->key,
			                                           strlen(edit->key)) };
	}
	return true;
}

/* Behind a deletion the key is another one, of which only later edits tell. */
bool
scope_of_subkey(const struct scope *s, struct span name, struct scope *out)
{
	*out = (struct scope){ .at = calloc(s->count + 1, sizeof *out->at) };
	if (!out->at)
		return false;
	for (size_t i = 0; i < s->count; i++) {
		struct span behind;
		struct span first = first_of(s->at[i].path, &behind);

		if (s->at[i].path.left == 0 || !same_spelling(first, name))
			continue;
		if (behind.left == 0 && s->at[i].edit->kind == REG_EDIT_DELETE_KEY) {
			out->count = 0;
			out->is_deleted = true;
		} else {
			out->at[out->count++] = (struct rest){ s->at[i].edit, behind };
		}
	}
	return true;
}

void
own_scope(struct scope *s)
{
	free(s->at);
}

bool
scope_names_first(const struct scope *s, size_t i, struct span *name)
{
	struct span behind;

	*name = first_of(s->at[i].path, &behind);
	if (s->at[i].path.left == 0)
		return false;
	for (size_t k = 0; k < i; k++) {
		struct span other = first_of(s->at[k].path, &behind);

		if (s->at[k].path.left > 0 && same_spelling(other, *name))
			return false;
	}
	return true;
}

static bool
is_of_value(const struct rest *r)
{
	return r->path.left == 0 && (r->edit->kind == REG_EDIT_SET ||
	                             r->edit->kind == REG_EDIT_DELETE_VALUE);
}

bool
scope_decides_value(const struct scope *s, size_t i)
{
	if (!is_of_value(&s->at[i]))
		return false;
	for (size_t k = i + 1; k < s->count; k++) {
		if (is_of_value(&s->at[k]) &&
		    text_same(s->at[k].edit->name, s->at[i].edit->name))
			return false;
	}
	return true;
}

static bool
makes(const struct rest *r)
{
	return r->edit->kind == REG_EDIT_SET || r->edit->kind == REG_EDIT_MAKE_KEY;
}

bool
scope_makes(const struct scope *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (makes(&s->at[i]))
			return true;
	}
	return false;
}

bool
scope_is_near(const struct scope *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct span behind;

		(void)first_of(s->at[i].path, &behind);
		if (behind.left == 0)
			return true;
	}
	return false;
}

/* ---- the subkeys of a key */

static bool
read_listed(const struct regf_hive *h, libregf_key_t *above, size_t i,
            struct listed_key *out)
{
	libregf_key_t *key = NULL;
	bool is_read = regf.key_get_sub_key(above, (int)i, &key, NULL) == 1 &&
	               regf_key_cell(key, &out->cell) &&
	               regf_key_name(h, key, &out->name);

	if (key)
		(void)regf.key_free(&key, NULL);
	return is_read;
}

enum hive_differs
key_list_read(const struct regf_hive *h, libregf_key_t *key, enum hive_differs unread,
              struct key_list *out)
{
	int count = 0;

	if (!key)
		return HIVE_SAME;
	if (regf.key_get_number_of_sub_keys(key, &count, NULL) != 1 || count < 0)
		return unread;
	out->at = calloc((size_t)count + 1, sizeof *out->at);
	if (!out->at)
		return HIVE_NO_MEMORY;
	for (; out->count < (size_t)count; out->count++) {
		if (!read_listed(h, key, out->count, &out->at[out->count]))
			return unread;
	}
	return HIVE_SAME;
}

void
key_list_free(struct key_list *l)
{
	free(l->at);
}

size_t
key_list_mark(struct key_list *l, struct span name, size_t *at)
{
	size_t found = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (!hive_name_is(l->at[i].name, name))
			continue;
		l->at[i].is_named = true;
		*at = i;
		found++;
	}
	return found;
}

size_t
key_list_next(const struct key_list *l, size_t i)
{
	while (i < l->count && l->at[i].is_named)
		i++;
	return i;
}

void
path_add(struct buf *path, struct hive_name name)
{
	if (path->len > 0)
		buf_u8(path, '\\');
	hive_name_put(path, name);
}
