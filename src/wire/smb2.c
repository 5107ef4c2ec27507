#include "wire/smb2.h"

#define MAGIC "\xFESMB"
#define TRANSPORT_LEN 4
#define HEAD_LEN 64
#define FLAG_REPLY 0x00000001u
#define SIGNING_ENABLED 1

#define CONTEXT_INTEGRITY 1
#define CONTEXT_ENCRYPTION 2
#define SALT_LEN 32
#define SHA_512 1
#define AES_128_GCM 2
#define AES_128_CCM 1

static const uint16_t dialects[] = { 0x0202, 0x0210, 0x0300, 0x0302, 0x0311 };
#define DIALECTS (sizeof dialects / sizeof dialects[0])

static size_t
put_head(struct buf *b, enum smb2_command command, uint64_t message_id)
{
	size_t at = b->len;

	buf_zero(b, TRANSPORT_LEN);
	buf_put(b, MAGIC, 4);
	buf_le16(b, HEAD_LEN);
	buf_le16(b, 0); /* credit charge */
	buf_le32(b, 0); /* status */
	buf_le16(b, (uint16_t)command);
	buf_le16(b, 1); /* credits */
	buf_zero(b, 4 + 4);
	buf_le64(b, message_id);
	buf_zero(b, 4 + 4 + 8 + 16); /* reserved, tree, session, signature */
	return at;
}

static void
put_end(struct buf *b, size_t at)
{
	buf_patch_be32(b, at, (uint32_t)(b->len - at - TRANSPORT_LEN));
}

static void
put_contexts(struct buf *b)
{
	buf_le16(b, CONTEXT_INTEGRITY);
	buf_le16(b, 6 + SALT_LEN);
	buf_le32(b, 0);
	buf_le16(b, 1); /* algorithms */
	buf_le16(b, SALT_LEN);
	buf_le16(b, SHA_512);
	buf_zero(b, SALT_LEN);
	buf_zero(b, 2); /* to a multiple of 8 */
	buf_le16(b, CONTEXT_ENCRYPTION);
	buf_le16(b, 6);
	buf_le32(b, 0);
	buf_le16(b, 2); /* ciphers */
	buf_le16(b, AES_128_GCM);
	buf_le16(b, AES_128_CCM);
}

void
smb2_negotiate_write(struct buf *b, const uint8_t guid[16], bool with_311)
{
	size_t count = with_311 ? DIALECTS : DIALECTS - 1;
	size_t at = put_head(b, SMB2_NEGOTIATE, 0);

	buf_le16(b, 36);
	buf_le16(b, (uint16_t)count);
	buf_le16(b, SIGNING_ENABLED);
	buf_le16(b, 0);
	buf_le32(b, 0); /* capabilities */
	buf_put(b, guid, 16);
	if (with_311) {
		size_t contexts_at = HEAD_LEN + 36 + 2 * count;
		buf_le32(b, (uint32_t)(contexts_at + (8 - contexts_at % 8) % 8));
		buf_le16(b, 2);
		buf_le16(b, 0);
	} else {
		buf_zero(b, 8);
	}
	for (size_t i = 0; i < count; i++)
		buf_le16(b, dialects[i]);
	if (with_311) {
		buf_zero(b, (8 - (b->len - at - TRANSPORT_LEN) % 8) % 8);
		put_contexts(b);
	}
	put_end(b, at);
}

void
smb2_session_write(struct buf *b, struct span token)
{
	size_t at = put_head(b, SMB2_SESSION_SETUP, 1);

	buf_le16(b, 25);
	buf_u8(b, 0);
	buf_u8(b, SIGNING_ENABLED);
	buf_zero(b, 4 + 4); /* capabilities, channel */
	buf_le16(b, HEAD_LEN + 24);
	buf_le16(b, (uint16_t)token.left);
	buf_le64(b, 0); /* no earlier session */
	buf_put(b, token.at, token.left);
	put_end(b, at);
}

enum heard
smb2_reply_read(struct span message, struct smb2_reply *out)
{
	struct span s = message;

	*out = (struct smb2_reply){ .whole = message };
	struct span magic = span_cut(&s, 4);
	if (magic.bad)
		return HEARD_SHORT;
	if (!span_is(magic, MAGIC, 4))
		return HEARD_REFUSED;
	(void)span_cut(&s, 2 + 2);
	out->status = span_le32(&s);
	out->command = span_le16(&s);
	(void)span_le16(&s); /* credits */
	uint32_t flags = span_le32(&s);
	(void)span_le32(&s); /* next */
	out->message_id = span_le64(&s);
	(void)span_cut(&s, 4 + 4 + 8 + 16);
	if (s.bad)
		return HEARD_SHORT;
	out->body = s;
	return flags & FLAG_REPLY ? HEARD : HEARD_ODD;
}

enum heard
smb2_negotiate_read(const struct smb2_reply *r, struct smb2_negotiated *out)
{
	struct span s = r->body;

	*out = (struct smb2_negotiated){ 0 };
	(void)span_le16(&s);
	out->security = span_le16(&s);
	out->dialect = span_le16(&s);
	(void)span_cut(&s, 2 + 16 + 4 * 4); /* contexts, GUID, capabilities, sizes */
	out->filetime = span_le64(&s);
	out->boot_filetime = span_le64(&s);
	uint16_t blob_at = span_le16(&s);
	uint16_t blob_len = span_le16(&s);
	struct span blob = span_at(r->whole, blob_at, blob_len);
	if (s.bad || blob.bad)
		return HEARD_SHORT;
	out->spnego = blob_len > 0 && span_u8(&blob) == 0x60;
	return HEARD;
}

enum heard
smb2_session_read(const struct smb2_reply *r, struct span *blob)
{
	struct span s = r->body;

	(void)span_cut(&s, 2 + 2); /* size, flags */
	uint16_t blob_at = span_le16(&s);
	uint16_t blob_len = span_le16(&s);
	*blob = span_at(r->whole, blob_at, blob_len);
	return s.bad || blob->bad ? HEARD_SHORT : HEARD;
}
