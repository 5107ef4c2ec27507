/*
 * A named pipe: opening, RPC messages there and back, and leaving.  MS-CIFS
 * 2.2.4.5, .33, .42, .43, .51, .54, .64, and 2.2.5.6 (TransactNmPipe).
 */
#include "wire/smb1.h"

#include <string.h>

#define ANDX_NONE 0x000000FFu
#define SHARE_READ_WRITE 3
#define OPEN_EXISTING 1
#define IMPERSONATION 2
#define TRANSACT_NMPIPE 0x0026
#define START_OF_MESSAGE 0x0008
#define FOR_EVER 0xFFFFFFFFu

void
smb1_create_write(struct buf *b, const struct smb1_ids *ids, const char *pipe,
                  uint32_t access)
{
	struct smb1_frame f = smb1_begin(b, SMB1_CREATE, ids);
	char name[32] = "\\"; /* old Samba wants the backslash */

	(void)text_copy(name + 1, sizeof name - 1, pipe);
	size_t name_len = strlen(name) * (ids->flags2 & SMB1_UNICODE ? 2 : 1);
	smb1_words(&f, 24);
	buf_le32(b, ANDX_NONE);
	buf_u8(b, 0);
	buf_le16(b, (uint16_t)name_len);
	buf_le32(b, 0); /* no oplock, no extended answer */
	buf_le32(b, 0); /* root */
	buf_le32(b, access);
	buf_le64(b, 0); /* allocation size */
	buf_le32(b, 0); /* attributes */
	buf_le32(b, SHARE_READ_WRITE);
	buf_le32(b, OPEN_EXISTING);
	buf_le32(b, 0); /* options */
	buf_le32(b, IMPERSONATION);
	buf_u8(b, 1); /* security flags */
	smb1_bytes(&f);
	smb1_text(&f, name);
	smb1_end(&f);
}

enum heard
smb1_create_read(const struct smb1_reply *r, uint16_t *fid)
{
	struct span w = r->words;

	(void)span_cut(&w, 5);
	*fid = span_le16(&w);
	return w.bad ? HEARD_SHORT : HEARD;
}

void
smb1_transact_write(struct buf *b, const struct smb1_ids *ids, uint16_t fid,
                    struct span pdu)
{
	struct smb1_frame f = smb1_begin(b, SMB1_TRANSACTION, ids);
	uint16_t len = (uint16_t)pdu.left;
	uint16_t at = ids->flags2 & SMB1_UNICODE ? 84 : 76; /* from the header */

	smb1_words(&f, 16);
	buf_le16(b, 0); /* parameters in all */
	buf_le16(b, len);
	buf_le16(b, 0); /* most parameters back */
	buf_le16(b, SMB1_READ_MOST);
	buf_zero(b, 2 + 2 + 4 + 2); /* most setup words, flags, timeout, reserved */
	buf_le16(b, 0);             /* parameters here, and where */
	buf_le16(b, at);
	buf_le16(b, len);
	buf_le16(b, at);
	buf_le16(b, 2); /* setup words */
	buf_le16(b, TRANSACT_NMPIPE);
	buf_le16(b, fid);
	smb1_bytes(&f);
	smb1_text(&f, "\\PIPE\\");
	buf_zero(b, f.at + SMB1_HEAD + at - b->len);
	buf_put(b, pdu.at, pdu.left);
	smb1_end(&f);
}

enum heard
smb1_transact_read(const struct smb1_reply *r, struct smb1_piece *out)
{
	struct span w = r->words;

	(void)span_le16(&w); /* parameters in all */
	out->total = span_le16(&w);
	(void)span_cut(&w, 2 + 3 * 2);
	uint16_t len = span_le16(&w);
	uint16_t at = span_le16(&w);
	out->displacement = span_le16(&w);
	out->bytes = span_at(r->whole, at, len);
	if (w.bad || out->bytes.bad)
		return HEARD_SHORT;
	return (uint32_t)out->displacement + len <= out->total ? HEARD : HEARD_ODD;
}

void
smb1_write_write(struct buf *b, const struct smb1_ids *ids, uint16_t fid,
                 struct span pdu)
{
	struct smb1_frame f = smb1_begin(b, SMB1_WRITE, ids);
	uint16_t len = (uint16_t)pdu.left;

	smb1_words(&f, 14);
	buf_le32(b, ANDX_NONE);
	buf_le16(b, fid);
	buf_le32(b, 0); /* offset */
	buf_le32(b, FOR_EVER);
	buf_le16(b, START_OF_MESSAGE);
	buf_le16(b, len); /* what remains of the message */
	buf_le16(b, 0);
	buf_le16(b, len);
	buf_le16(b, 64); /* where the message begins, from the header */
	buf_le32(b, 0);
	smb1_bytes(&f);
	buf_u8(b, 0);
	buf_put(b, pdu.at, pdu.left);
	smb1_end(&f);
}

enum heard
smb1_write_read(const struct smb1_reply *r, uint16_t *written)
{
	struct span w = r->words;

	(void)span_le32(&w);
	*written = span_le16(&w);
	return w.bad ? HEARD_SHORT : HEARD;
}

void
smb1_read_write(struct buf *b, const struct smb1_ids *ids, uint16_t fid)
{
	struct smb1_frame f = smb1_begin(b, SMB1_READ, ids);

	smb1_words(&f, 12);
	buf_le32(b, ANDX_NONE);
	buf_le16(b, fid);
	buf_le32(b, 0); /* offset */
	buf_le16(b, SMB1_READ_MOST);
	buf_le16(b, SMB1_READ_MOST);
	buf_le32(b, FOR_EVER);
	buf_le16(b, 0);
	buf_le32(b, 0);
	smb1_bytes(&f);
	smb1_end(&f);
}

enum heard
smb1_read_read(const struct smb1_reply *r, struct span *bytes)
{
	struct span w = r->words;

	(void)span_cut(&w, 4 + 2 + 2 + 2);
	uint16_t len = span_le16(&w);
	uint16_t at = span_le16(&w);
	uint16_t len_high = span_le16(&w);
	*bytes = span_at(r->whole, at, len);
	if (w.bad || bytes->bad)
		return HEARD_SHORT;
	return len_high == 0 ? HEARD : HEARD_ODD;
}

void
smb1_close_write(struct buf *b, const struct smb1_ids *ids, uint16_t fid)
{
	struct smb1_frame f = smb1_begin(b, SMB1_CLOSE, ids);

	smb1_words(&f, 3);
	buf_le16(b, fid);
	buf_le32(b, 0xFFFFFFFFu); /* last write: unchanged */
	smb1_bytes(&f);
	smb1_end(&f);
}

void
smb1_tree_disconnect_write(struct buf *b, const struct smb1_ids *ids)
{
	struct smb1_frame f = smb1_begin(b, SMB1_TREE_DISCONNECT, ids);

	smb1_words(&f, 0);
	smb1_bytes(&f);
	smb1_end(&f);
}

void
smb1_logoff_write(struct buf *b, const struct smb1_ids *ids)
{
	struct smb1_frame f = smb1_begin(b, SMB1_LOGOFF, ids);

	smb1_words(&f, 2);
	buf_le32(b, ANDX_NONE);
	smb1_bytes(&f);
	smb1_end(&f);
}
