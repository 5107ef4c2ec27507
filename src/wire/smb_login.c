/*
 * Session setup: the null session in its simple form, NTLMSSP in two steps for
 * a null session or an account, and the old NTLM where it was asked for by name.
 */
#include "wire/smb_turns.h"

#include <string.h>

#include "base/when.h"
#include "wire/ntlm_proof.h"
#include "wire/smb1_sign.h"

#define STATUS_MORE_PROCESSING 0xC0000016u
#define TOKEN_MOST 4096

/* Without extended security the key takes the whole answer to the challenge in. */
static void
keep_key(struct smb_story *story, const uint8_t key[16], struct span answer)
{
	memcpy(story->at.mac_key, key, 16);
	size_t len = 16 + span_copy(answer, story->at.mac_key + 16,
	                            sizeof story->at.mac_key - 16);
	story->at.mac_key_len = (uint8_t)len;
}

static void
say_ntlmv1(struct talk *t, const struct smb1_ids *ids)
{
	struct smb_story *story = t->story;
	const struct smb_account *account = story->ask->account;
	struct ntlm_proof proof;

	ntlm_v1_prove(account->password, story->at.challenge, &proof);
	keep_key(story, proof.key, buf_span(&proof.nt));
	struct smb1_login login = { .session_key = story->at.session_key,
		                    .lm = span_of(proof.lm, sizeof proof.lm),
		                    .nt = buf_span(&proof.nt),
		                    .user = account->user,
		                    .domain = account->domain };
	smb1_session_write(&t->out, ids, &login);
	buf_free(&proof.nt);
}

void
smb_say_session(struct talk *t)
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	struct smb1_login nobody = { .session_key = story->at.session_key,
		                     .lm = span_of("", 1), /* an empty password */
		                     .nt = span_of("", 0),
		                     .user = "",
		                     .domain = "" };

	if (!smb_has_account(story)) {
		smb1_session_write(&t->out, &ids, &nobody);
		return;
	}
	if (story->at.capabilities & SMB1_CAN_UNICODE)
		ids.flags2 |=
		    SMB1_UNICODE; /* names of accounts are not ASCII everywhere */
	ids.flags2 |= SMB1_SIGNED;
	say_ntlmv1(t, &ids);
}

static void
learn_names(struct smb_story *story, const struct smb1_session *s)
{
	struct smb_system *system = &story->heard.system;

	smb_system_say(&system->native_os, &s->native_os);
	smb_system_say(&system->native_lm, &s->native_lm);
	smb_system_say(&system->domain, &s->domain);
}

static bool
is_windows(const struct smb_system *system)
{
	return !text_begins(system->native_lm.utf8, "Samba") &&
	       strcmp(system->native_os.utf8, "Unix") != 0;
}

/* A refusal of the null session's simple form is worth a try of the other. */
static enum after
session_refused(struct talk *t, const struct smb1_reply *r)
{
	struct smb_story *story = t->story;
	struct smb_refusal refusal = smb_refusal_of(r);
	bool denied = r->is_dos || refusal.reason == REASON_ACCESS_DENIED_RPC ||
	              refusal.reason == REASON_LOGON_FAILURE;
	bool proved = story->at.has_uid || !story->at.extended;

	story->at.has_uid = false;
	if (refusal.again != SMB_AGAIN_NO)
		return smb_refused(t, &refusal);
	if (smb_has_account(story)) {
		if (denied)
			refusal.reason = REASON_LOGON_FAILURE;
		/* Whatever the words: it may have counted a wrong password. */
		story->heard.credentials_refused = proved;
		return smb_refused(t, &refusal);
	}
	if (denied || refusal.reason == REASON_ACCOUNT_RESTRICTION)
		refusal.reason = REASON_ANONYMOUS_REFUSED;
	if (story->ask->login == SMB_ANONYMOUS)
		refusal.again = SMB_AGAIN_NTLMSSP;
	return smb_refused(t, &refusal);
}

#define SESSION_SEQUENCE 1 /* of the answer that logs us in */

/*
 * Signing begins with the answer to the login, where there is an account.  That
 * answer itself is signed after NTLMSSP, and only where signing is demanded.
 */
static bool
begin_signing(struct talk *t, const struct smb1_reply *r)
{
	struct smb_story *story = t->story;
	uint8_t may = SMB1_SIGNING_ENABLED | SMB1_SIGNING_REQUIRED;
	struct span key = span_of(story->at.mac_key, story->at.mac_key_len);

	if (story->heard.guest || key.left == 0 || !(story->at.security & may))
		return true;
	story->at.signing = true;
	story->at.sequence = SESSION_SEQUENCE + 1;
	if (!story->at.extended || !(story->at.security & SMB1_SIGNING_REQUIRED))
		return true;
	return smb1_signature_is_right(r->whole, key, SESSION_SEQUENCE);
}

static enum after
logged_in(struct talk *t, const struct smb1_reply *r, const struct smb1_session *s)
{
	struct smb_story *story = t->story;

	story->at.uid = r->uid;
	story->at.has_uid = true;
	story->heard.logged_in = true;
	story->heard.guest = s->guest;
	learn_names(story, s);
	if (!begin_signing(t, r))
		return smb_fail(t, HEARD_ODD, REASON_BAD_SIGNATURE);
	if (!is_windows(&story->heard.system))
		return smb_fail(t, HEARD_REFUSED, REASON_NOT_WINDOWS);
	return smb_go(t, TURN_TREE);
}

