/*
 * Who is there, where SMB1 is off: NEGOTIATE, then SESSION_SETUP up to the
 * challenge.  No login is attempted, so none fails in the host's log.
 */
#include "wire/smb2_talk.h"

#include "base/when.h"
#include "wire/nbss.h"
#include "wire/ntlm.h"
#include "wire/smb2.h"
#include "wire/smb_turns.h"

#define STATUS_PENDING 0x00000103u
#define STATUS_MORE_PROCESSING 0xC0000016u
#define STATUS_NOT_SUPPORTED 0xC00000BBu
#define TOKEN_MOST 256

static enum after
fail(struct talk *t, enum reason reason)
{
	struct smb2_story *story = t->story;

	story->reason = reason;
	return AFTER_LOST;
}

static enum after
lost(struct talk *t, enum heard heard)
{
	return fail(t, smb_lost_reason(heard));
}

static void
say_netbios(struct talk *t)
{
	const struct smb2_story *story = t->story;

	nbss_request_write(&t->out, story->ask->called);
}

static enum after
hear_netbios(struct talk *t, struct span message)
{
	(void)message;
	return t->kind == NBSS_POSITIVE ? AFTER_NEXT
	                                : fail(t, REASON_NETBIOS_NAME_REFUSED);
}

static void
say_negotiate(struct talk *t)
{
	const struct smb2_story *story = t->story;

	smb2_negotiate_write(&t->out, story->ask->random, story->only_311);
}

/* False: it is not an answer to `command`, and *after is where that leads. */
static bool
answered(struct talk *t, struct span message, enum smb2_command command,
         struct smb2_reply *r, enum after *after)
{
	enum heard heard = smb2_reply_read(message, r);

	if (t->kind != 0 || heard == HEARD_REFUSED)
		*after = fail(t, REASON_BAD_TRANSPORT);
	else if (heard != HEARD || r->command != command || r->message_id != command)
		*after = fail(t, REASON_BAD_MESSAGE);
	else if (r->status == STATUS_PENDING)
		*after = AFTER_MORE;
	else
		return true;
	return false;
}

static enum after
hear_negotiate(struct talk *t, struct span message)
{
	struct smb2_story *story = t->story;
	struct smb2_reply r;
	struct smb2_negotiated n;
	enum after after;

	if (!answered(t, message, SMB2_NEGOTIATE, &r, &after))
		return after;
	if (r.status == STATUS_NOT_SUPPORTED && !story->only_311) {
		story->again_311 = true;
		return fail(t, REASON_NOT_SUPPORTED);
	}
	if (r.status != 0)
		return fail(t, REASON_STATUS_OTHER);
	if (smb2_negotiate_read(&r, &n) != HEARD)
		return fail(t, REASON_BAD_MESSAGE);
	story->heard = true;
	story->spnego = n.spnego;
	story->boot_filetime = n.boot_filetime;
	story->system.smb2_dialect = n.dialect;
	story->system.signing_required = n.security & SMB2_SIGNING_REQUIRED;
	if (n.filetime != 0) {
		story->system.has_time = true;
		story->system.time_ms = when_from_filetime(n.filetime);
	}
	return AFTER_NEXT;
}

static void
say_session(struct talk *t)
{
	const struct smb2_story *story = t->story;
	struct buf token;
	struct buf wrapped;

	buf_init(&token, TOKEN_MOST);
	buf_init(&wrapped, TOKEN_MOST);
	ntlm_negotiate_write(&token, NTLM_FLAGS);
	if (story->spnego)
		spnego_first_write(&wrapped, buf_span(&token));
	t->out.bad = t->out.bad || token.bad || wrapped.bad;
	smb2_session_write(&t->out, buf_span(story->spnego ? &wrapped : &token));
	buf_free(&token);
	buf_free(&wrapped);
}

static enum after
hear_session(struct talk *t, struct span message)
{
	struct smb2_story *story = t->story;
	struct smb2_reply r;
	struct span blob;
	struct ntlm_challenge challenge;
	enum after after;

	if (!answered(t, message, SMB2_SESSION_SETUP, &r, &after))
		return after;
	if (r.status != STATUS_MORE_PROCESSING)
		return fail(t, REASON_STATUS_OTHER);
	if (smb2_session_read(&r, &blob) != HEARD ||
	    ntlm_challenge_read(blob, &challenge) != HEARD)
		return fail(t, REASON_BAD_MESSAGE);
	smb_system_challenge(&story->system, &challenge);
	return AFTER_DONE;
}

static const struct turn turns[] = {
	{ "netbios session", say_netbios, hear_netbios, lost },
	{ "smb2 negotiate", say_negotiate, hear_negotiate, lost },
	{ "smb2 challenge", say_session, hear_session, lost },
	{ NULL, NULL, NULL, NULL },
};

void
smb2_talk_init(struct talk *t, struct smb2_story *story, const struct smb_ask *ask)
{
	bool only_311 = story->only_311;

	*story = (struct smb2_story){ .ask = ask, .only_311 = only_311 };
	talk_init(t, turns + (ask->netbios ? 0 : 1), FRAME_NBSS, story);
}
