#include "format/hive_log_write.h"

#include <string.h>

#include "format/hive_marvin.h"

#define SECTOR 512
#define BEGUN_AT 4
#define ENDED_AT 8
#define WRITTEN_AT 12
#define KIND_AT 28
#define CHECKSUM_AT 508
#define ENTRY_HEAD 40
#define ENTRY_HASHED 32

static void
put_le32(uint8_t *to, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

static void
put_le64(uint8_t *to, uint64_t v)
{
	put_le32(to, (uint32_t)v);
	put_le32(to + 4, (uint32_t)(v >> 32));
}

static void
put_checksum(uint8_t base[HIVE_BASE])
{
	put_le32(base + CHECKSUM_AT, hive_base_checksum(span_of(base, HIVE_BASE)));
}

void
hive_base_stamp(uint8_t base[HIVE_BASE], struct hive_stamp stamp)
{
	put_le32(base + BEGUN_AT, stamp.begun);
	put_le32(base + ENDED_AT, stamp.ended);
	put_le64(base + WRITTEN_AT, stamp.written);
	put_checksum(base);
}

static void
pad_to(struct buf *out, size_t begin, size_t grain)
{
	size_t len = out->len - begin;

	buf_zero(out, (len + grain - 1) / grain * grain - len);
}

/* What of them lies in the bins. */
static struct span
in_bins(const struct hive_pages *p, uint32_t bins_len)
{
	size_t most = p->offset < bins_len ? bins_len - p->offset : 0;

	return span_at(p->bytes, 0, p->bytes.left < most ? p->bytes.left : most);
}

/* ---- the old format */

static void
mark_dirty(uint8_t *bitmap, uint32_t offset, size_t len)
{
	size_t first = offset / SECTOR;

	for (size_t i = first; i < first + len / SECTOR; i++)
		bitmap[i / 8] = (uint8_t)(bitmap[i / 8] | 1u << i % 8);
}

static void
put_dirt(const struct hive_log_new *l, uint32_t bins_len, struct buf *out)
{
	size_t begin = out->len;
	size_t bitmap = bins_len / SECTOR / 8;

	buf_text(out, "DIRT");
	buf_zero(out, bitmap);
	for (size_t i = 0; i < l->count && !out->bad; i++)
		mark_dirty(out->at + begin + 4, l->pages[i].offset,
		           in_bins(&l->pages[i], bins_len).left);
	pad_to(out, begin, SECTOR);
	for (size_t i = 0; i < l->count; i++) {
		struct span bytes = in_bins(&l->pages[i], bins_len);

		buf_put(out, bytes.at, bytes.left);
	}
}

/* ---- the new one: a single entry */

static void
put_references(const struct hive_log_new *l, uint32_t bins_len, struct buf *out)
{
	for (size_t i = 0; i < l->count; i++) {
		size_t len = in_bins(&l->pages[i], bins_len).left;

		if (len == 0)
			continue;
		buf_le32(out, l->pages[i].offset);
		buf_le32(out, (uint32_t)len);
	}
}

static uint32_t
count_in_bins(const struct hive_log_new *l, uint32_t bins_len)
{
	uint32_t count = 0;

	for (size_t i = 0; i < l->count; i++)
		count += in_bins(&l->pages[i], bins_len).left > 0;
	return count;
}

/* Length and hashes, once all of it is there. */
static void
seal_entry(uint8_t *entry, size_t len)
{
	struct span body = span_of(entry + ENTRY_HEAD, len - ENTRY_HEAD);

	put_le32(entry + 4, (uint32_t)len);
	put_le64(entry + 24, hive_marvin(body));
	put_le64(entry + 32, hive_marvin(span_of(entry, ENTRY_HASHED)));
}

static void
put_entry(const struct hive_log_new *l, const struct hive_base *base, struct buf *out)
{
	size_t begin = out->len;

	buf_text(out, "HvLE");
	buf_le32(out, 0); /* its length */
	buf_le32(out, 0); /* flags */
	buf_le32(out, base->begun);
	buf_le32(out, base->bins_len);
	buf_le32(out, count_in_bins(l, base->bins_len));
	buf_zero(out, 16); /* hashes */
	put_references(l, base->bins_len, out);
	for (size_t i = 0; i < l->count; i++) {
		struct span bytes = in_bins(&l->pages[i], base->bins_len);

		buf_put(out, bytes.at, bytes.left);
	}
	pad_to(out, begin - HIVE_BASE, HIVE_PAGE); /* so that the next begins a page */
	if (!out->bad)
		seal_entry(out->at + begin, out->len - begin);
}

bool
hive_log_write(const struct hive_log_new *l, struct buf *out)
{
	struct hive_base base;
	uint8_t head[HIVE_BASE];

	if (hive_base_read(l->base, &base) != HEARD || base.cluster != 1 ||
	    base.bins_len % HIVE_PAGE != 0)
		return false;
	(void)span_copy(l->base, head, sizeof head);
	put_le32(head + KIND_AT, l->kind);
	put_checksum(head);
	buf_put(out, head, sizeof head);
	if (l->kind == HIVE_LOG_ENTRIES)
		put_entry(l, &base, out);
	else
		put_dirt(l, base.bins_len, out);
	return !out->bad;
}
