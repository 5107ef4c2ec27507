#include "lab/hive_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "lab/descriptor.h"

/*
 * Our own writer, although there is a library: libhivex writes a key's whole list
 * anew for each subkey that it adds and never uses that room again, so a hive of 3,000
 * services was 43 MB and took 37 s, and it can neither make a second descriptor nor
 * set the time of a key.
 *
 * A hive is a base block of 4 KiB and bins of whole pages; a bin is a header and
 * cells.  Cells are named by where they begin, counted from the end of the base block.
 * A key (nk) names its parent, a list (lh, or an ri of several) of the keys below it,
 * a list of its values (vk), and a security descriptor (sk), of which there are two
 * here: the usual one and the locked one.
 */
#define BASE_SIZE 4096
#define PAGE 4096
#define BIN_HEADER 32
#define CHECKSUM_AT 508
#define NO_CELL 0xFFFFFFFFu
#define HIVE_MOST (64u << 20)

#define KEY_IS_ROOT 0x0C    /* the root, not to be deleted */
#define NAME_IN_BYTES 0x20  /* of a key: Latin-1, not UTF-16 */
#define VALUE_IN_BYTES 0x01 /* the same of a value */
#define KEY_NAME_AT 76      /* in a key's cell, behind its size */
#define VALUE_NAME_AT 20
#define HERE_INSTEAD 0x80000000u /* up to four bytes lie where their place would be */
#define LIST_MOST 507            /* names in one list: what a page holds */

struct writer {
	struct buf bins;
	uint64_t filetime;
	size_t bin_end;
	uint32_t security[2]; /* the usual one, the locked one */
	uint32_t keys[2];     /* that have it */
};

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

static void
put_at(struct writer *w, size_t at, uint64_t v, size_t bytes)
{
	if (w->bins.bad || at + bytes > w->bins.len) {
		w->bins.bad = true;
		return;
	}
	for (size_t i = 0; i < bytes; i++)
		w->bins.at[at + i] = (uint8_t)(v >> 8 * i);
}

static void
bin_begin(struct writer *w, size_t needed)
{
	size_t at = w->bins.len;
	size_t size = (needed + BIN_HEADER + PAGE - 1) / PAGE * PAGE;

	buf_text(&w->bins, "hbin");
	buf_le32(&w->bins, (uint32_t)at);
	buf_le32(&w->bins, (uint32_t)size);
	buf_zero(&w->bins, 8);
	buf_le64(&w->bins, at == 0 ? w->filetime : 0);
	buf_le32(&w->bins, 0);
	w->bin_end = at + size;
}

/* What is left of a bin is one free cell. */
static void
bin_end(struct writer *w)
{
	size_t left = w->bin_end - w->bins.len;

	if (w->bins.bad || left == 0)
		return;
	buf_le32(&w->bins, (uint32_t)left);
	buf_zero(&w->bins, left - 4);
}

/* Where the content of a new cell of `len` bytes begins; it is all zeros. */
static size_t
cell_new(struct writer *w, size_t len)
{
	size_t size = (len + 4 + 7) / 8 * 8;

	if (w->bin_end - w->bins.len < size) {
		bin_end(w);
		bin_begin(w, size);
	}
	buf_le32(&w->bins, (uint32_t)-size);
	buf_zero(&w->bins, size - 4);
	return w->bins.len - size + 4;
}

static uint32_t
cell_of(size_t content)
{
	return (uint32_t)(content - 4);
}

static void
put_bytes(struct writer *w, size_t at, const void *bytes, size_t len)
{
	if (w->bins.bad || at + len > w->bins.len)
		w->bins.bad = true;
	else if (len > 0)
		memcpy(w->bins.at + at, bytes, len);
}

/* ---- names */

static bool
fits_bytes(const char *name)
{
	while (*name) {
		if (text_next(&name) > 0xFF)
			return false;
	}
	return true;
}

static void
name_put(struct buf *b, const char *name)
{
	if (!fits_bytes(name)) {
		buf_utf16(b, name);
		return;
	}
	while (*name)
		buf_u8(b, (uint8_t)text_next(&name));
}

static uint32_t
upper(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7) ? c - 32
	                                                                       : c;
}

static uint32_t
name_hash(const char *name)
{
	uint32_t hash = 0;

	while (*name)
		hash = hash * 37 + upper(text_next(&name));
	return hash;
}

