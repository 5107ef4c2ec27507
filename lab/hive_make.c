#include "lab/hive_make.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "lab/hive_tree.h"

#define DEPTH_MOST 24
#define KEY_PATH_ROOM 512
#define VALUE_MOST 16344 /* more would need a list of cells */

struct hive_make {
	struct tree_key *root;
	uint64_t usual_time;
	uint64_t time;
	struct tree_key
	    *steps[DEPTH_MOST]; /* to the key where we are; [0] is the root */
	size_t depth;
	bool bad;
};

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

static void
key_free(struct tree_key *key)
{
	for (size_t i = 0; i < key->value_count; i++) {
		free(key->values[i].name);
		free(key->values[i].bytes);
	}
	for (size_t i = 0; i < key->below_count; i++)
		key_free(key->below[i]);
	free(key->values);
	free(key->below);
	free(key->name);
	free(key);
}

static struct tree_key *
key_new(const char *name, size_t len, uint64_t filetime)
{
	struct tree_key *key = calloc(1, sizeof *key);

	if (!key)
		return NULL;
	key->filetime = filetime;
	key->name = strndup(name, len);
	if (key->name)
		return key;
	free(key);
	return NULL;
}

enum err
hive_new(const char *root, uint64_t filetime, struct hive_make **out)
{
	OWN(own_hive_make) struct hive_make *h = calloc(1, sizeof *h);

	if (!h)
		return ERR_MEMORY;
	h->usual_time = filetime;
	h->time = filetime;
	h->root = key_new(root, strlen(root), filetime);
	if (!h->root)
		return ERR_MEMORY;
	h->steps[0] = h->root;
	h->depth = 1;
	*out = GIVE(h);
	return OK;
}

/* ---- keys */

static bool
key_is(const struct tree_key *key, const char *name, size_t len)
{
	return strlen(key->name) == len && strncasecmp(key->name, name, len) == 0;
}

static struct tree_key *
key_below(struct hive_make *h, struct tree_key *from, const char *name, size_t len)
{
	struct tree_key *key = NULL;

	for (size_t i = from->below_count; i > 0; i--) {
		if (key_is(from->below[i - 1], name, len))
			return from->below[i - 1];
	}
	if (from->below_count == from->below_room) {
		size_t room = from->below_room ? 2 * from->below_room : 8;
		struct tree_key **more = reallocarray(from->below, room, sizeof *more);

		if (!more)
			return NULL;
		from->below = more;
		from->below_room = room;
	}
	key = key_new(name, len, h->time);
	if (key)
		from->below[from->below_count++] = key;
	return key;
}

void
hive_at(struct hive_make *h, const char *format, ...)
{
	char path[KEY_PATH_ROOM];
	const char *at = path;
	size_t level = 1;
	va_list args;

	va_start(args, format);
	int len = vsnprintf(path, sizeof path, format, args);
	va_end(args);
	h->bad |= len < 0 || (size_t)len >= sizeof path;
	for (; !h->bad && *at; level++) {
		size_t step = strcspn(at, "\\");
		/* What leads to the key before may lead to this one, too. */
		bool is_led = level < h->depth && key_is(h->steps[level], at, step);

		if (level == DEPTH_MOST || step == 0) {
			h->bad = true;
			return;
		}
		if (!is_led) {
			h->depth = level;
			h->steps[level] = key_below(h, h->steps[level - 1], at, step);
			h->bad = !h->steps[level];
		}
		at += step + (at[step] == '\\');
	}
	h->depth = level;
}

void
hive_time(struct hive_make *h, uint64_t filetime)
{
	h->time = filetime ? filetime : h->usual_time;
	if (!h->bad && filetime)
		h->steps[h->depth - 1]->filetime = filetime;
}

void
hive_lock(struct hive_make *h)
{
	if (!h->bad)
		h->steps[h->depth - 1]->locked = true;
}

/* ---- values */

/* The value of that name, with nothing in it; NULL where there is no memory. */
static struct tree_value *
value_of(struct tree_key *key, const char *name)
{
	struct tree_value *value = NULL;

	for (size_t i = 0; i < key->value_count; i++) {
		if (strcasecmp(key->values[i].name, name) == 0) {
			free(key->values[i].bytes);
			key->values[i].bytes = NULL;
			return &key->values[i];
		}
	}
	if (key->value_count == key->value_room) {
		size_t room = key->value_room ? 2 * key->value_room : 4;
		struct tree_value *more = reallocarray(key->values, room, sizeof *more);

		if (!more)
			return NULL;
		key->values = more;
		key->value_room = room;
	}
	value = &key->values[key->value_count];
	*value = (struct tree_value){ .name = strdup(name) };
	key->value_count += value->name != NULL;
	return value->name ? value : NULL;
}

static void
put_value(struct hive_make *h, const char *name, uint32_t type, struct span bytes)
{
	h->bad |= bytes.bad || bytes.left > VALUE_MOST;
	if (h->bad)
		return;
	struct tree_value *value = value_of(h->steps[h->depth - 1], name);
	if (value)
		value->bytes = malloc(bytes.left + 1);
	if (!value || !value->bytes) {
		h->bad = true;
		return;
	}
	value->type = type;
	value->len = span_copy(bytes, value->bytes, bytes.left);
}

void
hive_u32(struct hive_make *h, const char *value, uint32_t number)
{
	uint8_t le[4];

	for (size_t i = 0; i < sizeof le; i++)
		le[i] = (uint8_t)(number >> 8 * i);
	put_value(h, value, TYPE_DWORD, span_of(le, sizeof le));
}

static void
put_text(struct hive_make *h, const char *value, uint32_t type, const char *text)
{
	OWN(own_buf) struct buf b = { 0 };

	buf_init(&b, VALUE_MOST);
	buf_utf16(&b, text);
	buf_le16(&b, 0);
	h->bad |= b.bad;
	put_value(h, value, type, buf_span(&b));
}

void
hive_text(struct hive_make *h, const char *value, const char *text)
{
	put_text(h, value, TYPE_SZ, text);
}

void
hive_expand(struct hive_make *h, const char *value, const char *text)
{
	put_text(h, value, TYPE_EXPAND_SZ, text);
}

void
hive_lines(struct hive_make *h, const char *value, const char *lines)
{
	OWN(own_buf) struct buf b = { 0 };

	buf_init(&b, VALUE_MOST);
	buf_utf16(&b, lines);
	for (size_t i = 0; i + 1 < b.len; i += 2) {
		if (b.at[i] == '\n' && b.at[i + 1] == 0)
			b.at[i] = 0;
	}
	buf_zero(&b, *lines ? 4 : 2);
	h->bad |= b.bad;
	put_value(h, value, TYPE_MULTI_SZ, buf_span(&b));
}

void
hive_bytes(struct hive_make *h, const char *value, enum hive_raw type,
           struct span bytes)
{
	put_value(h, value, type, bytes);
}

enum err
hive_made(struct hive_make *h, struct buf *out)
{
	if (h->bad)
		return ERR_LIMIT;
	return hive_tree_write(h->root, out);
}

void
hive_make_free(struct hive_make *h)
{
	if (!h)
		return;
	if (h->root)
		key_free(h->root);
	free(h);
}
