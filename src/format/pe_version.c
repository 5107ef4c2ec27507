/*
 * The version of a PE file: type 16 of the resource tree, its first name, its first
 * language, and there a block VS_VERSION_INFO.  The tree has three levels; what goes
 * deeper, back or outside is refused.  A broken tree does not mean that the block is
 * gone: it is then searched for, and believed where only one is found.
 *
 * Resources can be megabytes; only directories on the way and the block are read.
 */
#include "format/pe.h"

#include <string.h>

#include "format/pe_window.h"

/* ---- the block */

#define BLOCK_MOST 65536
#define BLOCK_HEAD 6 /* length, length of the value, kind */
#define FIXED_AT 40  /* the head, the key with its zero, padding to 4 */
#define FIXED_LEN 52 /* VS_FIXEDFILEINFO */
#define SIGNATURE 0xFEEF04BDu

/* "VS_VERSION_INFO" and its zero. */
static const uint8_t block_key[] = "V\0S\0_\0V\0E\0R\0S\0I\0O\0N\0_\0I\0N\0F\0O\0\0";

/* One node of the block: its key, its value, and the nodes in it. */
struct node {
	struct span all; /* from its first byte */
	struct said key;
	size_t value_at;
	size_t value_len; /* units of text, or bytes: as the node's kind says */
};

static size_t
padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* Takes the next node off `rest`; false at the end, and where the rest is odd. */
static bool
node_next(struct span *rest, struct node *out)
{
	struct span head = *rest;
	size_t len = span_le16(&head);
	size_t key_len = 0;

	out->value_len = span_le16(&head);
	(void)span_le16(&head);
	if (head.bad || len <= BLOCK_HEAD || len > rest->left)
		return false;
	out->all = span_at(*rest, 0, len);
	struct span key = span_at(out->all, BLOCK_HEAD, len - BLOCK_HEAD);
	out->key = said_from_utf16(key);
	do
		key_len += 2;
	while (span_le16(&key) != 0 && !key.bad);
	out->value_at = padded(BLOCK_HEAD + key_len);
	/* The last one has no padding behind it. */
	size_t step = padded(len) < rest->left ? padded(len) : rest->left;
	(void)span_cut(rest, step);
	return true;
}

/* What lies behind the first `at` bytes of a node; bad where it has fewer. */
static struct span
node_from(const struct node *n, size_t at)
{
	struct span s = n->all;

	(void)span_cut(&s, at);
	return s;
}

static void
take_string(const struct node *n, struct pe_version *out)
{
	const struct {
		const char *key;
		struct said *to;
	} wanted[] = {
		{ "CompanyName", &out->company },
		{ "FileVersion", &out->file_version },
		{ "InternalName", &out->internal_name },
		{ "OriginalFilename", &out->original_name },
	};

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		if (text_same(n->key.utf8, wanted[i].key))
			*wanted[i].to = said_from_utf16(node_from(n, n->value_at));
	}
}

/* StringFileInfo, its first table, and the strings of that. */
static void
read_strings(struct span children, struct pe_version *out)
{
	struct node n;

	while (node_next(&children, &n)) {
		if (!text_same(n.key.utf8, "StringFileInfo"))
			continue;
		struct span tables = node_from(&n, n.value_at);
		struct node table;

		if (!node_next(&tables, &table))
			return;
		struct span strings = node_from(&table, table.value_at);
		while (node_next(&strings, &n))
			take_string(&n, out);
		return;
	}
}

static void
read_parts(struct span *s, uint16_t parts[4])
{
	for (size_t i = 0; i < 4; i += 2) {
		uint32_t two = span_le32(s);

		parts[i] = (uint16_t)(two >> 16);
		parts[i + 1] = (uint16_t)two;
	}
}

static enum pe_error
read_block(struct span leaf, struct pe_version *out)
{
	struct span head = leaf;
	size_t len = span_le16(&head);
	size_t value_len = span_le16(&head);

	(void)span_le16(&head);
	struct span key = span_cut(&head, sizeof block_key - 1);
	if (key.bad || len > leaf.left)
		return PE_TRUNCATED;
	if (!span_is(key, block_key, sizeof block_key - 1))
		return PE_NOT_SIGNATURE;
	if (value_len == 0) /* strings alone: libraries of texts have that */
		return PE_NO_VERSION;
	if (value_len < FIXED_LEN || len < FIXED_AT + value_len)
		return PE_TRUNCATED;

	struct span s = span_at(leaf, FIXED_AT, FIXED_LEN);
	if (span_le32(&s) != SIGNATURE)
		return PE_NOT_SIGNATURE;
	(void)span_le32(&s); /* the version of the structure */
	*out = (struct pe_version){ .found = PE_FOUND_TREE };
	read_parts(&s, out->file);
	read_parts(&s, out->product);

	struct span children = span_at(leaf, 0, len);
	(void)span_cut(&children, padded(FIXED_AT + value_len));
	read_strings(children, out);
	return PE_OK;
}

static enum pe_error
take_block(const struct pe_source *source, uint64_t offset, size_t len,
           struct pe_version *out)
{
	uint8_t block[BLOCK_MOST];
	enum pe_error error = pe_take(source, offset, block, len);

	return error ? error : read_block(span_of(block, len), out);
}

/* ---- the tree */

