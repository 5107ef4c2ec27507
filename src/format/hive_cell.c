#include "format/hive_cell.h"

#include "base/text.h"
#include "format/hive_log.h"

#define REPLACED 0xfffdu
#define KEY_LATIN1 0x20u
#define KEY_PREDEFINED 0x40u
#define VALUE_LATIN1 0x01u
#define DATA_PIECE 16344
#define DATA_LEN 0x7fffffffu /* the highest bit says where the data are */

/* The next character, of which there is a part at least; zero and backslash too. */
static uint32_t
next_stored(struct hive_name *rest)
{
	if (rest->is_latin1)
		return span_u8(&rest->bytes);
	if (rest->bytes.left >= 2)
		return text_next_utf16(&rest->bytes);
	(void)span_u8(&rest->bytes);
	return REPLACED;
}

static uint32_t
next_character(struct hive_name *rest)
{
	uint32_t c = next_stored(rest);

	return c == 0 || (rest->is_key && c == '\\') ? REPLACED : c;
}

/* A key without a name would be taken for the one that it is in. */
static struct hive_name
spelled(struct hive_name name)
{
	if (name.is_key && name.bytes.left == 0)
		return (struct hive_name){ span_of("", 1), true, true };
	return name;
}

void
hive_name_put(struct buf *to, struct hive_name name)
{
	name = spelled(name);
	while (name.bytes.left > 0) {
		char bytes[4];

		buf_put(to, bytes, text_put(bytes, next_character(&name)));
	}
}

static uint8_t
upper(uint8_t letter)
{
	return letter >= 'a' && letter <= 'z' ? (uint8_t)(letter - 32) : letter;
}

bool
hive_name_is(struct hive_name name, struct span utf8)
{
	name = spelled(name);
	while (name.bytes.left > 0) {
		char bytes[4];
		size_t len = text_put(bytes, next_character(&name));

		for (size_t i = 0; i < len; i++) {
			if (utf8.left == 0 ||
			    upper((uint8_t)bytes[i]) != upper(span_u8(&utf8)))
				return false;
		}
	}
	return utf8.left == 0;
}

/* The content of the cell at `at`, which is in use. */
static enum heard
cell_content(struct span hive, size_t at, struct span *content)
{
	struct span s = hive;

	(void)span_cut(&s, at);
	uint32_t len = 0 - span_le32(&s); /* negative where it is in use */
	if (s.bad)
		return HEARD_SHORT;
	if (len < 4 + 2 || len > INT32_MAX)
		return HEARD_ODD;
	*content = span_cut(&s, len - 4);
	return s.bad ? HEARD_SHORT : HEARD;
}

/* The same of the kind `id`. */
static enum heard
cell_read(struct span hive, size_t at, const char id[2], struct span *content)
{
	enum heard heard = cell_content(hive, at, content);

	if (heard != HEARD)
		return heard;
	return span_is(span_cut(content, 2), id, 2) ? HEARD : HEARD_ODD;
}

enum heard
hive_key_head_read(struct span hive, size_t at, struct hive_key_head *out)
{
	struct span s;
	enum heard heard = cell_read(hive, at, "nk", &s);

	if (heard != HEARD)
		return heard;
	uint16_t flags = span_le16(&s);
	out->written = span_le64(&s);
	(void)span_cut(&s, 8); /* access, the key above */
	out->subkeys = span_le32(&s);
	(void)span_le32(&s); /* volatile ones, which are in no file */
	out->subkey_list = span_le32(&s);
	(void)span_le32(&s);
	out->values = span_le32(&s);
	out->value_list = span_le32(&s);
	out->security = span_le32(&s);
	out->class_cell = span_le32(&s);
	(void)span_cut(&s, 20); /* longest names, a cached index */
	uint16_t len = span_le16(&s);
	out->class_len = span_le16(&s);
	out->name.bytes = span_cut(&s, len);
	out->name.is_latin1 = (flags & KEY_LATIN1) != 0;
	out->name.is_key = true;
	out->has_no_values = (flags & KEY_PREDEFINED) != 0;
	return s.bad ? HEARD_ODD : HEARD;
}

enum heard
hive_value_head_read(struct span hive, size_t at, struct hive_value_head *out)
{
	struct span s;
	enum heard heard = cell_read(hive, at, "vk", &s);

	if (heard != HEARD)
		return heard;
	uint16_t len = span_le16(&s);
	uint32_t data = span_le32(&s);
	out->len = data & DATA_LEN;
	out->is_here = out->len != data;
	struct span where = span_cut(&s, 4);
	out->here = out->is_here ? span_at(where, 0, out->len) : span_of("", 0);
	out->data = span_le32(&where);
	out->type = span_le32(&s);
	uint16_t flags = span_le16(&s);
	(void)span_le16(&s);
	out->name.bytes = span_cut(&s, len);
	out->name.is_latin1 = (flags & VALUE_LATIN1) != 0;
	out->name.is_key = false;
	return s.bad || out->here.bad ? HEARD_ODD : HEARD;
}

/* What there is of it in a cell, `most` bytes at most. */
static enum heard
put_cell(struct span hive, uint32_t cell, size_t most, struct buf *out)
{
	struct span s;
	enum heard heard = cell_content(hive, (size_t)cell + HIVE_HEAD, &s);

	if (heard == HEARD)
		buf_put(out, s.at, s.left < most ? s.left : most);
	return heard;
}

/* A cell with a list of cells, each but the last of DATA_PIECE bytes. */
static enum heard
put_pieces(struct span hive, struct span big, uint32_t len, struct buf *out)
{
	struct span list;
	size_t begin = out->len;

	(void)span_cut(&big, 2);
	uint16_t count = span_le16(&big);
	uint32_t list_at = span_le32(&big);
	enum heard heard = big.bad
	                       ? HEARD_ODD
	                       : cell_content(hive, (size_t)list_at + HIVE_HEAD, &list);
	for (uint16_t i = 0; heard == HEARD && i < count; i++) {
		size_t left = len - (out->len - begin);
		uint32_t piece = span_le32(&list);

		heard = list.bad ? HEARD_ODD
		                 : put_cell(hive, piece,
		                            left < DATA_PIECE ? left : DATA_PIECE, out);
	}
	return heard;
}

enum heard
hive_value_data_read(struct span hive, const struct hive_value_head *head,
                     struct buf *out)
{
	struct span s;
	size_t begin = out->len;

	if (head->is_here || head->len == 0) {
		buf_put(out, head->here.at, head->here.left);
		return HEARD;
	}
	enum heard heard = cell_content(hive, (size_t)head->data + HIVE_HEAD, &s);
	if (heard != HEARD)
		return heard;
	if (s.left >= head->len)
		buf_put(out, s.at, head->len);
	else if (span_is(span_at(s, 0, 2), "db", 2))
		heard = put_pieces(hive, s, head->len, out);
	if (heard == HEARD && !out->bad && out->len - begin != head->len)
		heard = HEARD_ODD;
	return heard;
}

enum heard
hive_security_read(struct span hive, uint32_t security, struct span *out)
{
	struct span s;
	enum heard heard = cell_read(hive, (size_t)security + HIVE_HEAD, "sk", &s);

	if (heard != HEARD)
		return heard;
	(void)span_cut(&s, 2 + 4 + 4 + 4); /* the list it is in, how many use it */
	uint32_t len = span_le32(&s);
	*out = span_cut(&s, len);
	return s.bad ? HEARD_ODD : HEARD;
}
