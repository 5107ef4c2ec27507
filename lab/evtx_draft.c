#include "lab/evtx_draft.h"

#include <string.h>

#include "base/text.h"

#define HEAD_LEN 512u
#define HEAD_USED 128u
#define LAST_AT 44u
#define FREE_AT 48u
#define RECORDS_CRC_AT 52u
#define FLAGS_AT 120u
#define HEAD_CRC_AT 124u
#define NAMES_AT 128u
#define NAME_LISTS 64u
#define TEMPLATES_AT 384u
#define TEMPLATE_LISTS 32u
#define RECORD_MARK 0x2a2au
#define STREAM_HEAD "\x0f\1\1\0"
#define STREAM_END 0u
#define TEMPLATE 0x0cu
#define ALIGNMENT 8u
#define ROOM (4 * EVTX_DRAFT_LEN) /* the longest text in a record that is too much */

void
evtx_draft_init(struct evtx_draft *d)
{
	*d = (struct evtx_draft){ .first = 0 };
	buf_init(&d->bytes, ROOM);
}

void
evtx_draft_free(struct evtx_draft *d)
{
	buf_free(&d->bytes);
}

void
evtx_draft_begin(struct evtx_draft *d, uint64_t first)
{
	buf_clear(&d->bytes);
	buf_put(&d->bytes, "ElfChnk", 8);
	buf_zero(&d->bytes, HEAD_LEN - 8);
	d->first = first;
	d->count = 0;
	d->last = 0;
}

/* ---- records */

/* Both tables, one behind the other. */
static struct span
tables(const struct evtx_draft *d)
{
	return span_at(buf_span(&d->bytes), NAMES_AT, EVTX_DRAFT_TABLES);
}

void
evtx_draft_record(struct evtx_draft *d, uint64_t written)
{
	struct buf *b = &d->bytes;

	(void)span_copy(tables(d), d->tables, sizeof d->tables);
	d->record = b->len;
	buf_le32(b, RECORD_MARK);
	buf_le32(b, 0); /* its length, once it is known */
	buf_le64(b, d->first + d->count);
	buf_le64(b, written);
	buf_put(b, STREAM_HEAD, 4);
}

static void
take_back(struct evtx_draft *d)
{
	d->bytes.bad = false;
	d->bytes.len = d->record;
	memcpy(d->bytes.at + NAMES_AT, d->tables, sizeof d->tables);
}

bool
evtx_draft_record_end(struct evtx_draft *d)
{
	struct buf *b = &d->bytes;

	buf_u8(b, STREAM_END);
	buf_zero(b, (ALIGNMENT - (b->len + 4) % ALIGNMENT) % ALIGNMENT);
	uint32_t len = (uint32_t)(b->len + 4 - d->record);
	buf_patch_le32(b, d->record + 4, len);
	buf_le32(b, len);
	/* libevtx reads no record that ends where the chunk does. */
	if (b->bad || b->len >= EVTX_DRAFT_LEN) {
		take_back(d);
		return false;
	}
	d->last = d->record;
	d->count++;
	return true;
}

/* ---- names and templates, in lists by their hash; the newest comes first */

static uint32_t
hash_on(uint32_t hash, uint16_t unit)
{
	return hash * 65599 + unit;
}

static uint32_t
word_at(const struct evtx_draft *d, size_t at)
{
	struct span word = span_at(buf_span(&d->bytes), at, 4);

	return span_le32(&word);
}

static bool
is_name_at(const struct evtx_draft *d, size_t at, const char *name, size_t len)
{
	struct span s = span_at(buf_span(&d->bytes), at + 6, 2 + 2 * len);

	if (span_le16(&s) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (span_le16(&s) != (uint8_t)name[i])
			return false;
	}
	return true;
}