#define TYPE_VERSION 16u
#define NAME_FIRST 1u
#define ENTRIES_MOST 4096
#define DIRECTORY_HEAD 16
#define ENTRY_LEN 8
#define IS_DIRECTORY 0x80000000u
#define LEAF_LEN 16
#define LEVELS 3

struct entry {
	uint32_t id;
	uint32_t offset; /* from the root; the top bit says what of */
};

/*
 * The entry with the number `id` of the directory at `at`, else the first, if
 * `any` may be taken.
 */
static enum pe_error
find_entry(struct pe_window *w, uint64_t at, uint32_t id, bool any, struct entry *out)
{
	struct span head = pe_window_at(w, at, DIRECTORY_HEAD);
	size_t count = 0;
	bool found = false;

	(void)span_cut(&head, 12);
	count += span_le16(&head);
	count += span_le16(&head);
	if (head.bad)
		return w->error;
	if (count > ENTRIES_MOST)
		return PE_TOO_BIG;
	at += DIRECTORY_HEAD;
	for (size_t i = 0; i < count; i++, at += ENTRY_LEN) {
		struct span s = pe_window_at(w, at, ENTRY_LEN);
		struct entry e = { .id = span_le32(&s) };

		e.offset = span_le32(&s);
		if (s.bad)
			return w->error;
		if (e.id == id || (any && !found)) {
			*out = e;
			found = true;
		}
		if (e.id == id)
			return PE_OK;
	}
	return found ? PE_OK : PE_NO_VERSION;
}

/* *at is the root, then the leaf. */
static enum pe_error
walk(struct pe_window *w, uint64_t *at)
{
	static const struct {
		uint32_t id;
		bool any;
	} steps[LEVELS] = { { TYPE_VERSION, false },
		            { NAME_FIRST, true },
		            { 0, true } };
	const uint64_t root = *at;

	for (size_t level = 0; level < LEVELS; level++) {
		struct entry e = { .id = 0 };
		enum pe_error error = find_entry(w, *at, steps[level].id,
		                                 steps[level].any, &e);

		if (error)
			return error;
		*at = root + (e.offset & ~IS_DIRECTORY);
		if (level + 1 < LEVELS && !(e.offset & IS_DIRECTORY))
			return PE_TRUNCATED;
		if (level + 1 == LEVELS && (e.offset & IS_DIRECTORY))
			return PE_LOOP;
	}
	return PE_OK;
}

static enum pe_error
by_tree(const struct pe_source *source, const struct pe *pe, struct pe_version *out)
{
	struct pe_window w;
	uint64_t at = 0;

	if (pe->directory_count < 3)
		return PE_BAD_OPTIONAL_HEADER;
	if (pe->resources.rva == 0 || pe->resources.size == 0)
		return PE_NO_RESOURCES;
	if (!pe_offset(pe, pe->resources.rva, &at))
		return PE_TRUNCATED;
	pe_window_init(&w, source);
	enum pe_error error = walk(&w, &at);
	if (error)
		return error;

	struct span leaf = pe_window_at(&w, at, LEAF_LEN);
	uint32_t rva = span_le32(&leaf);
	uint32_t len = span_le32(&leaf);
	if (leaf.bad)
		return w.error;
	if (len > BLOCK_MOST)
		return PE_TOO_BIG;
	if (!pe_offset(pe, rva, &at))
		return PE_TRUNCATED;
	return take_block(source, at, len, out);
}

/* ---- without the tree */

#define SCAN_MOST (32u << 20)
#define SCAN_CHUNK 65536

/* Counts the keys in the file, up to two; *at is the place of the last. */
static size_t
count_keys(const struct pe_source *source, uint64_t *at)
{
	uint8_t chunk[SCAN_CHUNK];
	const size_t key_len = sizeof block_key - 1;
	uint64_t offset = 0;
	size_t hits = 0;

	while (hits < 2 && source->size - offset >= key_len) {
		uint64_t left = source->size - offset;
		size_t len = left < sizeof chunk ? (size_t)left : sizeof chunk;

		if (pe_take(source, offset, chunk, len) != PE_OK)
			return 0;
		size_t found = span_find(span_of(chunk, len), block_key, key_len);
		if (found != SIZE_MAX) {
			*at = offset + found;
			hits++;
			offset = *at + key_len;
		} else {
			/* One may begin at the chunk's end. */
			offset += len - (key_len - 1);
		}
	}
	return hits;
}

static bool
by_scan(const struct pe_source *source, struct pe_version *out)
{
	uint64_t at = 0;

	if (source->size > SCAN_MOST || count_keys(source, &at) != 1 || at < BLOCK_HEAD)
		return false;
	at -= BLOCK_HEAD;
	uint64_t left = source->size - at;
	size_t len = left < BLOCK_MOST ? (size_t)left : BLOCK_MOST;
	if (take_block(source, at, len, out) != PE_OK)
		return false;
	out->found = PE_FOUND_SCAN;
	return true;
}

enum pe_error
pe_version(const struct pe_source *source, const struct pe *pe, struct pe_version *out)
{
	struct pe_version version;
	enum pe_error error = by_tree(source, pe, &version);
	bool broken = error == PE_TRUNCATED || error == PE_LOOP ||
	              error == PE_TOO_BIG || error == PE_NOT_SIGNATURE;

	if (broken && by_scan(source, &version))
		error = PE_OK;
	if (error == PE_OK)
		*out = version;
	return error;
}
