#include "lab/smb2.h"

#include "base/when.h"
#include "lab/ntlm.h"
#include "lab/status.h"

#define HEAD_LEN 64
#define BLOB_OFFSET_NEGOTIATE 128
#define BLOB_OFFSET_SETUP 72
#define DIALECT_ANY 0x02FF
#define DIALECT_311 0x0311
#define DIALECTS_MOST 16
#define FLAG_REPLY 1

enum { COMMAND_NEGOTIATE = 0, COMMAND_SESSION_SETUP = 1 };

struct head {
	uint16_t command;
	uint64_t message_id;
	uint64_t session_id;
};

static bool
read_head(struct span message, struct head *out)
{
	struct span s = span_at(message, 0, HEAD_LEN);

	(void)span_cut(&s, 12); /* magic, size, credit charge, status */
	out->command = span_le16(&s);
	(void)span_cut(&s, 10); /* credits, flags, next command */
	out->message_id = span_le64(&s);
	(void)span_cut(&s, 8); /* reserved, tree */
	out->session_id = span_le64(&s);
	return !s.bad;
}

static size_t
reply_begin(struct buf *out, const struct head *head, uint32_t status)
{
	buf_be32(out, 0);
	size_t start = out->len;
	buf_be32(out, 0xFE534D42);
	buf_le16(out, HEAD_LEN);
	buf_le16(out, 0);
	buf_le32(out, status);
	buf_le16(out, head->command);
	buf_le16(out, 1); /* credits */
	buf_le32(out, FLAG_REPLY);
	buf_le32(out, 0);
	buf_le64(out, head->message_id);
	buf_le64(out, 0);
	buf_le64(out, head->session_id);
	buf_zero(out, 16);
	return start;
}

static void
reply_end(struct buf *out, size_t start)
{
	buf_patch_be32(out, start - 4, (uint32_t)(out->len - start));
}

static enum then
reply_status(struct exchange *x, const struct head *head, uint32_t status)
{
	size_t start = reply_begin(x->out, head, status);

	buf_le16(x->out, 9);
	buf_zero(x->out, 7);
	reply_end(x->out, start);
	return THEN_GO_ON;
}

/* Does this host refuse whoever does not offer 3.1.1? */
static bool
only_311(const struct host *host)
{
	return host->flavour->smb2_dialect == DIALECT_311 && host->dice % 4 == 0;
}

/* The best dialect that both have; 0: none. */
static uint16_t
pick_dialect(const struct host *host, struct span message)
{
	struct span s = span_at(message, HEAD_LEN, 36);
	uint16_t best = 0;

	(void)span_le16(&s); /* size */
	unsigned count = span_le16(&s);
	if (s.bad || count > DIALECTS_MOST)
		return 0;
	struct span offered = span_at(message, HEAD_LEN + 36, 2u * count);
	for (unsigned i = 0; i < count; i++) {
		uint16_t dialect = span_le16(&offered);

		if (dialect <= host->flavour->smb2_dialect && dialect > best)
			best = dialect;
	}
	if (offered.bad || (only_311(host) && best != DIALECT_311))
		return 0;
	return best;
}

static void
put_contexts(struct buf *out, uint64_t dice)
{
	buf_le16(out, 1); /* integrity before login */
	buf_le16(out, 38);
	buf_le32(out, 0);
	buf_le16(out, 1);
	buf_le16(out, 32); /* salt */
	buf_le16(out, 1);  /* SHA-512 */
	for (unsigned i = 0; i < 4; i++)
		buf_le64(out, dice * (2 * i + 3));
	buf_zero(out, 2); /* to a multiple of 8 */
	buf_le16(out, 2); /* encryption */
	buf_le16(out, 4);
	buf_le32(out, 0);
	buf_le16(out, 1);
	buf_le16(out, 2); /* AES-128-GCM */
}

static void
put_negotiated(struct exchange *x, const struct head *head, uint16_t dialect)
{
	struct buf *out = x->out;
	bool contexts = dialect == DIALECT_311;
	size_t start = reply_begin(out, head, STATUS_OK);

	buf_le16(out, 65);
	buf_le16(out, 1); /* signing is possible */
	buf_le16(out, dialect);
	buf_le16(out, contexts ? 2 : 0);
	buf_le64(out, x->host->dice); /* GUID */
	buf_le64(out, ~x->host->dice);
	buf_le32(out, 7);
	buf_le32(out, 1048576);
	buf_le32(out, 1048576);
	buf_le32(out, 1048576);
	buf_le64(out, when_to_filetime(x->now_ms));
	buf_le64(out, 0); /* boot time: newer Windows does not tell */
	buf_le16(out, BLOB_OFFSET_NEGOTIATE);
	size_t len_at = out->len;
	buf_le16(out, 0);
	size_t contexts_at = out->len;
	buf_le32(out, 0);
	size_t blob_at = out->len;
	ntlm_put_hint(out);
	buf_patch_le16(out, len_at, (uint16_t)(out->len - blob_at));
	if (contexts) {
		while ((out->len - start) % 8 != 0)
			buf_u8(out, 0);
		buf_patch_le16(out, contexts_at, (uint16_t)(out->len - start));
		put_contexts(out, x->host->dice);
	}
	reply_end(out, start);
}

static enum then
negotiate(struct exchange *x, struct span message, const struct head *head)
{
	uint16_t dialect = pick_dialect(x->host, message);

	if (!dialect)
		return reply_status(x, head, STATUS_NOT_SUPPORTED);
	put_negotiated(x, head, dialect);
	return THEN_GO_ON;
}

static enum then
session_setup(struct exchange *x, struct span message, struct head *head)
{
	struct span s = span_at(message, HEAD_LEN + 12, 4);
	size_t offset = span_le16(&s);
	size_t len = span_le16(&s);
	struct ntlm_said said = ntlm_read(span_at(message, offset, len));

	if (said.type != NTLM_NEGOTIATE)
		return reply_status(x, head, STATUS_LOGON_FAILURE);
	x->session->spnego = said.spnego;
	head->session_id = x->host->dice >> 16 | 1;
	size_t start = reply_begin(x->out, head, STATUS_MORE_PROCESSING);
	buf_le16(x->out, 9);
	buf_le16(x->out, 0);
	buf_le16(x->out, BLOB_OFFSET_SETUP);
	size_t len_at = x->out->len;
	buf_le16(x->out, 0);
	size_t blob_at = x->out->len;
	ntlm_put_challenge(x, x->out);
	buf_patch_le16(x->out, len_at, (uint16_t)(x->out->len - blob_at));
	reply_end(x->out, start);
	return THEN_GO_ON;
}

enum then
smb2_answer(struct exchange *x, struct span message)
{
	struct head head;

	if (!x->host->flavour->smb2_dialect)
		return THEN_GO_ON;
	if (!read_head(message, &head))
		return THEN_CLOSE;
	if (head.command == COMMAND_NEGOTIATE)
		return negotiate(x, message, &head);
	if (head.command == COMMAND_SESSION_SETUP)
		return session_setup(x, message, &head);
	return reply_status(x, &head, STATUS_ACCESS_DENIED);
}

enum then
smb2_answer_smb1(struct exchange *x)
{
	struct head head = { .command = COMMAND_NEGOTIATE };

	put_negotiated(x, &head, DIALECT_ANY);
	return THEN_GO_ON;
}
