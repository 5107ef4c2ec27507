/*
 * The library has traps (each was seen).  A call that fails leaves half of what it
 * did, and a later commit says that all is well: so the first failure is the end.
 * There is no call for one value: all others are written again, so a key whose values
 * cannot be written as they are is refused.  What is made or deleted is in the
 * library's memory, while keys are looked for in the file's: so before the next key is
 * looked for, the copy is written.
 */
#include "reach/hive_edit_serve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <hivex.h>

#include "base/own.h"
#include "base/text.h"
#include "format/hive_cell.h"
#include "reach/cage_heap.h"
#include "reach/hive_edit_pack.h"
#include "reach/hive_find.h"
#include "reach/hive_path.h"

#define KEY_NAME_MOST 255
#define HEAP_BESIDES (2u << 20) /* what the library has of its own */

struct editor {
	const struct hive_editing *job;
	int fd;
	struct span bytes; /* the file's */
	hive_h *h;
	struct hive_find *find;
	bool is_changed; /* since it was opened or written */
	bool is_stale;   /* keys are not where `bytes` has them */
};

/* ---- opening and writing */

static void
end_finding(struct editor *e)
{
	hive_find_free(e->find);
	e->find = NULL;
	if (e->bytes.at)
		(void)munmap((void *)(uintptr_t)e->bytes.at, e->bytes.left);
	e->bytes = span_of(NULL, 0);
}

static void
put_away(struct editor *e)
{
	end_finding(e);
	if (e->h)
		(void)hivex_close(e->h);
	e->h = NULL;
}

/* The copy as it is in the file. */
static enum hive_said
show(struct editor *e)
{
	struct stat st;

	if (fstat(e->fd, &st) != 0 || st.st_size <= 0)
		return HIVE_SAID_EMPTY;
	void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, e->fd, 0);
	if (at == MAP_FAILED)
		return HIVE_SAID_MEMORY;
	e->bytes = span_of(at, (size_t)st.st_size);
	return HIVE_SAID_IT;
}

static enum hive_said
begin_finding(struct editor *e)
{
	e->is_stale = false;
	e->find = hive_find_new(e->h, e->bytes);
	return e->find ? HIVE_SAID_IT : HIVE_SAID_MEMORY;
}

static enum hive_said
take_up(struct editor *e)
{
	enum hive_said said = show(e);

	if (said != HIVE_SAID_IT)
		return said;
	cage_heap_expect(e->bytes.left + HEAP_BESIDES);
	e->h = hivex_open(e->job->name, HIVEX_OPEN_WRITE);
	if (!e->h)
		return errno == ENOMEM ? HIVE_SAID_MEMORY : HIVE_SAID_BINS;
	return begin_finding(e);
}

static enum hive_said
write_copy(struct editor *e)
{
	if (!e->is_changed)
		return HIVE_SAID_IT;
	e->is_changed = false;
	return hivex_commit(e->h, e->job->name, 0) == 0 ? HIVE_SAID_IT
	                                                : HIVE_SAID_NOT_WRITTEN;
}

/* The file is what the library has in its memory, and is looked at anew. */
static enum hive_said
catch_up(struct editor *e)
{
	enum hive_said said = write_copy(e);

	end_finding(e);
	if (said == HIVE_SAID_IT)
		said = show(e);
	return said == HIVE_SAID_IT ? begin_finding(e) : said;
}

/* The library's errno, after it did not change what it was to change. */
static enum hive_said
not_changed(void)
{
	if (errno == ENOMEM)
		return HIVE_SAID_MEMORY;
	return errno == ENOTSUP ? HIVE_SAID_LIST : HIVE_SAID_NOT_CHANGED;
}

/* ---- keys */

/* HIVE_SAID_NO_KEY: *used is how much of the path there is. */
static enum hive_said
find_key(struct editor *e, struct span path, hive_node_h *out, size_t *used)
{
	struct hive_found found;
	enum hive_said said = e->is_stale ? catch_up(e) : HIVE_SAID_IT;

	if (said == HIVE_SAID_IT)
		said = hive_find_path(e->find, path, used);
	if (said != HIVE_SAID_IT)
		return said;
	said = hive_find_children(e->find, &found);
	*out = found.key;
	return said;
}

/*
 * Others than of ASCII letters would get a hash from the library by which Windows does
 * not find them.
 */
static bool
may_be_made(struct span name)
{
	if (name.left == 0 || name.left > KEY_NAME_MOST)
		return false;
	for (size_t i = 0; i < name.left; i++) {
		if (name.at[i] < ' ' || name.at[i] > '~')
			return false;
	}
	return true;
}

