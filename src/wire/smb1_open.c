/*
 * From NEGOTIATE to the tree: MS-CIFS 2.2.4.52, .53, .55; MS-SMB 2.2.4.5, .6.
 */
#include "wire/smb1.h"

#include <stdio.h>
#include <string.h>

#define ANDX_NONE 0x000000FFu
#define BUFFER_MOST 0x1104
#define CAPABILITIES 0x50u /* NT SMBs, NT status */
#define CAP_EXTENDED 0x80000000u
#define ACTION_GUEST 0x0001u
#define US "confine" /* so that administrators can tell us in a trace */

void
smb1_negotiate_write(struct buf *b, const struct smb1_ids *ids)
{
	struct smb1_frame f = smb1_begin(b, SMB1_NEGOTIATE, ids);

	smb1_words(&f, 0);
	smb1_bytes(&f);
	buf_u8(b, 0x02);
	buf_put(b, "NT LM 0.12", 11);
	smb1_end(&f);
}

/*
 * Windows sends these names in UTF-16 even where the flags say OEM, and Samba
 * does too; so the second byte decides.  Leaves *s after the terminator.
 */
static struct said
read_name(struct span *s)
{
	struct span name = *s;

	if (s->left >= 2 && s->at[1] == 0) {
		while (s->left >= 2 && span_le16(s) != 0)
			;
		return said_from_utf16(name);
	}
	while (s->left > 0 && span_u8(s) != 0)
		;
	return said_from_oem(name);
}

static void
read_negotiate_data(struct span data, uint8_t challenge_len,
                    struct smb1_negotiated *out)
{
	if (out->extended) {
		(void)span_cut(&data, 16); /* the server's GUID */
		out->spnego = span_u8(&data) == 0x60;
		return;
	}
	struct span challenge = span_cut(&data, challenge_len);
	if (challenge.bad)
		return;
	if (challenge_len == sizeof out->challenge) {
		(void)span_copy(challenge, out->challenge, sizeof out->challenge);
		out->has_challenge = true;
	}
	out->domain = read_name(&data);
	out->name = read_name(&data);
}

enum heard
smb1_negotiate_read(const struct smb1_reply *r, struct smb1_negotiated *out)
{
	struct span w = r->words;

	*out = (struct smb1_negotiated){ .dialect = span_le16(&w) };
	if (w.bad)
		return HEARD_SHORT;
	if (out->dialect != 0)
		return HEARD;
	out->security = span_u8(&w);
	(void)span_cut(&w, 2 + 2 + 4 + 4); /* limits that we stay far below */
	out->session_key = span_le32(&w);
	out->capabilities = span_le32(&w);
	if (w.bad)
		return HEARD_SHORT;

	/* Some devices end here. */
	out->filetime = span_le64(&w);
	out->zone_minutes = (int16_t)span_le16(&w);
	uint8_t challenge_len = span_u8(&w);
	out->extended = r->flags2 & SMB1_EXTENDED && out->capabilities & CAP_EXTENDED;
	if (!w.bad)
		read_negotiate_data(r->data, challenge_len, out);
	return HEARD;
}

/* The words that both forms of session setup begin with. */
static void
put_session_words(struct buf *b, uint32_t session_key)
{
	buf_le32(b, ANDX_NONE);
	buf_le16(b, BUFFER_MOST);
	buf_le16(b, 1); /* one request at a time */
	buf_le16(b,
	         1); /* VcNumber: with 0, Windows drops our address's other sessions */
	buf_le32(b, session_key);
}

void
smb1_session_write(struct buf *b, const struct smb1_ids *ids,
                   const struct smb1_login *login)
{
	struct smb1_frame f = smb1_begin(b, SMB1_SESSION_SETUP, ids);
	bool unicode = ids->flags2 & SMB1_UNICODE;

	smb1_words(&f, 13);
	put_session_words(b, login->session_key);
	buf_le16(b, (uint16_t)login->lm.left);
	buf_le16(b, (uint16_t)login->nt.left);
	buf_le32(b, 0);
	buf_le32(b, CAPABILITIES | (unicode ? SMB1_CAN_UNICODE : 0));
	smb1_bytes(&f);
	buf_put(b, login->lm.at, login->lm.left);
	buf_put(b, login->nt.at, login->nt.left);
	smb1_text(&f, login->user);
	smb1_text(&f, login->domain);
	smb1_text(&f, US);
	smb1_text(&f, US);
	smb1_end(&f);
}

void
smb1_session_blob_write(struct buf *b, const struct smb1_ids *ids, uint32_t session_key,
                        struct span blob)
{
	struct smb1_frame f = smb1_begin(b, SMB1_SESSION_SETUP, ids);

	smb1_words(&f, 12);
	put_session_words(b, session_key);
	buf_le16(b, (uint16_t)blob.left);
	buf_le32(b, 0);
	buf_le32(b, CAP_EXTENDED | CAPABILITIES);
	smb1_bytes(&f);
	buf_put(b, blob.at, blob.left);
	smb1_text(&f, US);
	smb1_text(&f, US);
	smb1_end(&f);
}

/* A string of the session's answer; *s moves past its terminator. */
static struct said
read_text(struct span *s, bool unicode)
{
	struct span text = *s;

	if (unicode) {
		while (s->left >= 2 && span_le16(s) != 0)
			;
		return said_from_utf16(text);
	}
	while (s->left > 0 && span_u8(s) != 0)
		;
	return said_from_oem(text);
}

enum heard
smb1_session_read(const struct smb1_reply *r, struct smb1_session *out)
{
	struct span w = r->words;
	struct span data = r->data;
	bool unicode = r->flags2 & SMB1_UNICODE;

	*out = (struct smb1_session){ 0 };
	(void)span_le32(&w);
	uint16_t action = span_le16(&w);
	if (w.bad)
		return HEARD_SHORT;
	out->guest = action & ACTION_GUEST;
	if (w.left >= 2)
		out->blob = span_cut(&data, span_le16(&w));
	if (data.bad)
		return HEARD_SHORT;
	if (unicode && (r->data_at + r->data.left - data.left) % 2)
		(void)span_u8(&data);
	out->native_os = read_text(&data, unicode);
	out->native_lm = read_text(&data, unicode);
	out->domain = read_text(&data, unicode);
	return HEARD;
}

void
smb1_tree_write(struct buf *b, const struct smb1_ids *ids, const char *server,
                const char *service)
{
	struct smb1_frame f = smb1_begin(b, SMB1_TREE_CONNECT, ids);
	char path[160];

	snprintf(path, sizeof path, "\\\\%s\\IPC$", server);
	smb1_words(&f, 4);
	buf_le32(b, ANDX_NONE);
	buf_le16(b, 0); /* flags */
	buf_le16(b, 1); /* length of the password, which is empty */
	smb1_bytes(&f);
	buf_u8(b, 0);
	smb1_text(&f, path);
	buf_put(b, service, strlen(service) + 1);
	smb1_end(&f);
}
