#include "format/authenticode.h"

#define PE32 0x10Bu
#define PE32_PLUS 0x20Bu
#define CHECKSUM 64 /* from the beginning of the optional header */
#define SECURITY 4  /* the directory entry of the certificate table */
#define ENTRY 8

#define RECORD_HEAD 8
#define REVISION 0x0200u
#define TYPE_PKCS7 2u
#define PADDING_MOST 7

static uint32_t
le32_at(struct span whole, size_t offset)
{
	struct span s = span_at(whole, offset, 4);

	return span_le32(&s);
}

static uint16_t
le16_at(struct span whole, size_t offset)
{
	struct span s = span_at(whole, offset, 2);

	return span_le16(&s);
}

/* Where the directories begin, from the optional header on; 0: another format. */
static size_t
directories_at(uint16_t magic)
{
	return magic == PE32 ? 96 : magic == PE32_PLUS ? 112 : 0;
}

enum authenticode_is
authenticode_find(struct span head, uint64_t size, struct authenticode *out)
{
	size_t pe = le32_at(head, 0x3C);

	if (!span_is(span_at(head, 0, 2), "MZ", 2) ||
	    !span_is(span_at(head, pe, 4), "PE\0\0", 4))
		return AUTHENTICODE_NO_PE;
	size_t optional = pe + 24;
	size_t directories = directories_at(le16_at(head, optional));
	if (directories == 0)
		return AUTHENTICODE_NO_PE;
	size_t entry = optional + directories + SECURITY * ENTRY;
	if (span_at(head, entry, ENTRY).bad)
		return AUTHENTICODE_NO_PE;
	if (le32_at(head, optional + directories - 4) <= SECURITY)
		return AUTHENTICODE_UNSIGNED;
	uint64_t at = le32_at(head, entry);
	uint32_t len = le32_at(head, entry + 4);
	if (at == 0 && len == 0)
		return AUTHENTICODE_UNSIGNED;
	if (at < entry + ENTRY || len > AUTHENTICODE_TABLE_MOST || at + len > size)
		return AUTHENTICODE_BROKEN;
	if (at + len < size)
		return AUTHENTICODE_APPENDED;

	size_t checksum = optional + CHECKSUM;
	*out = (struct authenticode){ .table_at = at, .table_len = len };
	out->parts[0].len = checksum;
	out->parts[1].at = checksum + 4;
	out->parts[1].len = entry - (checksum + 4);
	out->parts[2].at = entry + ENTRY;
	out->parts[2].len = at - (entry + ENTRY);
	return AUTHENTICODE_SIGNED;
}

/* ---- DER: a tag, a length, content */

#define TAG_OCTETS 0x04
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30

/* The next element and its tag; bad where there is none whole. */
static struct span
der_next(struct span *s, uint8_t *tag)
{
	*tag = span_u8(s);
	size_t len = span_u8(s);

	if (len >= 0x80) {
		size_t count = len & 0x7F;

		/* Four bytes of length are more than a signature may have. */
		if (count == 0 || count > 4)
			s->bad = true;
		len = 0;
		for (size_t i = 0; i < count && !s->bad; i++)
			len = len << 8 | span_u8(s);
	}
	return span_cut(s, len);
}

/* The next element, which has to have that tag. */
static struct span
der_take(struct span *s, uint8_t tag)
{
	uint8_t got = 0;
	struct span content = der_next(s, &got);

	if (got != tag)
		content.bad = true;
	return content;
}

static bool
is_padding(struct span s)
{
	if (s.bad || s.left > PADDING_MOST)
		return false;
	while (s.left > 0) {
		if (span_u8(&s) != 0)
			return false;
	}
	return true;
}

enum authenticode_is
authenticode_pkcs7(struct span table, struct span *out)
{
	struct span s = table;
	uint32_t len = span_le32(&s);
	uint16_t revision = span_le16(&s);
	uint16_t type = span_le16(&s);

	if (s.bad || len < RECORD_HEAD || revision != REVISION || type != TYPE_PKCS7)
		return AUTHENTICODE_BROKEN;
	struct span record = span_cut(&s, len - RECORD_HEAD);
	if (record.bad)
		return AUTHENTICODE_BROKEN;
	if (!is_padding(s))
		return AUTHENTICODE_APPENDED;
	struct span rest = record;
	if (der_take(&rest, TAG_SEQUENCE).bad)
		return AUTHENTICODE_BROKEN;
	if (!is_padding(rest))
		return AUTHENTICODE_APPENDED;
	*out = span_at(record, 0, record.left - rest.left);
	return AUTHENTICODE_SIGNED;
}

static const uint8_t oid_sha1[] = { 0x2B, 0x0E, 0x03, 0x02, 0x1A };
static const uint8_t oid_sha256[] = { 0x60, 0x86, 0x48, 0x01, 0x65,
	                              0x03, 0x04, 0x02, 0x01 };

static bool
is_of_size(const struct authenticode_digest *d)
{
	switch (d->hash) {
	case AUTHENTICODE_SHA1: return d->bytes.left == 20;
	case AUTHENTICODE_SHA256: return d->bytes.left == 32;
	case AUTHENTICODE_OTHER_HASH: break;
	}
	return true;
}

/* SEQUENCE { what it is about, SEQUENCE { SEQUENCE { algorithm … }, digest } } */
bool
authenticode_digest(struct span content, struct authenticode_digest *out)
{
	struct span whole = der_take(&content, TAG_SEQUENCE);
	struct span about = der_take(&whole, TAG_SEQUENCE);
	struct span message = der_take(&whole, TAG_SEQUENCE);
	struct span algorithm = der_take(&message, TAG_SEQUENCE);
	struct span oid = der_take(&algorithm, TAG_OID);

	out->bytes = der_take(&message, TAG_OCTETS);
	out->hash = span_is(oid, oid_sha1, sizeof oid_sha1) ? AUTHENTICODE_SHA1
	            : span_is(oid, oid_sha256, sizeof oid_sha256)
	                ? AUTHENTICODE_SHA256
	                : AUTHENTICODE_OTHER_HASH;
	return !about.bad && !oid.bad && !out->bytes.bad && is_of_size(out);
}
