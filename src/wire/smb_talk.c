/*
 * The turns of the conversation, what they share, how it fails and how it
 * leaves.  The road:
 *
 *     (netbios) → negotiate → session | challenge, login → tree → create
 *         → bind → control → path → close → tree disconnect → logoff
 *
 * A pipe that is refused leads back to create with the next name, a call that
 * the server does not take as a TRANSACTION to write and read.  Whatever fails
 * goes to the first goodbye that is due.
 */
#include "wire/smb_turns.h"

#include "wire/dcerpc.h"
#include "wire/smb1_sign.h"

static void say_close(struct talk *);
static void say_tree_disconnect(struct talk *);
static void say_logoff(struct talk *);
static enum after hear_close(struct talk *, struct span);
static enum after hear_goodbye(struct talk *, struct span);
static enum after lost_close(struct talk *, enum heard);
static enum after lost_goodbye(struct talk *, enum heard);

static const struct turn turns[] = {
	[TURN_NETBIOS] = { "netbios session", smb_say_netbios, smb_hear_netbios,
	                   smb_lost },
	[TURN_NEGOTIATE] = { "negotiate", smb_say_negotiate, smb_hear_negotiate,
	                     smb_lost_negotiate },
	[TURN_SESSION] = { "session setup", smb_say_session, smb_hear_session,
	                   smb_lost },
	[TURN_CHALLENGE] = { "challenge", smb_say_challenge, smb_hear_challenge,
	                     smb_lost },
	[TURN_LOGIN] = { "login", smb_say_login, smb_hear_session, smb_lost },
	[TURN_TREE] = { "tree connect", smb_say_tree, smb_hear_tree, smb_lost },
	[TURN_CREATE] = { "open pipe", smb_say_create, smb_hear_create, smb_lost },
	[TURN_BIND] = { "bind", smb_say_call, smb_hear_call, smb_lost },
	[TURN_CONTROL] = { "ask control", smb_say_call, smb_hear_call, smb_lost },
	[TURN_PATH] = { "ask path", smb_say_call, smb_hear_call, smb_lost },
	[TURN_WRITE] = { "write to pipe", smb_say_write, smb_hear_write, smb_lost },
	[TURN_READ] = { "read from pipe", smb_say_read, smb_hear_read, smb_lost },
	[TURN_CLOSE] = { "close pipe", say_close, hear_close, lost_close },
	[TURN_TREE_DISCONNECT] = { "tree disconnect", say_tree_disconnect, hear_goodbye,
	                           lost_goodbye },
	[TURN_LOGOFF] = { "logoff", say_logoff, hear_goodbye, lost_goodbye },
	[TURN_LOGOFF + 1] = { NULL, NULL, NULL, NULL },
};

void
smb_talk_init(struct talk *t, struct smb_story *story, const struct smb_ask *ask)
{
	const struct turn *first = turns +
	                           (ask->netbios ? TURN_NETBIOS : TURN_NEGOTIATE);

	*story = (struct smb_story){ .ask = ask };
	story->heard.control.heard = NOT_ASKED;
	story->heard.path.heard = NOT_ASKED;
	buf_init(&story->blob, DCERPC_BYTES_MOST);
	talk_init(t, first, FRAME_NBSS, story);
}

void
smb_story_free(struct smb_story *story)
{
	buf_free(&story->blob);
}

bool
smb_has_account(const struct smb_story *story)
{
	enum smb_login login = story->ask->login;

	return login == SMB_NTLMV2 || login == SMB_NTLMV1;
}

struct smb1_ids
smb_ids(struct smb_story *story)
{
	struct smb1_ids ids = { .flags2 = SMB1_FLAGS2,
		                .tid = story->at.tid,
		                .uid = story->at.uid,
		                .mid = ++story->at.mid };

	if (story->at.extended)
		ids.flags2 |= SMB1_EXTENDED;
	if (story->at.signing)
		ids.flags2 |= SMB1_SIGNED;
	return ids;
}

void
smb_said(struct talk *t, size_t at)
{
	struct smb_story *story = t->story;

	if (!story->at.signing || t->out.bad)
		return;
	smb1_sign(&t->out, at, span_of(story->at.mac_key, story->at.mac_key_len),
	          story->at.sequence);
	story->at.sequence += 2; /* the answer has the number between */
}

/* The command that each turn says; the answer must repeat it. */
static uint8_t
command_of(const struct turn *turn)
{
	static const uint8_t commands[] = {
		[TURN_NEGOTIATE] = SMB1_NEGOTIATE,
		[TURN_SESSION] = SMB1_SESSION_SETUP,
		[TURN_CHALLENGE] = SMB1_SESSION_SETUP,
		[TURN_LOGIN] = SMB1_SESSION_SETUP,
		[TURN_TREE] = SMB1_TREE_CONNECT,
		[TURN_CREATE] = SMB1_CREATE,
		[TURN_BIND] = SMB1_TRANSACTION,
		[TURN_CONTROL] = SMB1_TRANSACTION,
		[TURN_PATH] = SMB1_TRANSACTION,
		[TURN_WRITE] = SMB1_WRITE,
		[TURN_READ] = SMB1_READ,
		[TURN_CLOSE] = SMB1_CLOSE,
		[TURN_TREE_DISCONNECT] = SMB1_TREE_DISCONNECT,
		[TURN_LOGOFF] = SMB1_LOGOFF,
	};

	return commands[turn - turns];
}

static bool
is_to_us(const struct talk *t, const struct smb1_reply *r)
{
	const struct smb_story *story = t->story;

	return r->command == command_of(t->turn) && r->mid == story->at.mid &&
	       r->pid == SMB1_PID;
}

#define MID_OPLOCK_BREAK 0xFFFF

