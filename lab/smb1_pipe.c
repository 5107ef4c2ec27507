/* The pipes of IPC$: opening them, and the three ways to move RPC through. */
#include "lab/smb1.h"

#include <string.h>

#include "base/text.h"
#include "lab/rpc.h"
#include "lab/status.h"

#define PIPE_NAME_ROOM 64
#define BUSY_TRIES 2
#define READ_HEAD_LEN 60  /* of a read's answer, from the header on */
#define TRANS_HEAD_LEN 56 /* of a transaction's answer */
#define TRANSACT_PIPE 0x26

const char *const pipe_names[PIPE_COUNT] = {
	[PIPE_BROWSER] = "browser",
	[PIPE_SRVSVC] = "srvsvc",
	[PIPE_WKSSVC] = "wkssvc",
};

enum fragments
fragments_of(const struct host *host)
{
	return (enum fragments)(host->dice % FRAGMENTS_COUNT);
}

/* 0, or why a request that needs a tree cannot be served. */
static uint32_t
no_tree(const struct exchange *x, const struct request *rq)
{
	if (!x->session->logged_in || rq->uid != SMB1_UID)
		return STATUS_SMB_BAD_UID;
	if (!x->session->has_tree || rq->tid != SMB1_TID)
		return STATUS_SMB_BAD_TID;
	return 0;
}

/* The same for one that needs the pipe as well. */
static uint32_t
no_pipe(const struct exchange *x, const struct request *rq, uint16_t fid)
{
	uint32_t status = no_tree(x, rq);

	if (status)
		return status;
	return x->session->has_pipe && fid == SMB1_FID ? 0 : STATUS_INVALID_HANDLE;
}

/* PIPE_COUNT where there is no such pipe. */
static enum pipe
find_pipe(const struct exchange *x, const char *path)
{
	while (*path == '\\')
		path++;
	for (int i = 0; i < PIPE_COUNT; i++) {
		const char *name = pipe_names[i];

		if (strlen(path) != strlen(name) || !text_begins(path, name))
			continue;
		if (i == PIPE_BROWSER && host_has(x->host, QUIRK_NO_BROWSER))
			return PIPE_COUNT;
		return (enum pipe)i;
	}
	return PIPE_COUNT;
}

static uint32_t
create_status(struct exchange *x, enum pipe pipe)
{
	uint32_t refused = x->session->account ? 0 : x->host->kind->refuse[AT_CREATE];

	if (refused)
		return refused;
	if (pipe == PIPE_COUNT)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (host_has(x->host, QUIRK_BUSY_TWICE) &&
	    x->session->busy_tries < BUSY_TRIES) {
		x->session->busy_tries++;
		return STATUS_PIPE_NOT_AVAILABLE;
	}
	return STATUS_OK;
}

static void
put_created(struct exchange *x, const struct request *rq)
{
	struct reply r = reply_begin(x, rq, STATUS_OK);

	reply_andx(&r);
	buf_u8(r.out, 0); /* no oplock */
	buf_le16(r.out, SMB1_FID);
	buf_le32(r.out, 1);    /* it was there and is open */
	buf_zero(r.out, 32);   /* times */
	buf_le32(r.out, 0x80); /* a normal file */
	buf_le64(r.out, host_has(x->host, QUIRK_SAMBA) ? 0 : 4096); /* allocated */
	buf_le64(r.out, 0);
	buf_le16(r.out, 2);      /* a pipe of messages */
	buf_le16(r.out, 0x05FF); /* its state */
	buf_u8(r.out, 0);
	reply_bytes(&r);
	reply_end(&r);
}

enum then
smb1_create(struct exchange *x, struct request *rq)
{
	struct span length = span_at(rq->words, 5, 2);
	size_t len = span_le16(&length);
	struct span name = rq->data;
	char path[PIPE_NAME_ROOM];
	uint32_t status = no_tree(x, rq);

	if (status)
		return reply_status(x, rq, status);
	/* the length does not count the terminator, which some clients omit */
	if (length.bad || len > name.left ||
	    !request_text(rq, &name, path, sizeof path))
		return reply_status(x, rq, STATUS_INVALID_SMB);
	enum pipe pipe = find_pipe(x, path);
	status = create_status(x, pipe);
	if (status)
		return reply_status(x, rq, status);
	x->session->has_pipe = true;
	x->session->bound = false;
	x->session->pipe = (uint8_t)pipe;
	x->session->piped = (struct piped){ .len = 0 };
	put_created(x, rq);
	return THEN_GO_ON;
}

/* What the pipe gives to one read: not past the end of a message. */
static struct span
take_piped(struct piped *piped, size_t most)
{
	struct span all = span_of(piped->bytes, piped->message_end);
	(void)span_cut(&all, piped->at);
	struct span taken = span_cut(&all, most < all.left ? most : all.left);

	piped->at = (uint16_t)(piped->at + taken.left);
	return taken;
}

/* Has the message been read to its end?  Then the next one begins. */
static bool
message_is_read(struct piped *piped)
{
	if (piped->at < piped->message_end)
		return false;
	piped->message_end = piped->len;
	return true;
}