/* The keys that `path` has behind one that is there. */
static enum hive_said
make_below(struct editor *e, struct span path, hive_node_h *key)
{
	while (path.left > 0) {
		char name[KEY_NAME_MOST + 1] = "";
		struct span part = hive_path_next(&path);

		if (!may_be_made(part))
			return HIVE_SAID_NAME;
		(void)span_copy(part, name, sizeof name - 1);
		e->is_changed = true;
		e->is_stale = true;
		*key = hivex_node_add_child(e->h, *key, name);
		if (*key == 0)
			return not_changed();
	}
	return HIVE_SAID_IT;
}

static enum hive_said
find_or_make(struct editor *e, struct span path, hive_node_h *out)
{
	size_t used = 0;
	enum hive_said said = find_key(e, path, out, &used);

	if (said != HIVE_SAID_NO_KEY)
		return said;
	struct span rest = path;
	struct span there = span_cut(&rest, used);
	if (used > 0)
		(void)span_cut(&rest, 1);
	said = find_key(e, there, out, &used);
	return said == HIVE_SAID_IT ? make_below(e, rest, out) : said;
}

static enum hive_said
delete_key(struct editor *e, struct span path)
{
	hive_node_h key = 0;
	size_t used = 0;

	if (path.left == 0)
		return HIVE_SAID_ROOT;
	enum hive_said said = find_key(e, path, &key, &used);
	if (said == HIVE_SAID_NO_KEY)
		return HIVE_SAID_IT;
	if (said != HIVE_SAID_IT)
		return said;
	e->is_changed = true;
	e->is_stale = true;
	return hivex_node_delete_child(e->h, key) == 0 ? HIVE_SAID_IT : not_changed();
}

/* ---- values */

/* All of a key, as the library wants them. */
struct values {
	hive_set_value *at;
	size_t count;
	size_t owned; /* those before it own their key and value */
};

static void
own_values(struct values *v)
{
	for (size_t i = 0; i < v->owned; i++) {
		free(v->at[i].key);
		free(v->at[i].value);
	}
	free(v->at);
}

/* One value; not the library's fault alone where it cannot be written again. */
static enum hive_said
take_value(hive_h *h, hive_value_h from, hive_set_value *to)
{
	size_t len = 0;

	to->key = hivex_value_key(h, from);
	to->value = NULL;
	if (!to->key)
		return errno == ENOMEM ? HIVE_SAID_MEMORY : HIVE_SAID_NAME;
	/* A zero in a name would be its end. */
	if (strlen(to->key) != hivex_value_key_len(h, from))
		return HIVE_SAID_NAME;
	if (hivex_value_type(h, from, &to->t, &len) != 0)
		return HIVE_SAID_VALUES;
	if (len > HIVE_VALUE_MOST)
		return HIVE_SAID_LONG_VALUE;
	/* Of a value without data the library wants to know where they are. */
	to->value = len > 0 ? hivex_value_value(h, from, &to->t, &to->len)
	                    : calloc(1, 1);
	if (!to->value)
		return errno == ENOMEM ? HIVE_SAID_MEMORY : HIVE_SAID_VALUES;
	return to->len == len ? HIVE_SAID_IT : HIVE_SAID_VALUES;
}

/* With room for one more. */
static enum hive_said
take_values(hive_h *h, hive_node_h key, struct values *out)
{
	OWN(own_mem) hive_value_h *there = hivex_node_values(h, key);
	size_t count = 0;

	if (!there)
		return errno == ENOMEM ? HIVE_SAID_MEMORY : HIVE_SAID_VALUES;
	while (there[count])
		count++;
	out->at = calloc(count + 1, sizeof *out->at);
	if (!out->at)
		return HIVE_SAID_MEMORY;
	for (; out->count < count; out->count++) {
		out->owned++;
		enum hive_said said = take_value(h, there[out->count],
		                                 &out->at[out->count]);
		if (said != HIVE_SAID_IT)
			return said;
	}
	return HIVE_SAID_IT;
}

/* The index of the one of that name, or count; twins are damage. */
static enum hive_said
find_value(const struct values *v, const char *name, size_t *out)
{
	*out = v->count;
	for (size_t i = 0; i < v->count; i++) {
		if (!text_same(v->at[i].key, name))
			continue;
		if (*out < v->count)
			return HIVE_SAID_VALUES;
		*out = i;
	}
	return HIVE_SAID_IT;
}

static bool
is_so_already(const hive_set_value *v, const struct reg_edit *edit)
{
	return v->t == edit->type && span_is(edit->bytes, v->value, v->len) &&
	       v->len == edit->bytes.left;
}

