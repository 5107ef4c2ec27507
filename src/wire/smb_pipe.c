/*
 * The pipe, and the three calls on it: bind, the control question "\", and the
 * path question "\..\".  Each goes by TRANSACTION, or by WRITE and READ where
 * the server does not take that; an answer may come in several messages.
 */
#include "wire/smb_turns.h"

#include <string.h>

#include "wire/dcerpc.h"
#include "wire/srvsvc.h"

#define STATUS_BUFFER_OVERFLOW 0x80000005u /* success, and there is more */
#define BUSY_TRIES 5
#define BUSY_PAUSE_MS 200
#define PIPES 3
#define PDU_MOST 256

enum { CALL_BIND, CALL_CONTROL, CALL_PATH };

static bool
is_somebody(const struct smb_story *story)
{
	return smb_has_account(story) && !story->heard.guest;
}

/*
 * All three lead to the process of the Server service.  A null session may open
 * the first on XP and 2003, the others on 2000; an account may open any, and
 * then the proper one goes first.
 */
static const char *
pipe_name(const struct smb_story *story)
{
	static const char *const for_nobody[PIPES] = { "browser", "srvsvc", "wkssvc" };
	static const char *const for_account[PIPES] = { "srvsvc", "browser", "wkssvc" };

	return is_somebody(story) ? for_account[story->at.pipe_at]
	                          : for_nobody[story->at.pipe_at];
}

void
smb_say_create(struct talk *t)
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	size_t at = t->out.len;

	smb1_create_write(&t->out, &ids, pipe_name(story),
	                  story->at.any_access ? SMB1_MAXIMUM_ALLOWED
	                                       : SMB1_READ_AND_WRITE);
	smb_said(t, at);
}

/* Which refusal tells more, where the pipes were refused differently. */
static int
strength(enum reason reason)
{
	switch (reason) {
	case REASON_NONE: return 0;
	case REASON_NO_SRVSVC: return 1;
	case REASON_PIPE_NOT_FOUND: return 2;
	case REASON_PIPE_BUSY: return 4;
	case REASON_NEED_CREDENTIALS: return 5;
	default: return 3;
	}
}

/* Remembers why this pipe was no use, and goes to the next one. */
static enum after
next_pipe(struct talk *t, enum reason reason, uint32_t status)
{
	struct smb_story *story = t->story;

	if (strength(reason) > strength(story->at.pipe_reason)) {
		story->at.pipe_reason = reason;
		story->at.pipe_status = status;
	}
	story->heard.pipe = NULL;
	story->at.busy_tries = 0;
	story->at.any_access = false;
	if (++story->at.pipe_at == PIPES) {
		struct smb_refusal all = { story->at.pipe_status, story->at.pipe_reason,
			                   SMB_AGAIN_NO };
		return smb_refused(t, &all);
	}
	return smb_go(t, story->at.has_fid ? TURN_CLOSE : TURN_CREATE);
}

static enum after
create_refused(struct talk *t, const struct smb1_reply *r)
{
	struct smb_story *story = t->story;
	struct smb_refusal refusal = smb_refusal_of(r);

	if (refusal.again != SMB_AGAIN_NO)
		return smb_refused(t, &refusal);
	if (refusal.reason == REASON_PIPE_BUSY && story->at.busy_tries < BUSY_TRIES) {
		story->at.busy_tries++;
		t->pause_ms = BUSY_PAUSE_MS;
		(void)smb_go(t, TURN_CREATE);
		return AFTER_PAUSE;
	}
	if (refusal.reason != REASON_ACCESS_DENIED_RPC)
		return next_pipe(t, refusal.reason, refusal.status);
	if (is_somebody(story) && !story->at.any_access) {
		story->at.any_access = true;
		return smb_go(t, TURN_CREATE);
	}
	return next_pipe(t, REASON_NEED_CREDENTIALS, refusal.status);
}

static enum after
start_call(struct talk *t, uint8_t call)
{
	struct smb_story *story = t->story;
	struct smb_heard *heard = &story->heard;

	story->at.call_at = call;
	story->at.asking = call == CALL_CONTROL ? &heard->control
	                   : call == CALL_PATH  ? &heard->path
	                                        : NULL;
	buf_clear(&story->blob);
	return smb_go(t, story->at.by_write ? TURN_WRITE
	                                    : (enum smb_turn)(TURN_BIND + call));
}