/* One message of a transaction's answer: `part` lies at `displacement`. */
static void
put_transacted(struct exchange *x, const struct request *rq, struct span part,
               uint16_t displacement)
{
	uint16_t total = x->session->piped.message_end;
	struct reply r = reply_begin(x, rq, STATUS_OK);

	buf_le16(r.out, 0); /* parameters */
	buf_le16(r.out, total);
	buf_le16(r.out, 0);
	buf_le16(r.out, 0);
	buf_le16(r.out, TRANS_HEAD_LEN);
	buf_le16(r.out, 0);
	buf_le16(r.out, (uint16_t)part.left);
	buf_le16(r.out, TRANS_HEAD_LEN);
	buf_le16(r.out, displacement);
	buf_le16(r.out, 0); /* setup words */
	reply_bytes(&r);
	buf_u8(r.out, 0);
	buf_put(r.out, part.at, part.left);
	reply_end(&r);
}

static void
answer_transacted(struct exchange *x, const struct request *rq)
{
	struct piped *piped = &x->session->piped;
	bool halves = host_has(x->host, QUIRK_FRAGMENTS) &&
	              fragments_of(x->host) == FRAGMENTS_TWO_MESSAGES;
	size_t most = halves ? piped->message_end / 2u : piped->message_end;

	while (piped->at < piped->message_end) {
		uint16_t at = piped->at;
		struct span part = take_piped(piped, most);

		put_transacted(x, rq, part, at);
		most = SIZE_MAX;
	}
	(void)message_is_read(piped);
}

enum then
smb1_transact(struct exchange *x, struct request *rq)
{
	struct span w = rq->words;

	(void)span_cut(&w, 22);
	size_t len = span_le16(&w);
	size_t offset = span_le16(&w);
	(void)span_le16(&w); /* setup count */
	uint16_t function = span_le16(&w);
	uint16_t fid = span_le16(&w);
	struct span pdu = span_at(rq->message, offset, len);
	if (w.bad || pdu.bad || function != TRANSACT_PIPE)
		return reply_status(x, rq, STATUS_INVALID_SMB);
	uint32_t status = no_pipe(x, rq, fid);
	if (!status)
		status = x->host->kind->refuse[AT_TRANSACT];
	if (status)
		return reply_status(x, rq, status);
	enum then then = rpc_answer(x, pdu);
	if (then == THEN_GO_ON)
		answer_transacted(x, rq);
	return then;
}

enum then
smb1_write(struct exchange *x, struct request *rq)
{
	struct span w = rq->words;

	(void)span_cut(&w, 4);
	uint16_t fid = span_le16(&w);
	(void)span_cut(&w, 14); /* offset, timeout, mode, remaining, high length */
	uint16_t len = span_le16(&w);
	size_t offset = span_le16(&w);
	struct span pdu = span_at(rq->message, offset, len);
	if (w.bad || pdu.bad)
		return reply_status(x, rq, STATUS_INVALID_SMB);
	uint32_t status = no_pipe(x, rq, fid);
	if (status)
		return reply_status(x, rq, status);
	enum then then = rpc_answer(x, pdu);
	if (then != THEN_GO_ON)
		return then;
	struct reply r = reply_begin(x, rq, STATUS_OK);
	reply_andx(&r);
	buf_le16(r.out, len);
	buf_le16(r.out, 0xFFFF);
	buf_le32(r.out, 0);
	reply_bytes(&r);
	reply_end(&r);
	return THEN_GO_ON;
}

enum then
smb1_read(struct exchange *x, struct request *rq)
{
	struct piped *piped = &x->session->piped;
	struct span w = rq->words;

	(void)span_cut(&w, 4);
	uint16_t fid = span_le16(&w);
	(void)span_le32(&w); /* offset: a pipe has none */
	uint16_t most = span_le16(&w);
	if (w.bad)
		return reply_status(x, rq, STATUS_INVALID_SMB);
	uint32_t status = no_pipe(x, rq, fid);
	if (!status && piped->at == piped->len)
		status = STATUS_PIPE_EMPTY;
	if (status)
		return reply_status(x, rq, status);
	struct span part = take_piped(piped, most);
	status = message_is_read(piped) ? STATUS_OK : STATUS_BUFFER_OVERFLOW;
	struct reply r = reply_begin(x, rq, status);
	reply_andx(&r);
	buf_le16(r.out, 0xFFFF);
	buf_le32(r.out, 0);
	buf_le16(r.out, (uint16_t)part.left);
	buf_le16(r.out, READ_HEAD_LEN);
	buf_zero(r.out, 10);
	reply_bytes(&r);
	buf_u8(r.out, 0);
	buf_put(r.out, part.at, part.left);
	reply_end(&r);
	return THEN_GO_ON;
}

enum then
smb1_close(struct exchange *x, struct request *rq)
{
	struct span w = rq->words;
	uint16_t fid = span_le16(&w);

	if (w.bad)
		return reply_status(x, rq, STATUS_INVALID_SMB);
	uint32_t status = no_pipe(x, rq, fid);
	if (!status)
		x->session->has_pipe = false;
	return reply_status(x, rq, status);
}
