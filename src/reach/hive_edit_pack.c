#include "reach/hive_edit_pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"

#define HEAD 8 /* how long all of it is, and how many they are */
#define PACKED_MOST (256u << 20)

static void
pack_part(struct buf *b, const void *at, size_t len)
{
	if (len > UINT32_MAX)
		b->bad = true;
	buf_le32(b, (uint32_t)len);
	buf_put(b, at, len);
}

/* With its zero, so that it is a string where it lies. */
static void
pack_text(struct buf *b, const char *text)
{
	pack_part(b, text, strlen(text) + 1);
}

static void
patch_le32(struct buf *b, size_t at, uint32_t v)
{
	buf_patch_le16(b, at, (uint16_t)v);
	buf_patch_le16(b, at + 2, (uint16_t)(v >> 16));
}

bool
hive_edits_pack(const struct reg_edit *edits, size_t count, struct buf *out)
{
	buf_init(out, PACKED_MOST);
	buf_le32(out, 0);
	buf_le32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		buf_u8(out, (uint8_t)edits[i].kind);
		buf_le32(out, edits[i].type);
		pack_text(out, edits[i].key);
		pack_text(out, edits[i].name ? edits[i].name : "");
		pack_part(out, edits[i].bytes.at, edits[i].bytes.left);
	}
	patch_le32(out, 0, (uint32_t)out->len);
	return !out->bad;
}

static struct span
unpack_part(struct span *s)
{
	uint32_t len = span_le32(s);

	return span_cut(s, len);
}

static const char *
unpack_text(struct span *s)
{
	struct span text = unpack_part(s);

	if (text.left == 0 || text.at[text.left - 1] != '\0')
		s->bad = true;
	return (const char *)text.at;
}

static void
unpack_one(struct span *s, struct reg_edit *out)
{
	out->kind = (enum reg_edit_kind)span_u8(s);
	out->type = span_le32(s);
	out->key = unpack_text(s);
	out->name = unpack_text(s);
	out->bytes = unpack_part(s);
}

struct reg_edit *
hive_edits_unpack(const void *packed, size_t *count)
{
	struct span head = span_of(packed, HEAD);
	uint32_t len = span_le32(&head);

	*count = span_le32(&head);
	if (len < HEAD || *count > REG_EDITS_MOST)
		return NULL;
	struct span s = span_of((const uint8_t *)packed + HEAD, len - HEAD);
	OWN(own_mem) struct reg_edit *edits = calloc(*count + 1, sizeof *edits);
	for (size_t i = 0; edits && i < *count; i++)
		unpack_one(&s, &edits[i]);
	return s.bad ? NULL : GIVE(edits);
}