enum after
smb_hear_create(struct talk *t, struct span message)
{
	struct smb_story *story = t->story;
	struct smb1_reply r;
	enum after after;

	if (!smb_answered(t, message, &r, &after))
		return after;
	if (r.status != 0)
		return create_refused(t, &r);
	if (smb1_create_read(&r, &story->at.fid) != HEARD)
		return smb_fail(t, HEARD_ODD, REASON_BAD_MESSAGE);
	story->at.has_fid = true;
	story->heard.pipe = pipe_name(story);
	return start_call(t, CALL_BIND);
}

static uint32_t
call_id(const struct smb_story *story)
{
	return story->at.call_at + 1u;
}

/* The RPC message of the call at hand. */
static void
put_pdu(const struct smb_story *story, struct buf *pdu)
{
	struct buf stub;

	if (story->at.call_at == CALL_BIND) {
		dcerpc_bind_write(pdu, call_id(story));
		return;
	}
	buf_init(&stub, PDU_MOST);
	srvsvc_question_write(&stub, story->at.call_at == CALL_CONTROL ? SRVSVC_CONTROL
	                                                               : SRVSVC_PATH);
	dcerpc_request_write(pdu, call_id(story), SRVSVC_PATH_CANONICALIZE,
	                     buf_span(&stub));
	pdu->bad = pdu->bad || stub.bad;
	buf_free(&stub);
}

static void
say_pdu(struct talk *t,
        void (*write)(struct buf *, const struct smb1_ids *, uint16_t, struct span))
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	size_t at = t->out.len;
	struct buf pdu;

	buf_init(&pdu, PDU_MOST);
	put_pdu(story, &pdu);
	t->out.bad = t->out.bad || pdu.bad;
	story->at.written = (uint16_t)pdu.len;
	write(&t->out, &ids, story->at.fid, buf_span(&pdu));
	smb_said(t, at);
	buf_free(&pdu);
}

void
smb_say_call(struct talk *t)
{
	say_pdu(t, smb1_transact_write);
}

void
smb_say_write(struct talk *t)
{
	say_pdu(t, smb1_write_write);
}

void
smb_say_read(struct talk *t)
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	size_t at = t->out.len;

	smb1_read_write(&t->out, &ids, story->at.fid);
	smb_said(t, at);
}

/* A bind that fails is a pipe that is no use; a call that fails is the end. */
static enum after
call_refused(struct talk *t, const struct smb1_reply *r)
{
	struct smb_story *story = t->story;
	struct smb_refusal refusal = smb_refusal_of(r);

	if (refusal.again == SMB_AGAIN_NO && story->at.call_at == CALL_BIND)
		return next_pipe(t, refusal.reason, refusal.status);
	if (refusal.reason == REASON_PIPE_BROKEN)
		refusal.again = SMB_AGAIN_ALIVE;
	return smb_refused(t, &refusal);
}

static enum after
hear_bind(struct talk *t, const struct dcerpc_answer *answer)
{
	struct smb_story *story = t->story;

	if (answer->type != DCERPC_BIND_ACK || !answer->accepted)
		return next_pipe(t, REASON_NO_SRVSVC, answer->fault);
	story->heard.secondary_address = answer->secondary_address;
	return start_call(t, CALL_CONTROL);
}

static enum reason
fault_reason(uint32_t fault)
{
	static const struct {
		uint32_t fault;
		enum reason reason;
	} faults[] = {
		{ 0x1C010002, REASON_OP_NOT_IMPLEMENTED },
		{ 0x000006D1, REASON_OP_NOT_IMPLEMENTED },
		{ 0x1C010003, REASON_NO_SRVSVC },
		{ 0x000006B5, REASON_NO_SRVSVC },
		{ 0x00000005, REASON_ACCESS_DENIED_RPC },
		{ 0x000006F7, REASON_BAD_STUB },
		{ 0x1C01000B, REASON_RPC_PROTOCOL },
	};

	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		if (faults[i].fault == fault)
			return faults[i].reason;
	}
	return REASON_RPC_FAULT;
}

