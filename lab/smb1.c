#include "lab/smb1.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "lab/ntlm.h"
#include "lab/smb2.h"
#include "lab/status.h"

#define COMMAND_NEGOTIATE 0x72

#define SECURITY_USER 0x01
#define SECURITY_CHALLENGE 0x02
#define CAPABILITIES 0x0000E3FDu
#define CAPABILITY_EXTENDED 0x80000000u

static const uint8_t smb1_magic[4] = { 0xFF, 'S', 'M', 'B' };
static const uint8_t smb2_magic[4] = { 0xFE, 'S', 'M', 'B' };

static bool
read_request(struct span message, struct request *rq)
{
	struct span s = message;

	(void)span_cut(&s, 4);
	rq->message = message;
	rq->command = span_u8(&s);
	(void)span_cut(&s, 5); /* status, flags */
	rq->flags2 = span_le16(&s);
	rq->pid_high = span_le16(&s);
	(void)span_cut(&s, 10); /* signature, reserved */
	rq->tid = span_le16(&s);
	rq->pid = span_le16(&s);
	rq->uid = span_le16(&s);
	rq->mid = span_le16(&s);
	size_t words = span_u8(&s);
	rq->words = span_cut(&s, 2 * words);
	size_t bytes = span_le16(&s);
	rq->data = span_cut(&s, bytes);
	return !s.bad;
}

struct reply
reply_begin(struct exchange *x, const struct request *rq, uint32_t status)
{
	struct buf *out = x->out;
	uint16_t keep = FLAGS2_NT_STATUS | FLAGS2_UNICODE;

	if (host_has(x->host, QUIRK_KEEPALIVE))
		buf_be32(out, 0x85000000);
	buf_be32(out, 0); /* length, patched by reply_end */
	struct reply r = { .out = out, .start = out->len };
	buf_put(out, smb1_magic, sizeof smb1_magic);
	buf_u8(out, rq->command);
	buf_le32(out, status);
	buf_u8(out, host_has(x->host, QUIRK_SAMBA) ? 0x88 : 0x98);
	buf_le16(out, (uint16_t)((rq->flags2 & keep) | 1 |
	                         (x->session->extended ? FLAGS2_EXTENDED : 0)));
	buf_le16(out, rq->pid_high);
	buf_zero(out, 10);
	buf_le16(out, rq->tid);
	buf_le16(out, rq->pid);
	buf_le16(out, rq->uid);
	buf_le16(out, rq->mid);
	buf_u8(out, 0); /* word count, patched by reply_bytes */
	return r;
}

void
reply_andx(struct reply *r)
{
	buf_le32(r->out, 0xFF);
}

void
reply_bytes(struct reply *r)
{
	size_t words_at = r->start + SMB1_HEAD_LEN + 1;

	if (!r->out->bad)
		r->out->at[words_at - 1] = (uint8_t)((r->out->len - words_at) / 2);
	r->count_at = r->out->len;
	buf_le16(r->out, 0);
}

void
reply_text(struct reply *r, const struct request *rq, const char *text)
{
	if (!(rq->flags2 & FLAGS2_UNICODE)) {
		buf_put(r->out, text, strlen(text) + 1);
		return;
	}
	if ((r->out->len - r->start) % 2 != 0)
		buf_u8(r->out, 0);
	buf_utf16(r->out, text);
	buf_le16(r->out, 0);
}

void
reply_end(struct reply *r)
{
	size_t count = r->out->len - r->count_at - 2;
	size_t len = r->out->len - r->start;

	buf_patch_le16(r->out, r->count_at, (uint16_t)count);
	buf_patch_be32(r->out, r->start - 4, (uint32_t)len);
}

enum then
reply_status(struct exchange *x, const struct request *rq, uint32_t status)
{
	struct reply r = reply_begin(x, rq, status);

	reply_bytes(&r);
	reply_end(&r);
	return THEN_GO_ON;
}

bool
request_text(const struct request *rq, struct span *s, char *to, size_t room)
{
	bool wide = rq->flags2 & FLAGS2_UNICODE;
	size_t len = 0;

	if (wide && (s->at - rq->message.at) % 2 != 0)
		(void)span_u8(s);
	for (;;) {
		unsigned c = wide ? span_le16(s) : span_u8(s);

		if (s->bad)
			return false;
		if (c == 0)
			break;
		if (len + 1 < room)
			to[len++] = c < 0x80 ? (char)c : '?';
	}
	to[len] = 0;
	return true;
}

