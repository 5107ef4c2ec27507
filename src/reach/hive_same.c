#include "reach/hive_same.h"

#include <stdlib.h>
#include <string.h>

#include "format/hive_cell.h"
#include "format/hive_log.h"

#define PIECE 64 /* bytes that differ or not as one */
#define CELL_STEP 8
#define KEYS_IN_BYTE 4
#define BIN_PLACE 12 /* its mark, place and length */
#define BIN_STEP 4096
#define SECURITY_MOST 16384 /* many keys share one, and each compares it */

/* What is known of a key; SEEN: it is not the same, or its turn is not over yet. */
enum state { UNSEEN, SEEN, IS_SAME };

static enum state
state_of(const struct hive_same *s, size_t at)
{
	size_t cell = at / CELL_STEP;

	return s->keys[cell / KEYS_IN_BYTE] >> cell % KEYS_IN_BYTE * 2 & 3;
}

static void
set_state(struct hive_same *s, size_t at, enum state state)
{
	size_t cell = at / CELL_STEP;
	uint8_t *byte = &s->keys[cell / KEYS_IN_BYTE];
	unsigned shift = cell % KEYS_IN_BYTE * 2;

	*byte = (uint8_t)((*byte & ~(3u << shift)) | (unsigned)state << shift);
}

/* ---- bytes */

static bool
same_bytes(const struct hive_same *s, size_t at, size_t len)
{
	if (at > s->len || len > s->len - at)
		return false;
	size_t end = (at + len + PIECE - 1) / PIECE;
	return s->differing[end] == s->differing[at / PIECE];
}

/* The content of a cell in use that is the same; bad where it is not. */
static struct span
same_cell(const struct hive_same *s, size_t at)
{
	struct span head = span_at(s->before, at, 4);
	uint32_t len = 0 - span_le32(&head); /* negative where it is in use */

	if (head.bad || at % CELL_STEP != 0 || len < 4 || len > INT32_MAX ||
	    !same_bytes(s, at, len))
		return (struct span){ .bad = true };
	return span_at(s->before, at + 4, len - 4);
}

static struct span
cell_at(const struct hive_same *s, uint32_t cell)
{
	return same_cell(s, (size_t)cell + HIVE_HEAD);
}

/* ---- values */

static bool
same_pieces(const struct hive_same *s, struct span big)
{
	if (!span_is(span_cut(&big, 2), "db", 2))
		return false;
	uint16_t count = span_le16(&big);
	uint32_t list_at = span_le32(&big);
	if (big.bad)
		return false;
	struct span list = cell_at(s, list_at);
	for (uint16_t i = 0; i < count && !list.bad; i++) {
		uint32_t piece = span_le32(&list);

		if (list.bad || cell_at(s, piece).bad)
			return false;
	}
	return !list.bad;
}

static bool
same_value(const struct hive_same *s, uint32_t cell)
{
	struct hive_value_head head;

	if (cell_at(s, cell).bad ||
	    hive_value_head_read(s->before, (size_t)cell + HIVE_HEAD, &head) != HEARD)
		return false;
	if (head.is_here || head.len == 0)
		return true;
	struct span data = cell_at(s, head.data);
	return !data.bad && (data.left >= head.len || same_pieces(s, data));
}

static bool
same_values(const struct hive_same *s, uint32_t count, uint32_t cell)
{
	if (count == 0)
		return true;
	struct span list = cell_at(s, cell);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t value = span_le32(&list);

		if (list.bad || !same_value(s, value))
			return false;
	}
	return true;
}

/* ---- keys */

/*
 * How many keys use a descriptor stands in its cell, and changes with any of them: the
 * descriptor alone counts, byte by byte.
 */
static bool
same_security(const struct hive_same *s, uint32_t cell)
{
	struct span before;
	struct span after;

	return hive_security_read(s->before, cell, &before) == HEARD &&
	       hive_security_read(s->after, cell, &after) == HEARD &&
	       before.left <= SECURITY_MOST && before.left == after.left &&
	       span_is(before, after.at, after.left);
}

static bool walk_key(struct hive_same *, uint32_t cell, unsigned depth);