/* Replaces one, or adds it, and has all of them written. */
static enum hive_said
put_value(struct editor *e, hive_node_h key, struct values *v,
          const struct reg_edit *edit)
{
	size_t i = 0;
	enum hive_said said = find_value(v, edit->name, &i);

	if (said != HIVE_SAID_IT)
		return said;
	bool is_new = i == v->count;
	hive_set_value was = v->at[i];
	if (!is_new && is_so_already(&was, edit))
		return HIVE_SAID_IT;
	v->at[i] = (hive_set_value){
		.key = is_new ? (char *)(uintptr_t)edit->name : was.key,
		.t = edit->type,
		.len = edit->bytes.left,
		.value = (char *)(uintptr_t)edit->bytes.at,
	};
	e->is_changed = true;
	int done = hivex_node_set_values(e->h, key, v->count + is_new, v->at, 0);
	v->at[i] = was;
	return done == 0 ? HIVE_SAID_IT : not_changed();
}

/* A key of which Windows itself makes the values. */
static bool
is_of_its_own(const struct editor *e, hive_node_h key)
{
	struct hive_key_head head;

	return !e->is_stale && hive_key_head_read(e->bytes, key, &head) == HEARD &&
	       head.has_no_values;
}

static enum hive_said
set_value(struct editor *e, struct span path, const struct reg_edit *edit)
{
	OWN(own_values) struct values values = { .count = 0 };
	hive_node_h key = 0;

	if (edit->bytes.left > HIVE_VALUE_MOST)
		return HIVE_SAID_LONG_VALUE;
	enum hive_said said = find_or_make(e, path, &key);
	if (said != HIVE_SAID_IT)
		return said;
	if (is_of_its_own(e, key))
		return HIVE_SAID_OF_ITS_OWN;
	said = take_values(e->h, key, &values);
	return said == HIVE_SAID_IT ? put_value(e, key, &values, edit) : said;
}

static enum hive_said
delete_value(struct editor *e, struct span path, const struct reg_edit *edit)
{
	OWN(own_values) struct values values = { .count = 0 };
	hive_node_h key = 0;
	size_t used = 0;
	size_t i = 0;

	enum hive_said said = find_key(e, path, &key, &used);
	if (said == HIVE_SAID_NO_KEY)
		return HIVE_SAID_IT;
	if (said == HIVE_SAID_IT && is_of_its_own(e, key))
		said = HIVE_SAID_OF_ITS_OWN;
	if (said == HIVE_SAID_IT)
		said = take_values(e->h, key, &values);
	if (said == HIVE_SAID_IT)
		said = find_value(&values, edit->name, &i);
	if (said != HIVE_SAID_IT || i == values.count)
		return said;
	hive_set_value gone = values.at[i];
	memmove(&values.at[i], &values.at[i + 1],
	        (values.count - 1 - i) * sizeof values.at[0]);
	values.at[values.count - 1] = gone;
	e->is_changed = true;
	return hivex_node_set_values(e->h, key, values.count - 1, values.at, 0) == 0
	           ? HIVE_SAID_IT
	           : not_changed();
}

/* ---- all of it */

static enum hive_said
edit_once(struct editor *e, const struct reg_edit *edit)
{
	struct span path = span_of(edit->key, strnlen(edit->key, HIVE_PATH_MOST + 1));
	hive_node_h key = 0;

	if (path.left > HIVE_PATH_MOST)
		return HIVE_SAID_DEEP;
	switch (edit->kind) {
	case REG_EDIT_SET: return set_value(e, path, edit);
	case REG_EDIT_DELETE_VALUE: return delete_value(e, path, edit);
	case REG_EDIT_DELETE_KEY: return delete_key(e, path);
	case REG_EDIT_MAKE_KEY: return find_or_make(e, path, &key);
	}
	return HIVE_SAID_NOT_CHANGED;
}

enum hive_said
hive_edit_copy(int fd, const struct hive_editing *job, size_t *at)
{
	struct editor e = { .job = job, .fd = fd };
	enum hive_said said = take_up(&e);

	*at = said == HIVE_SAID_IT ? 0 : job->count;
	for (; said == HIVE_SAID_IT && *at < job->count; ++*at) {
		said = edit_once(&e, &job->edits[*at]);
		if (said != HIVE_SAID_IT)
			break;
	}
	if (said == HIVE_SAID_IT)
		said = write_copy(&e);
	put_away(&e);
	return said;
}

int
hive_edit_serve(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct hive_editing job = { .name = CAGE_MEMFD_NAME };
	OWN(own_mem) struct reg_edit *edits = hive_edits_unpack(arg, &job.count);
	struct span question;
	struct buf answer;
	size_t at = 0;

	(void)in_count;
	if (!edits)
		return 1;
	job.edits = edits;
	enum hive_said said = hive_edit_copy(in_fds[0], &job, &at);
	buf_init(&answer, 16);
	buf_u8(&answer, (uint8_t)said);
	buf_le32(&answer, (uint32_t)at);
	return cage_hear(line, &question) && cage_say(line, buf_span(&answer)) ? 0 : 1;
}
