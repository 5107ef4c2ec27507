#include "format/hive_cell.h"

#include "base/text.h"
#include "format/hive_log.h"

#define REPLACED 0xfffdu
#define KEY_LATIN1 0x20u
#define KEY_PREDEFINED 0x40u
#define VALUE_LATIN1 0x01u
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

/* The content of the cell at `at`, which is in use and of the kind `id`. */
static enum heard
cell_read(struct span hive, size_t at, const char id[2], struct span *content)
{
	struct span s = hive;

	(void)span_cut(&s, at);
	uint32_t len = 0 - span_le32(&s); /* negative where it is in use */
	if (s.bad)
		return HEARD_SHORT;
	if (len < 4 + 2 || len > INT32_MAX)
		return HEARD_ODD;
	*content = span_cut(&s, len - 4);
	if (s.bad)
		return HEARD_SHORT;
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
	(void)span_cut(&s, 32); /* parent, lists and counts of subkeys and values */
	out->security = span_le32(&s);
	(void)span_cut(&s, 24); /* class, longest names, a cached index */
	uint16_t len = span_le16(&s);
	(void)span_le16(&s); /* the class name's length */
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
	out->len = span_le32(&s) & DATA_LEN;
	(void)span_le32(&s); /* where the data are */
	out->type = span_le32(&s);
	uint16_t flags = span_le16(&s);
	(void)span_le16(&s);
	out->name.bytes = span_cut(&s, len);
	out->name.is_latin1 = (flags & VALUE_LATIN1) != 0;
	out->name.is_key = false;
	return s.bad ? HEARD_ODD : HEARD;
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