/* Which of the offered dialects is `name`?  -1: none. */
static int
find_dialect(struct span data, const char *name)
{
	for (int i = 0; data.left > 0; i++) {
		(void)span_u8(&data); /* 2: a dialect follows */
		const uint8_t *end = data.left ? memchr(data.at, 0, data.left) : NULL;
		if (!end)
			return -1;
		struct span text = span_cut(&data, (size_t)(end - data.at));
		(void)span_u8(&data);
		if (span_is(text, name, strlen(name)))
			return i;
	}
	return -1;
}

static enum then
refuse_dialects(struct exchange *x, const struct request *rq)
{
	struct reply r = reply_begin(x, rq, STATUS_OK);

	buf_le16(r.out, 0xFFFF);
	reply_bytes(&r);
	reply_end(&r);
	return THEN_GO_ON;
}

static void
put_names(struct exchange *x, struct reply *r)
{
	const struct host *host = x->host;

	buf_le64(r->out, host->dice); /* the challenge */
	/* UTF-16 even where the request did not ask for it, as Windows does */
	buf_utf16(r->out, host->group);
	buf_le16(r->out, 0);
	buf_utf16(r->out, host->name);
	buf_le16(r->out, 0);
}

static void
put_negotiated(struct exchange *x, const struct request *rq, int dialect)
{
	struct reply r = reply_begin(x, rq, STATUS_OK);
	bool extended = x->session->extended;
	unsigned security = SECURITY_USER | SECURITY_CHALLENGE;

	if (host_has(x->host, QUIRK_SHARE_LEVEL))
		security = 0;
	buf_le16(r.out, (uint16_t)dialect);
	buf_u8(r.out, (uint8_t)security);
	buf_le16(r.out,
	         host_has(x->host, QUIRK_SAMBA) ? 50 : 10); /* requests at once */
	buf_le16(r.out, 1);
	buf_le32(r.out, 4356);
	buf_le32(r.out, 65536);
	buf_le32(r.out, 0); /* session key */
	buf_le32(r.out, CAPABILITIES | (extended ? CAPABILITY_EXTENDED : 0));
	buf_le64(r.out, when_to_filetime(x->now_ms));
	buf_le16(r.out, (uint16_t)x->host->zone_minutes);
	buf_u8(r.out, extended ? 0 : 8);
	reply_bytes(&r);
	if (extended) {
		buf_le64(r.out, x->host->dice); /* GUID */
		buf_le64(r.out, ~x->host->dice);
		ntlm_put_hint(r.out);
	} else {
		put_names(x, &r);
	}
	reply_end(&r);
}

static enum then
negotiate(struct exchange *x, struct request *rq)
{
	int dialect = find_dialect(rq->data, "NT LM 0.12");
	uint16_t smb2 = x->host->flavour->smb2_dialect;

	if (smb2 && find_dialect(rq->data, "SMB 2.???") >= 0)
		return smb2_answer_smb1(x);
	if (host_has(x->host, QUIRK_SMB1_CLOSES))
		return THEN_CLOSE;
	if (dialect < 0 || host_has(x->host, QUIRK_NO_DIALECT))
		return refuse_dialects(x, rq);
	x->session->negotiated = true;
	x->session->extended = rq->flags2 & FLAGS2_EXTENDED;
	put_negotiated(x, rq, dialect);
	return THEN_GO_ON;
}

static const struct {
	uint8_t command;
	enum then (*answer)(struct exchange *, struct request *);
} handlers[] = {
	{ 0x04, smb1_close },
	{ 0x25, smb1_transact },
	{ 0x2E, smb1_read },
	{ 0x2F, smb1_write },
	{ 0x71, smb1_tree_disconnect },
	{ COMMAND_NEGOTIATE, negotiate },
	{ 0x73, smb1_session_setup },
	{ 0x74, smb1_logoff },
	{ 0x75, smb1_tree_connect },
	{ 0xA2, smb1_create },
};

enum then
smb1_answer(struct exchange *x, struct span message)
{
	struct request rq;
	struct span magic = span_at(message, 0, 4);

	if (span_is(magic, smb2_magic, sizeof smb2_magic))
		return smb2_answer(x, message);
	if (!span_is(magic, smb1_magic, sizeof smb1_magic) ||
	    !read_request(message, &rq))
		return THEN_CLOSE;
	if (!x->session->negotiated && rq.command != COMMAND_NEGOTIATE)
		return THEN_CLOSE;
	for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
		if (handlers[i].command == rq.command)
			return handlers[i].answer(x, &rq);
	}
	return reply_status(x, &rq, STATUS_SMB_BAD_COMMAND);
}
