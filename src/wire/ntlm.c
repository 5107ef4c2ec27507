#include "wire/ntlm.h"

#define MAGIC "NTLMSSP" /* with its terminator, eight bytes */
#define FIXED_LEN 64    /* of type 3 */
#define WORKSTATION "CONFINE"

#define ANONYMOUS_FLAGS 0x00088A05u

/* Ids of what a challenge tells about its sender. */
enum {
	INFO_END = 0,
	INFO_COMPUTER = 1,
	INFO_DOMAIN = 2,
	INFO_DNS_COMPUTER = 3,
	INFO_DNS_DOMAIN = 4,
	INFO_TIME = 7,
};

void
ntlm_negotiate_write(struct buf *b, uint32_t flags)
{
	static const uint8_t version[8] = { 6, 1, 0xB1, 0x1D, 0, 0, 0, 15 };

	buf_put(b, MAGIC, 8);
	buf_le32(b, 1);
	buf_le32(b, flags);
	buf_zero(b, 8 + 8); /* no domain, no workstation */
	buf_put(b, version, sizeof version);
}

static void
read_info(struct span list, struct ntlm_challenge *out)
{
	for (;;) {
		uint16_t id = span_le16(&list);
		uint16_t len = span_le16(&list);
		struct span value = span_cut(&list, len);

		if (list.bad)
			return;
		switch (id) {
		case INFO_END: return;
		case INFO_COMPUTER: out->computer = said_from_utf16(value); break;
		case INFO_DOMAIN: out->domain = said_from_utf16(value); break;
		case INFO_DNS_COMPUTER:
			out->dns_computer = said_from_utf16(value);
			break;
		case INFO_DNS_DOMAIN: out->dns_domain = said_from_utf16(value); break;
		case INFO_TIME: out->filetime = span_le64(&value); break;
		default: break;
		}
	}
}

enum heard
ntlm_challenge_read(struct span blob, struct ntlm_challenge *out)
{
	*out = (struct ntlm_challenge){ 0 };
	size_t at = span_find(blob, MAGIC, 8);
	if (at == SIZE_MAX)
		return HEARD_NOTHING;
	struct span message = span_at(blob, at, blob.left - at);
	struct span s = message;
	(void)span_cut(&s, 8);
	uint32_t type = span_le32(&s);
	(void)span_le32(&s); /* target name: length, room */
	uint32_t name_at = span_le32(&s);
	out->flags = span_le32(&s);
	(void)span_copy(span_cut(&s, 8), out->challenge, 8);
	if (s.bad)
		return HEARD_SHORT;
	if (type != 2)
		return HEARD_ODD;

	/* The oldest end here. */
	(void)span_cut(&s, 8);
	uint16_t info_len = span_le16(&s);
	(void)span_le16(&s);
	uint32_t info_at = span_le32(&s);
	if (s.bad)
		return HEARD;
	out->target_info = span_at(message, info_at, info_len);
	if (out->target_info.bad)
		return HEARD_SHORT;
	read_info(out->target_info, out);
	if ((out->flags & NTLM_VERSION) && name_at >= 56 && info_at >= 56) {
		out->major = span_u8(&s);
		out->minor = span_u8(&s);
		out->build = span_le16(&s);
		out->has_version = !s.bad;
	}
	return HEARD;
}

/* A descriptor in the fixed part: length, room, offset. */
static void
put_field(struct buf *b, size_t len, size_t *offset)
{
	buf_le16(b, (uint16_t)len);
	buf_le16(b, (uint16_t)len);
	buf_le32(b, (uint32_t)*offset);
	*offset += len;
}

/* How many bytes a text takes in UTF-16. */
static size_t
utf16_len(const char *utf8)
{
	size_t len = 0;

	while (*utf8)
		len += text_next(&utf8) >= 0x10000 ? 4 : 2;
	return len;
}

/* Payload: domain, user, workstation, LM, NT.  The fixed part in its own order. */
void
ntlm_authenticate_write(struct buf *b, const struct ntlm_authenticate *a)
{
	size_t domain_len = utf16_len(a->domain);
	size_t user_len = utf16_len(a->user);
	size_t workstation_len = utf16_len(WORKSTATION);
	size_t text_at = FIXED_LEN;
	size_t at = text_at + domain_len + user_len + workstation_len;

	buf_put(b, MAGIC, 8);
	buf_le32(b, 3);
	put_field(b, a->lm.left, &at);
	put_field(b, a->nt.left, &at);
	put_field(b, domain_len, &text_at);
	put_field(b, user_len, &text_at);
	put_field(b, workstation_len, &text_at);
	put_field(b, 0, &at); /* no session key is exchanged */
	buf_le32(b, a->flags);
	buf_utf16(b, a->domain);
	buf_utf16(b, a->user);
	buf_utf16(b, WORKSTATION);
	buf_put(b, a->lm.at, a->lm.left);
	buf_put(b, a->nt.at, a->nt.left);
}

void
ntlm_anonymous_write(struct buf *b)
{
	struct ntlm_authenticate nobody = { .lm = span_of("", 1),
		                            .nt = span_of("", 0),
		                            .domain = "",
		                            .user = "",
		                            .flags = ANONYMOUS_FLAGS };

	ntlm_authenticate_write(b, &nobody);
}

/* How many bytes a DER length takes. */
static size_t
der_room(size_t len)
{
	return len < 0x80 ? 1 : len < 0x100 ? 2 : 3;
}

static void
put_der(struct buf *b, uint8_t tag, size_t len)
{
	buf_u8(b, tag);
	if (len >= 0x100) {
		buf_u8(b, 0x82);
		buf_be16(b, (uint16_t)len);
		return;
	}
	if (len >= 0x80)
		buf_u8(b, 0x81);
	buf_u8(b, (uint8_t)len);
}

static size_t
der_len(size_t len)
{
	return 1 + der_room(len) + len;
}

void
spnego_first_write(struct buf *b, struct span token)
{
	static const uint8_t spnego[] = { 6, 6, 0x2B, 6, 1, 5, 5, 2 };
	static const uint8_t mechanisms[] = {
		0xA0, 14, 0x30, 12, 6, 10, 0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10
	};
	size_t octets = der_len(token.left);
	size_t sequence = sizeof mechanisms + der_len(octets);
	size_t init = der_len(sequence);

	put_der(b, 0x60, sizeof spnego + der_len(init));
	buf_put(b, spnego, sizeof spnego);
	put_der(b, 0xA0, init);
	put_der(b, 0x30, sequence);
	buf_put(b, mechanisms, sizeof mechanisms);
	put_der(b, 0xA2, octets);
	put_der(b, 0x04, token.left);
	buf_put(b, token.at, token.left);
}

void
spnego_next_write(struct buf *b, struct span token)
{
	size_t octets = der_len(token.left);
	size_t sequence = der_len(octets);

	put_der(b, 0xA1, der_len(sequence));
	put_der(b, 0x30, sequence);
	put_der(b, 0xA2, octets);
	put_der(b, 0x04, token.left);
	buf_put(b, token.at, token.left);
}