/* By upper-case letters, as Windows searches them. */
static int
by_name(const void *a, const void *b)
{
	const char *left = (*(struct tree_key *const *)a)->name;
	const char *right = (*(struct tree_key *const *)b)->name;

	while (*left && *right) {
		uint32_t l = upper(text_next(&left));
		uint32_t r = upper(text_next(&right));

		if (l != r)
			return l < r ? -1 : 1;
	}
	return (*left != 0) - (*right != 0);
}

static uint32_t
units_most(uint32_t most, const char *name)
{
	uint32_t units = 0;

	while (*name)
		units += text_next(&name) > 0xFFFF ? 2 : 1;
	return 2 * units > most ? 2 * units : most;
}

/* ---- cells */

static uint32_t
value_write(struct writer *w, const struct tree_value *value)
{
	OWN(own_buf) struct buf name = { 0 };
	size_t bytes_at = 0;

	buf_init(&name, PAGE);
	name_put(&name, value->name);
	w->bins.bad |= name.bad;
	size_t at = cell_new(w, VALUE_NAME_AT + name.len);
	if (value->len > 4) {
		bytes_at = cell_new(w, value->len);
		put_bytes(w, bytes_at, value->bytes, value->len);
	}
	put_bytes(w, at, "vk", 2);
	put_at(w, at + 2, name.len, 2);
	if (value->len > 4) {
		put_at(w, at + 4, value->len, 4);
		put_at(w, at + 8, cell_of(bytes_at), 4);
	} else {
		put_at(w, at + 4, value->len | HERE_INSTEAD, 4);
		put_bytes(w, at + 8, value->bytes, value->len);
	}
	put_at(w, at + 12, value->type, 4);
	put_at(w, at + 16, fits_bytes(value->name) ? VALUE_IN_BYTES : 0, 2);
	put_bytes(w, at + VALUE_NAME_AT, name.at, name.len);
	return cell_of(at);
}

static uint32_t
values_write(struct writer *w, const struct tree_key *key)
{
	if (key->value_count == 0)
		return NO_CELL;
	size_t at = cell_new(w, 4 * key->value_count);
	for (size_t i = 0; i < key->value_count; i++)
		put_at(w, at + 4 * i, value_write(w, &key->values[i]), 4);
	return cell_of(at);
}

static uint32_t key_write(struct writer *w, struct tree_key *key, uint32_t parent);

/* The keys from `first` on, as many as a list holds. */
static uint32_t
list_write(struct writer *w, const struct tree_key *key, size_t first, uint32_t parent)
{
	size_t count = key->below_count - first;

	if (count > LIST_MOST)
		count = LIST_MOST;
	size_t at = cell_new(w, 4 + 8 * count);
	put_bytes(w, at, "lh", 2);
	put_at(w, at + 2, count, 2);
	for (size_t i = 0; i < count; i++) {
		struct tree_key *below = key->below[first + i];

		put_at(w, at + 4 + 8 * i, key_write(w, below, parent), 4);
		put_at(w, at + 8 + 8 * i, name_hash(below->name), 4);
	}
	return cell_of(at);
}

static uint32_t
lists_write(struct writer *w, const struct tree_key *key, uint32_t parent)
{
	size_t lists = (key->below_count + LIST_MOST - 1) / LIST_MOST;

	if (lists == 0)
		return NO_CELL;
	qsort(key->below, key->below_count, sizeof *key->below, by_name);
	if (lists == 1)
		return list_write(w, key, 0, parent);
	size_t at = cell_new(w, 4 + 4 * lists);
	put_bytes(w, at, "ri", 2);
	put_at(w, at + 2, lists, 2);
	for (size_t i = 0; i < lists; i++)
		put_at(w, at + 4 + 4 * i, list_write(w, key, i * LIST_MOST, parent), 4);
	return cell_of(at);
}

/* The longest names and the largest value below: readers may take room for them. */
static void
key_mosts(struct writer *w, size_t at, const struct tree_key *key)
{
	uint32_t below = 0;
	uint32_t name = 0;
	size_t bytes = 0;

	for (size_t i = 0; i < key->below_count; i++)
		below = units_most(below, key->below[i]->name);
	for (size_t i = 0; i < key->value_count; i++) {
		name = units_most(name, key->values[i].name);
		if (key->values[i].len > bytes)
			bytes = key->values[i].len;
	}
	put_at(w, at + 52, below, 4);
	put_at(w, at + 60, name, 4);
	put_at(w, at + 64, bytes, 4);
}

