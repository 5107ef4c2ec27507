#include "wire/smb1.h"

#define SMB1_MAGIC "\xFFSMB"
#define SMB2_MAGIC "\xFESMB"

#define FLAGS_SENT 0x18u /* names without regard to case, canonical paths */
#define FLAG_REPLY 0x80u

struct smb1_frame
smb1_begin(struct buf *b, enum smb1_command command, const struct smb1_ids *ids)
{
	struct smb1_frame f = { .b = b, .flags2 = ids->flags2, .at = b->len };

	buf_zero(b, SMB1_HEAD);
	buf_put(b, SMB1_MAGIC, 4);
	buf_u8(b, (uint8_t)command);
	buf_le32(b, 0); /* status */
	buf_u8(b, FLAGS_SENT);
	buf_le16(b, ids->flags2);
	buf_zero(b, 2 + 8 + 2); /* PID high, signature, reserved */
	buf_le16(b, ids->tid);
	buf_le16(b, SMB1_PID);
	buf_le16(b, ids->uid);
	buf_le16(b, ids->mid);
	return f;
}

void
smb1_words(struct smb1_frame *f, uint8_t count)
{
	buf_u8(f->b, count);
}

void
smb1_bytes(struct smb1_frame *f)
{
	f->count_at = f->b->len;
	buf_le16(f->b, 0);
}

/* Unicode strings begin at an even offset from the header. */
static void
put_utf16(struct smb1_frame *f, const char *utf8)
{
	if ((f->b->len - f->at - SMB1_HEAD) % 2)
		buf_u8(f->b, 0);
	buf_utf16(f->b, utf8);
	buf_le16(f->b, 0);
}

void
smb1_text(struct smb1_frame *f, const char *utf8)
{
	if (f->flags2 & SMB1_UNICODE) {
		put_utf16(f, utf8);
		return;
	}
	while (*utf8) {
		uint32_t c = text_next(&utf8);
		buf_u8(f->b, c < 0x80 ? (uint8_t)c : '?');
	}
	buf_u8(f->b, 0);
}

void
smb1_end(struct smb1_frame *f)
{
	size_t len = f->b->len - f->at - SMB1_HEAD;

	buf_patch_le16(f->b, f->count_at, (uint16_t)(f->b->len - f->count_at - 2));
	buf_patch_be32(f->b, f->at, (uint32_t)len);
}

bool
smb2_is_next(struct span message)
{
	return span_is(span_at(message, 0, 4), SMB2_MAGIC, 4);
}

enum heard
smb1_reply_read(struct span message, struct smb1_reply *out)
{
	struct span s = message;

	*out = (struct smb1_reply){ .whole = message };
	struct span magic = span_cut(&s, 4);
	if (magic.bad)
		return HEARD_SHORT;
	if (!span_is(magic, SMB1_MAGIC, 4))
		return HEARD_REFUSED;
	out->command = span_u8(&s);
	out->status = span_le32(&s);
	uint8_t flags = span_u8(&s);
	out->flags2 = span_le16(&s);
	(void)span_cut(&s, 2 + 8 + 2);
	out->tid = span_le16(&s);
	out->pid = span_le16(&s);
	out->uid = span_le16(&s);
	out->mid = span_le16(&s);
	uint8_t word_count = span_u8(&s);
	out->words = span_cut(&s, (size_t)word_count * 2);
	uint16_t byte_count = span_le16(&s);
	if (s.bad)
		return HEARD_SHORT;
	out->is_dos = !(out->flags2 & SMB1_NT_STATUS) && out->status != 0;
	out->data_at = message.left - s.left;

	/* Some servers count wrongly in this one; nothing of it is in the data. */
	if (out->command == SMB1_CREATE)
		out->data = s;
	else
		out->data = span_cut(&s, byte_count);
	if (s.bad)
		return HEARD_SHORT;
	return flags & FLAG_REPLY ? HEARD : HEARD_ODD;
}