bool
smb_answered(struct talk *t, struct span message, struct smb1_reply *r,
             enum after *after)
{
	struct smb_story *story = t->story;
	enum heard heard = smb1_reply_read(message, r);

	if (t->kind != 0 || heard == HEARD_REFUSED) {
		*after = smb_fail(t, HEARD_ODD, REASON_BAD_TRANSPORT);
		return false;
	}
	if (r->mid == MID_OPLOCK_BREAK && heard != HEARD_SHORT) {
		*after = AFTER_MORE;
		return false;
	}
	if (heard != HEARD || !is_to_us(t, r)) {
		*after = smb_fail(t, HEARD_ODD, REASON_BAD_MESSAGE);
		return false;
	}
	struct span key = span_of(story->at.mac_key, story->at.mac_key_len);
	if (story->at.signing &&
	    !smb1_signature_is_right(message, key, story->at.sequence - 1)) {
		*after = smb_fail(t, HEARD_ODD, REASON_BAD_SIGNATURE);
		return false;
	}
	return true;
}

enum after
smb_go(struct talk *t, enum smb_turn turn)
{
	t->go = turns + turn;
	return AFTER_NEXT;
}

/* Where we are, for people: which call it is says more than how it travels. */
static const char *
stage_of(const struct talk *t)
{
	const struct smb_story *story = t->story;
	bool in_call = t->turn == turns + TURN_WRITE || t->turn == turns + TURN_READ;

	return in_call ? turns[TURN_BIND + story->at.call_at].name : t->turn->name;
}

void
smb_note(struct talk *t, enum heard heard, enum reason reason)
{
	struct smb_story *story = t->story;

	if (story->at.asking) {
		story->at.asking->heard = heard;
		story->at.asking->reason = reason;
		story->at.asking = NULL;
	}
	if (story->heard.reason != REASON_NONE)
		return;
	story->heard.reason = reason;
	story->heard.stage = stage_of(t);
}

enum after
smb_fail(struct talk *t, enum heard heard, enum reason reason)
{
	smb_note(t, heard, reason);
	return smb_leave(t);
}

enum after
smb_refused(struct talk *t, const struct smb_refusal *refusal)
{
	struct smb_heard *heard = &((struct smb_story *)t->story)->heard;

	if (heard->reason == REASON_NONE)
		heard->status = refusal->status;
	if (refusal->again != SMB_AGAIN_NO)
		heard->again = refusal->again;
	return smb_fail(t, HEARD_REFUSED, refusal->reason);
}

/* Nothing sensible comes from there any more: all goodbyes at once, unanswered. */
static void
leave_unheard(struct talk *t)
{
	const struct smb_story *story = t->story;

	if (t->out.len > 0)
		return; /* half of it may be under way already */
	if (story->at.has_fid)
		say_close(t);
	if (story->at.has_tid)
		say_tree_disconnect(t);
	if (story->at.has_uid)
		say_logoff(t);
}

enum after
smb_lost(struct talk *t, enum heard heard)
{
	struct smb_story *story = t->story;

	/* The service may have died of something; whether it did is seen later. */
	if (story->at.asking && heard == HEARD_REFUSED)
		story->heard.again = SMB_AGAIN_ALIVE;
	smb_note(t, heard, smb_lost_reason(heard));
	if (heard == HEARD_NOTHING || heard == HEARD_SHORT)
		return smb_leave(t);
	if (heard != HEARD_REFUSED)
		leave_unheard(t);
	return AFTER_LOST;
}

enum after
smb_leave(struct talk *t)
{
	struct smb_story *story = t->story;

	story->at.leaving = true;
	if (story->at.has_fid)
		return smb_go(t, TURN_CLOSE);
	if (story->at.has_tid)
		return smb_go(t, TURN_TREE_DISCONNECT);
	if (story->at.has_uid)
		return smb_go(t, TURN_LOGOFF);
	return AFTER_DONE;
}

/*
 * A goodbye gives the thing back by being said; so the next one is due whatever
 * comes of it, and nothing that we have heard changes any more.
 */
static void
say_close(struct talk *t)
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	size_t at = t->out.len;

	t->brief = story->at.leaving;
	story->at.has_fid = false;
	smb1_close_write(&t->out, &ids, story->at.fid);
	smb_said(t, at);
}

static void
say_tree_disconnect(struct talk *t)
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	size_t at = t->out.len;

	t->brief = true;
	story->at.has_tid = false;
	smb1_tree_disconnect_write(&t->out, &ids);
	smb_said(t, at);
}

static void
say_logoff(struct talk *t)
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	size_t at = t->out.len;

	t->brief = true;
	story->at.has_uid = false;
	smb1_logoff_write(&t->out, &ids);
	smb_said(t, at);
}

/* A late answer to an earlier question may still come in between. */
static enum after
hear_goodbye(struct talk *t, struct span message)
{
	struct smb1_reply r;

	if (t->kind != 0 || smb1_reply_read(message, &r) != HEARD || !is_to_us(t, &r))
		return AFTER_MORE;
	return smb_leave(t);
}

static enum after
lost_goodbye(struct talk *t, enum heard heard)
{
	if (heard == HEARD_NOTHING || heard == HEARD_SHORT)
		return smb_leave(t);
	return AFTER_DONE;
}

/* Also between two pipes. */
static enum after
hear_close(struct talk *t, struct span message)
{
	struct smb_story *story = t->story;
	struct smb1_reply r;
	enum after after;

	if (story->at.leaving)
		return hear_goodbye(t, message);
	if (!smb_answered(t, message, &r, &after))
		return after;
	return smb_go(t, TURN_CREATE);
}

static enum after
lost_close(struct talk *t, enum heard heard)
{
	struct smb_story *story = t->story;

	return story->at.leaving ? lost_goodbye(t, heard) : smb_lost(t, heard);
}