static void
keep_answer(struct smb_call *call, const struct dcerpc_answer *answer)
{
	size_t kept = answer->stub_len < sizeof call->stub ? answer->stub_len
	                                                   : sizeof call->stub;
	struct srvsvc_answer said;

	memcpy(call->stub, answer->stub, kept);
	call->stub_len = (uint8_t)kept;
	call->heard = srvsvc_answer_read(span_of(call->stub, kept), &said);
	call->code = said.code;
	call->max_count = said.max_count;
	memcpy(call->outbuf, said.outbuf, sizeof call->outbuf);
}

/* A call was answered, if only with a fault: the pipe is still good. */
static enum after
hear_question(struct talk *t, const struct dcerpc_answer *answer)
{
	struct smb_story *story = t->story;
	struct smb_call *call = story->at.asking;

	switch (answer->type) {
	case DCERPC_RESPONSE:
		keep_answer(call, answer);
		if (call->heard != HEARD)
			smb_note(t, HEARD_ODD, REASON_NOT_GENUINE);
		break;
	case DCERPC_FAULT:
		call->rpc_fault = answer->fault;
		smb_note(t, HEARD_REFUSED, fault_reason(answer->fault));
		break;
	default: return smb_fail(t, HEARD_ODD, REASON_RPC_PROTOCOL);
	}
	story->at.asking = NULL;
	if (story->at.call_at == CALL_CONTROL)
		return start_call(t, CALL_PATH);
	return smb_leave(t);
}

/* Looks whether what has come is an answer; what is missing is read. */
static enum after
try_answer(struct talk *t)
{
	struct smb_story *story = t->story;
	struct dcerpc_answer answer;

	if (story->blob.bad)
		return smb_fail(t, HEARD_ODD, REASON_ENDLESS);
	switch (dcerpc_answer_read(buf_span(&story->blob), call_id(story), &answer)) {
	case HEARD: break;
	case HEARD_SHORT: return smb_go(t, TURN_READ);
	default: return smb_fail(t, HEARD_ODD, answer.reason);
	}
	if (story->at.call_at == CALL_BIND)
		return hear_bind(t, &answer);
	return hear_question(t, &answer);
}

enum after
smb_hear_call(struct talk *t, struct span message)
{
	struct smb_story *story = t->story;
	struct smb1_reply r;
	struct smb1_piece piece;
	enum after after;

	if (!smb_answered(t, message, &r, &after))
		return after;
	if (r.status != 0 && r.status != STATUS_BUFFER_OVERFLOW) {
		enum reason reason = smb_refusal_of(&r).reason;
		bool unknown = r.is_dos || reason == REASON_NOT_SUPPORTED ||
		               reason == REASON_SMB1_REJECTED;
		if (!unknown || story->blob.len > 0)
			return call_refused(t, &r);
		story->at.by_write = true;
		return smb_go(t, TURN_WRITE);
	}
	if (smb1_transact_read(&r, &piece) != HEARD ||
	    piece.displacement != story->blob.len)
		return smb_fail(t, HEARD_ODD, REASON_BAD_MESSAGE);
	buf_put(&story->blob, piece.bytes.at, piece.bytes.left);
	if (piece.displacement + piece.bytes.left < piece.total)
		return AFTER_MORE;
	return try_answer(t);
}

enum after
smb_hear_write(struct talk *t, struct span message)
{
	const struct smb_story *story = t->story;
	struct smb1_reply r;
	uint16_t written;
	enum after after;

	if (!smb_answered(t, message, &r, &after))
		return after;
	if (r.status != 0)
		return call_refused(t, &r);
	if (smb1_write_read(&r, &written) != HEARD || written != story->at.written)
		return smb_fail(t, HEARD_ODD, REASON_BAD_MESSAGE);
	return AFTER_NEXT;
}

enum after
smb_hear_read(struct talk *t, struct span message)
{
	struct smb_story *story = t->story;
	struct smb1_reply r;
	struct span bytes;
	enum after after;

	if (!smb_answered(t, message, &r, &after))
		return after;
	if (r.status != 0 && r.status != STATUS_BUFFER_OVERFLOW)
		return call_refused(t, &r);
	if (smb1_read_read(&r, &bytes) != HEARD || bytes.left == 0)
		return smb_fail(t, HEARD_ODD, REASON_BAD_MESSAGE);
	buf_put(&story->blob, bytes.at, bytes.left);
	return try_answer(t);
}