static uint32_t
key_write(struct writer *w, struct tree_key *key, uint32_t parent)
{
	OWN(own_buf) struct buf name = { 0 };
	bool is_root = parent == NO_CELL;
	uint16_t flags = is_root ? KEY_IS_ROOT : 0;

	buf_init(&name, PAGE);
	name_put(&name, key->name);
	w->bins.bad |= name.bad;
	if (fits_bytes(key->name))
		flags |= NAME_IN_BYTES;
	size_t at = cell_new(w, KEY_NAME_AT + name.len);
	put_bytes(w, at, "nk", 2);
	put_at(w, at + 2, flags, 2);
	put_at(w, at + 4, key->filetime, 8);
	put_at(w, at + 16, is_root ? 0 : parent, 4);
	put_at(w, at + 20, key->below_count, 4);
	put_at(w, at + 32, NO_CELL, 4); /* no list of keys that live in memory only */
	put_at(w, at + 36, key->value_count, 4);
	put_at(w, at + 48, NO_CELL, 4); /* no class */
	key_mosts(w, at, key);
	put_at(w, at + 72, name.len, 2);
	put_bytes(w, at + KEY_NAME_AT, name.at, name.len);
	if (is_root)
		return cell_of(at);
	put_at(w, at + 40, values_write(w, key), 4);
	put_at(w, at + 44, w->security[key->locked], 4);
	w->keys[key->locked]++;
	put_at(w, at + 28, lists_write(w, key, cell_of(at)), 4);
	return cell_of(at);
}

static void
security_write(struct writer *w, bool locked)
{
	OWN(own_buf) struct buf b = { 0 };

	buf_init(&b, PAGE);
	if (locked)
		descriptor_key_locked(&b);
	else
		descriptor_key(&b);
	w->bins.bad |= b.bad;
	size_t at = cell_new(w, 20 + b.len);
	put_bytes(w, at, "sk", 2);
	put_at(w, at + 16, b.len, 4);
	put_bytes(w, at + 20, b.at, b.len);
	w->security[locked] = cell_of(at);
}

/* The ring of both, and how many keys have each. */
static void
security_count(struct writer *w)
{
	for (size_t i = 0; i < 2; i++) {
		size_t at = w->security[i] + 4;

		put_at(w, at + 4, w->security[1 - i], 4);
		put_at(w, at + 8, w->security[1 - i], 4);
		put_at(w, at + 12, w->keys[i], 4);
	}
}

/* The root comes first, so its lists are written behind the descriptors. */
static void
bins_write(struct writer *w, struct tree_key *root)
{
	bin_begin(w, PAGE - BIN_HEADER);
	uint32_t cell = key_write(w, root, NO_CELL);
	size_t at = cell + 4;

	security_write(w, false);
	security_write(w, true);
	w->keys[0]++;
	w->keys[1]++; /* so that it stays where no key has it */
	put_at(w, at + 40, values_write(w, root), 4);
	put_at(w, at + 44, w->security[0], 4);
	put_at(w, at + 28, lists_write(w, root, cell), 4);
	security_count(w);
	bin_end(w);
}

static void
base_write(struct buf *out, const struct writer *w, const char *root)
{
	struct buf b = { 0 };
	uint32_t sum = 0;

	buf_init(&b, BASE_SIZE);
	buf_text(&b, "regf");
	buf_le32(&b, 1); /* written completely: both sequence numbers are the same */
	buf_le32(&b, 1);
	buf_le64(&b, w->filetime);
	buf_le32(&b, 1); /* version 1.5 */
	buf_le32(&b, 5);
	buf_le32(&b, 0);
	buf_le32(&b, 1);
	buf_le32(&b, BIN_HEADER); /* the root key's cell */
	buf_le32(&b, (uint32_t)w->bins.len);
	buf_le32(&b, 1);
	buf_utf16(&b, root);
	buf_zero(&b, CHECKSUM_AT - b.len);
	for (struct span words = buf_span(&b); words.left > 0;)
		sum ^= span_le32(&words);
	buf_le32(&b, sum);
	buf_zero(&b, BASE_SIZE - b.len);
	buf_put(out, b.at, b.len);
	out->bad |= b.bad;
	buf_free(&b);
}

enum err
hive_tree_write(struct tree_key *root, struct buf *out)
{
	struct writer w = { .filetime = root->filetime };

	buf_init(&w.bins, HIVE_MOST);
	bins_write(&w, root);
	base_write(out, &w, root->name);
	buf_put(out, w.bins.at, w.bins.len);
	out->bad |= w.bins.bad;
	buf_free(&w.bins);
	return out->bad ? ERR_LIMIT : OK;
}