/* A list, or a list of lists; counts the keys. */
static bool
walk_list(struct hive_same *s, uint32_t cell, unsigned depth, bool may_nest,
          uint32_t *keys)
{
	struct span list = cell_at(s, cell);
	struct span kind = span_cut(&list, 2);
	uint16_t count = span_le16(&list);
	bool nests = span_is(kind, "ri", 2);
	bool hashes = span_is(kind, "lf", 2) || span_is(kind, "lh", 2);

	if (list.bad || (nests && !may_nest) ||
	    (!nests && !hashes && !span_is(kind, "li", 2)))
		return false;
	for (uint16_t i = 0; i < count; i++) {
		uint32_t at = span_le32(&list);

		if (hashes)
			(void)span_le32(&list);
		if (list.bad)
			return false;
		if (nests ? !walk_list(s, at, depth, false, keys)
		          : !walk_key(s, at, depth + 1))
			return false;
		*keys += nests ? 0 : 1;
	}
	return true;
}

static bool
walk_subkeys(struct hive_same *s, const struct hive_key_head *k, unsigned depth)
{
	uint32_t keys = 0;

	if (k->subkeys == 0)
		return true;
	return walk_list(s, k->subkey_list, depth, true, &keys) && keys == k->subkeys;
}

static bool
walk_parts(struct hive_same *s, uint32_t cell, unsigned depth)
{
	struct hive_key_head k;

	if (depth > HIVE_DEPTH_MOST || cell_at(s, cell).bad ||
	    hive_key_head_read(s->before, (size_t)cell + HIVE_HEAD, &k) != HEARD ||
	    k.has_no_values)
		return false;
	return same_security(s, k.security) &&
	       (k.class_len == 0 || !cell_at(s, k.class_cell).bad) &&
	       same_values(s, k.values, k.value_list) && walk_subkeys(s, &k, depth);
}

/* Each once: who is in a circle, or below two keys, is looked at no second time. */
static bool
walk_key(struct hive_same *s, uint32_t cell, unsigned depth)
{
	size_t at = (size_t)cell + HIVE_HEAD;

	if (at % CELL_STEP != 0 || at >= s->len)
		return false;
	if (state_of(s, at) != UNSEEN)
		return state_of(s, at) == IS_SAME;
	set_state(s, at, SEEN);
	if (!walk_parts(s, cell, depth))
		return false;
	set_state(s, at, IS_SAME);
	return true;
}

bool
hive_same_key(struct hive_same *s, size_t at)
{
	return at >= HIVE_HEAD && at - HIVE_HEAD < UINT32_MAX &&
	       walk_key(s, (uint32_t)(at - HIVE_HEAD), 0);
}

/* ---- both hives */

static void
count_pieces(struct hive_same *s)
{
	for (size_t i = 0; i * PIECE < s->len; i++) {
		size_t left = s->len - i * PIECE;
		bool differs = memcmp(s->before.at + i * PIECE, s->after.at + i * PIECE,
		                      left < PIECE ? left : PIECE) != 0;

		s->differing[i + 1] = s->differing[i] + differs;
	}
}

/*
 * Where the bins end that have the same head in both: who looks for a cell may ask it
 * for its place and its length.  What is behind these, the time of the last write,
 * finds no cell.  A file may be longer than its bins.
 */
static size_t
end_of_bins(const struct hive_same *s)
{
	size_t at = HIVE_HEAD;

	while (at < s->len) {
		struct span head = span_at(s->before, at, BIN_PLACE);

		if (head.bad || !span_is(head, s->after.at + at, BIN_PLACE) ||
		    !span_is(span_cut(&head, 4), "hbin", 4))
			return at;
		(void)span_le32(&head);
		uint32_t len = span_le32(&head);
		if (len == 0 || len % BIN_STEP != 0 || len > s->len - at)
			return at;
		at += len;
	}
	return at < s->len ? at : s->len;
}

bool
hive_same_find(const struct span hives[2], struct hive_same *out)
{
	struct span before = hives[0];
	struct span after = hives[1];
	size_t len = before.left < after.left ? before.left : after.left;

	*out = (struct hive_same){ .before = before, .after = after, .len = len };
	out->differing = calloc(len / PIECE + 2, sizeof *out->differing);
	out->keys = calloc(len / CELL_STEP / KEYS_IN_BYTE + 1, 1);
	if (!out->differing || !out->keys) {
		hive_same_free(out);
		return false;
	}
	count_pieces(out);
	out->len = end_of_bins(out);
	return true;
}

void
hive_same_free(struct hive_same *s)
{
	free(s->differing);
	free(s->keys);
	*s = (struct hive_same){ .len = 0 };
}
