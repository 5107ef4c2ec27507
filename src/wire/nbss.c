#include "wire/nbss.h"

#include <string.h>

#define SESSION_REQUEST 0x81
#define SUFFIX_WORKSTATION 0x00
#define SUFFIX_SERVER 0x20
#define ENCODED_LEN 34

#define TYPE_NBSTAT 0x0021
#define CLASS_IN 0x0001
#define FLAG_ANSWER 0x8000u
#define FLAGS_ERROR 0x000Fu
#define NAME_IS_GROUP 0x8000u

/* Sixteen bytes as 32 letters, with a length before and an empty scope after. */
static void
put_name(struct buf *b, const uint8_t name[16])
{
	buf_u8(b, 32);
	for (int i = 0; i < 16; i++) {
		buf_u8(b, (uint8_t)('A' + (name[i] >> 4)));
		buf_u8(b, (uint8_t)('A' + (name[i] & 15)));
	}
	buf_u8(b, 0);
}

static void
put_text_name(struct buf *b, const char *text, uint8_t suffix)
{
	uint8_t name[16];
	size_t len = strnlen(text, 15);

	memset(name, ' ', 15);
	for (size_t i = 0; i < len; i++) {
		bool lower = text[i] >= 'a' && text[i] <= 'z';
		name[i] = (uint8_t)(lower ? text[i] - 'a' + 'A' : text[i]);
	}
	name[15] = suffix;
	put_name(b, name);
}

void
nbss_request_write(struct buf *b, const char *called)
{
	buf_u8(b, SESSION_REQUEST);
	buf_u8(b, 0);
	buf_be16(b, 2 * ENCODED_LEN);
	put_text_name(b, called, SUFFIX_SERVER);
	put_text_name(b, "CONFINE", SUFFIX_WORKSTATION);
}

void
nbstat_query_write(struct buf *b, uint16_t id)
{
	static const uint8_t everyone[16] = { '*' };

	buf_be16(b, id);
	buf_be16(b, 0); /* flags */
	buf_be16(b, 1); /* one question */
	buf_zero(b, 6);
	put_name(b, everyone);
	buf_be16(b, TYPE_NBSTAT);
	buf_be16(b, CLASS_IN);
}

/* Keeps the first name of a kind, without its padding. */
static void
keep_name(char to[NBSS_NAME_ROOM], struct span name)
{
	if (to[0] != 0)
		return;
	size_t len = span_copy(name, to, NBSS_NAME_ROOM - 1);
	while (len > 0 && to[len - 1] == ' ')
		len--;
	to[len] = 0;
}

static void
read_name(struct span *s, struct nbstat *out)
{
	struct span name = span_cut(s, 15);
	uint8_t suffix = span_u8(s);
	bool group = span_be16(s) & NAME_IS_GROUP;

	if (group && suffix == SUFFIX_WORKSTATION)
		keep_name(out->group, name);
	else if (!group && suffix == SUFFIX_WORKSTATION)
		keep_name(out->computer, name);
	else if (!group && suffix == SUFFIX_SERVER)
		keep_name(out->server, name);
}

enum heard
nbstat_read(struct span datagram, uint16_t id, struct nbstat *out)
{
	struct span s = datagram;

	*out = (struct nbstat){ 0 };
	uint16_t its_id = span_be16(&s);
	uint16_t flags = span_be16(&s);
	(void)span_be16(&s); /* questions */
	uint16_t answers = span_be16(&s);
	(void)span_cut(&s, 4);
	if (s.bad)
		return HEARD_SHORT;
	if (its_id != id || !(flags & FLAG_ANSWER))
		return HEARD_ODD;
	if (flags & FLAGS_ERROR)
		return HEARD_REFUSED;

	(void)span_cut(&s, ENCODED_LEN);
	uint16_t type = span_be16(&s);
	uint16_t class = span_be16(&s);
	(void)span_cut(&s, 4); /* time to live */
	struct span names = span_cut(&s, span_be16(&s));
	uint8_t count = span_u8(&names);
	if (!s.bad && (answers != 1 || type != TYPE_NBSTAT || class != CLASS_IN))
		return HEARD_ODD;
	for (unsigned i = 0; i < count && !names.bad; i++)
		read_name(&names, out);
	return s.bad || names.bad ? HEARD_SHORT : HEARD;
}