void
evtx_draft_name(struct evtx_draft *d, const char *name)
{
	struct buf *b = &d->bytes;
	size_t len = strlen(name);
	uint32_t hash = 0;

	for (size_t i = 0; i < len; i++)
		hash = hash_on(hash, (uint8_t)name[i]);
	size_t list = NAMES_AT + 4 * (size_t)(hash % NAME_LISTS);
	uint32_t first = word_at(d, list);
	for (uint32_t at = first; at != 0; at = word_at(d, at)) {
		if (is_name_at(d, at, name, len)) {
			buf_le32(b, at);
			return;
		}
	}
	buf_patch_le32(b, list, (uint32_t)b->len + 4);
	buf_le32(b, (uint32_t)b->len + 4); /* here it is */
	buf_le32(b, first);
	buf_le16(b, (uint16_t)hash);
	buf_le16(b, (uint16_t)len);
	buf_utf16(b, name);
	buf_le16(b, 0);
}

static uint32_t
find_template(const struct evtx_draft *d, uint32_t first, const uint8_t *guid)
{
	uint32_t at = first;

	while (at != 0 && !span_is(span_at(buf_span(&d->bytes), at + 4, EVTX_GUID_LEN),
	                           guid, EVTX_GUID_LEN))
		at = word_at(d, at);
	return at;
}

size_t
evtx_draft_template(struct evtx_draft *d, const uint8_t guid[EVTX_GUID_LEN])
{
	struct buf *b = &d->bytes;
	struct span units = span_of(guid, EVTX_GUID_LEN);
	uint32_t hash = 0;

	while (units.left > 0)
		hash = hash_on(hash, span_le16(&units));
	size_t list = TEMPLATES_AT + 4 * (size_t)(hash % TEMPLATE_LISTS);
	uint32_t first = word_at(d, list);
	uint32_t known = find_template(d, first, guid);
	buf_u8(b, TEMPLATE);
	buf_u8(b, 1);
	buf_put(b, guid, 4);
	uint32_t at = known ? known : (uint32_t)b->len + 4;
	buf_le32(b, at);
	if (known)
		return 0;
	buf_patch_le32(b, list, at);
	buf_le32(b, first);
	buf_put(b, guid, EVTX_GUID_LEN);
	buf_le32(b, 0); /* its length, once it is known */
	buf_put(b, STREAM_HEAD, 4);
	return at;
}

void
evtx_draft_template_end(struct evtx_draft *d, size_t definition)
{
	size_t length_at = definition + 4 + EVTX_GUID_LEN;

	buf_u8(&d->bytes, STREAM_END);
	buf_patch_le32(&d->bytes, length_at, (uint32_t)(d->bytes.len - length_at - 4));
}

/* ---- the head */

static void
patch_le64(struct buf *b, size_t at, uint64_t v)
{
	buf_patch_le32(b, at, (uint32_t)v);
	buf_patch_le32(b, at + 4, (uint32_t)(v >> 32));
}

struct span
evtx_draft_end(struct evtx_draft *d, const struct crc32 *crc)
{
	struct buf *b = &d->bytes;
	uint64_t last = d->first + d->count - 1; /* without any: the one before */
	struct span records = span_at(buf_span(b), HEAD_LEN, b->len - HEAD_LEN);

	for (size_t at = 8; at < 40; at += 16) {
		patch_le64(b, at, d->first);
		patch_le64(b, at + 8, last);
	}
	buf_patch_le32(b, 40, HEAD_USED);
	buf_patch_le32(b, LAST_AT, (uint32_t)d->last);
	buf_patch_le32(b, FREE_AT, (uint32_t)b->len);
	buf_patch_le32(b, RECORDS_CRC_AT, crc32_add(crc, 0, records));
	buf_patch_le32(b, FLAGS_AT, 1);
	uint32_t sum = crc32_add(crc, 0, span_at(buf_span(b), 0, FLAGS_AT));
	buf_patch_le32(b, HEAD_CRC_AT, crc32_add(crc, sum, tables(d)));
	buf_zero(b, EVTX_DRAFT_LEN - b->len);
	struct span chunk = buf_span(b);
	chunk.bad = b->bad;
	return chunk;
}