/* The answer to the last step of any login. */
enum after
smb_hear_session(struct talk *t, struct span message)
{
	struct smb1_reply r;
	struct smb1_session s;
	enum after after;

	if (!smb_answered(t, message, &r, &after))
		return after;
	if (r.status != 0)
		return session_refused(t, &r);
	if (smb1_session_read(&r, &s) != HEARD)
		return smb_fail(t, HEARD_ODD, REASON_BAD_MESSAGE);
	return logged_in(t, &r, &s);
}

/* Says a token, wrapped as the server has it. */
static void
say_token(struct talk *t, struct span token, void (*wrap)(struct buf *, struct span))
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	struct buf wrapped;

	if (smb_has_account(story))
		ids.flags2 |= SMB1_SIGNED;
	buf_init(&wrapped, TOKEN_MOST);
	if (story->at.spnego)
		wrap(&wrapped, token);
	else
		buf_put(&wrapped, token.at, token.left);
	t->out.bad = t->out.bad || wrapped.bad || token.bad;
	smb1_session_blob_write(&t->out, &ids, story->at.session_key,
	                        buf_span(&wrapped));
	buf_free(&wrapped);
}

static uint32_t
flags_asked(const struct smb_story *story)
{
	return smb_has_account(story) ? NTLM_FLAGS | NTLM_SIGN : NTLM_FLAGS;
}

void
smb_say_challenge(struct talk *t)
{
	struct buf token;

	buf_init(&token, TOKEN_MOST);
	ntlm_negotiate_write(&token, flags_asked(t->story));
	say_token(t, buf_span(&token), spnego_first_write);
	buf_free(&token);
}

/* We only wanted to look, and it lets us in without a question: out again. */
static enum after
session_unwanted(struct talk *t, const struct smb1_reply *r,
                 const struct smb1_session *s)
{
	struct smb_story *story = t->story;

	story->at.uid = r->uid;
	story->at.has_uid = true;
	learn_names(story, s);
	return smb_leave(t);
}

enum after
smb_hear_challenge(struct talk *t, struct span message)
{
	struct smb_story *story = t->story;
	struct smb1_reply r;
	struct smb1_session s;
	struct ntlm_challenge challenge;
	enum after after;

	if (!smb_answered(t, message, &r, &after))
		return after;
	if (r.status != 0 && r.status != STATUS_MORE_PROCESSING)
		return session_refused(t, &r);
	if (smb1_session_read(&r, &s) != HEARD)
		return smb_fail(t, HEARD_ODD, REASON_BAD_MESSAGE);
	if (r.status == 0 && story->ask->login == SMB_CHALLENGE)
		return session_unwanted(t, &r, &s);
	if (r.status == 0)
		return logged_in(t, &r, &s);
	if (ntlm_challenge_read(s.blob, &challenge) != HEARD)
		return smb_fail(t, HEARD_ODD, REASON_BAD_MESSAGE);
	learn_names(story, &s);
	smb_system_challenge(&story->heard.system, &challenge);
	if (story->ask->login == SMB_CHALLENGE)
		return AFTER_DONE;
	story->at.uid = r.uid;
	buf_clear(&story->blob);
	buf_put(&story->blob, s.blob.at, s.blob.left);
	return smb_go(t, TURN_LOGIN);
}

static void
put_ntlmv2(struct smb_story *story, struct buf *token)
{
	const struct smb_ask *ask = story->ask;
	struct ntlm_challenge challenge;
	struct ntlm_proof proof;

	token->bad = ntlm_challenge_read(buf_span(&story->blob), &challenge) != HEARD;
	bool told_time = challenge.filetime != 0;
	struct ntlm_secret secret = { ask->account->user, ask->account->domain,
		                      ask->account->password };
	struct ntlm_exchange exchange = {
		.challenge = challenge.challenge,
		.nonce = ask->random,
		.filetime = told_time ? challenge.filetime
		                      : when_to_filetime(ask->now_ms),
		.target_info = challenge.target_info,
	};
	ntlm_v2_prove(&secret, &exchange, told_time, &proof);
	keep_key(story, proof.key, span_of("", 0));
	struct ntlm_authenticate login = {
		.lm = span_of(proof.lm, sizeof proof.lm),
		.nt = buf_span(&proof.nt),
		.domain = ask->account->domain,
		.user = ask->account->user,
		.flags = flags_asked(story) & challenge.flags & ~NTLM_VERSION,
	};
	ntlm_authenticate_write(token, &login);
	buf_free(&proof.nt);
}

void
smb_say_login(struct talk *t)
{
	struct smb_story *story = t->story;
	struct buf token;

	buf_init(&token, TOKEN_MOST);
	if (smb_has_account(story))
		put_ntlmv2(story, &token);
	else
		ntlm_anonymous_write(&token);
	story->at.has_uid = true; /* from here on there may be a session to end */
	say_token(t, buf_span(&token), spnego_next_write);
	buf_free(&token);
}
