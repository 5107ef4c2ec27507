/*
 * Session setup, in both forms, and trees.  A host of the lab lets in whoever
 * says a name, and never looks at a password; a few names are refused, so that
 * what happens after a refusal can be tried.
 */
#include "lab/smb1.h"

#include <string.h>

#include "base/text.h"
#include "lab/ntlm.h"
#include "lab/status.h"

#define WORDS_PLAIN 26
#define WORDS_EXTENDED 24
#define SHARE_ROOM 128

static const struct {
	const char *user;
	uint32_t status;
} refused_users[] = {
	{ "guest", STATUS_ACCOUNT_DISABLED },
	{ "wrong", STATUS_LOGON_FAILURE },
	{ "expired", STATUS_PASSWORD_EXPIRED },
	{ "locked", STATUS_ACCOUNT_LOCKED_OUT },
};

static bool
is_word(const char *text, const char *word)
{
	return strlen(text) == strlen(word) && text_begins(text, word);
}

/* May this user in?  "" is nobody. */
static uint32_t
login_status(const struct exchange *x, const char *user, enum stage stage)
{
	if (host_has(x->host, QUIRK_GUEST))
		return STATUS_OK;
	if (!*user)
		return x->host->kind->refuse[stage];
	for (size_t i = 0; i < sizeof refused_users / sizeof refused_users[0]; i++) {
		if (is_word(user, refused_users[i].user))
			return refused_users[i].status;
	}
	return STATUS_OK;
}

static void
put_system(struct exchange *x, struct reply *r, const struct request *rq)
{
	reply_text(r, rq, x->host->flavour->native_os);
	reply_text(r, rq, x->host->flavour->native_lm);
}

static void
let_in(struct exchange *x, struct request *rq, const char *user)
{
	x->session->has_uid = true;
	x->session->logged_in = true;
	x->session->account = *user && !host_has(x->host, QUIRK_GUEST);
	rq->uid = SMB1_UID;
}

static enum then
setup_plain(struct exchange *x, struct request *rq)
{
	struct span lengths = span_at(rq->words, 14, 4);
	struct span s = rq->data;
	char user[USER_ROOM];

	size_t oem = span_le16(&lengths);
	size_t unicode = span_le16(&lengths);
	(void)span_cut(&s, oem + unicode);
	if (!request_text(rq, &s, user, sizeof user))
		return reply_status(x, rq, STATUS_INVALID_SMB);
	uint32_t status = login_status(x, user, AT_SESSION);
	if (status != STATUS_OK)
		return reply_status(x, rq, status);
	let_in(x, rq, user);
	struct reply r = reply_begin(x, rq, STATUS_OK);
	reply_andx(&r);
	buf_le16(r.out, host_has(x->host, QUIRK_GUEST)); /* action: bit 0, guest */
	reply_bytes(&r);
	put_system(x, &r, rq);
	reply_text(&r, rq, x->host->group);
	reply_end(&r);
	return THEN_GO_ON;
}

static void
put_extended(struct exchange *x, const struct request *rq, uint32_t status)
{
	bool done = status == STATUS_OK;
	struct reply r = reply_begin(x, rq, status);

	reply_andx(&r);
	buf_le16(r.out, done && host_has(x->host, QUIRK_GUEST));
	size_t len_at = r.out->len;
	buf_le16(r.out, 0);
	reply_bytes(&r);
	size_t blob_at = r.out->len;
	if (done)
		ntlm_put_accepted(x, r.out);
	else
		ntlm_put_challenge(x, r.out);
	buf_patch_le16(r.out, len_at, (uint16_t)(r.out->len - blob_at));
	put_system(x, &r, rq);
	reply_end(&r);
}

static enum then
setup_extended(struct exchange *x, struct request *rq)
{
	struct span length = span_at(rq->words, 14, 2);
	struct span blob = span_at(rq->data, 0, span_le16(&length));
	struct ntlm_said said = ntlm_read(blob);

	if (said.type == NTLM_NONE)
		return reply_status(x, rq, STATUS_INVALID_PARAMETER);
	if (said.type == NTLM_NEGOTIATE) {
		x->session->spnego = said.spnego;
		x->session->has_uid = true;
		rq->uid = SMB1_UID;
		put_extended(x, rq, STATUS_MORE_PROCESSING);
		return THEN_GO_ON;
	}
	/* the second half goes under the number that the first half gave */
	if (!x->session->has_uid || rq->uid != SMB1_UID)
		return reply_status(x, rq, STATUS_SMB_BAD_UID);
	uint32_t status = login_status(x, said.user, AT_NTLMSSP);
	if (status != STATUS_OK)
		return reply_status(x, rq, status);
	let_in(x, rq, said.user);
	put_extended(x, rq, STATUS_OK);
	return THEN_GO_ON;
}

enum then
smb1_session_setup(struct exchange *x, struct request *rq)
{
	if (rq->words.left == WORDS_EXTENDED && x->session->extended)
		return setup_extended(x, rq);
	if (rq->words.left == WORDS_PLAIN && !x->session->extended)
		return setup_plain(x, rq);
	return reply_status(x, rq, STATUS_INVALID_SMB);
}

static bool
knows_uid(const struct exchange *x, const struct request *rq)
{
	return x->session->logged_in && rq->uid == SMB1_UID;
}

enum then
smb1_logoff(struct exchange *x, struct request *rq)
{
	if (!knows_uid(x, rq))
		return reply_status(x, rq, STATUS_SMB_BAD_UID);
	x->session->has_uid = false;
	x->session->logged_in = false;
	x->session->has_tree = false;
	x->session->has_pipe = false;
	struct reply r = reply_begin(x, rq, STATUS_OK);
	reply_andx(&r);
	reply_bytes(&r);
	reply_end(&r);
	return THEN_GO_ON;
}

/* The share's name in \\server\share. */
static const char *
share_of(const char *path)
{
	const char *last = strrchr(path, '\\');

	return last ? last + 1 : path;
}

enum then
smb1_tree_connect(struct exchange *x, struct request *rq)
{
	static const uint8_t service[] = { 'I', 'P', 'C', 0, 0 };
	struct span length = span_at(rq->words, 6, 2);
	struct span s = rq->data;
	char path[SHARE_ROOM];

	if (!knows_uid(x, rq))
		return reply_status(x, rq, STATUS_SMB_BAD_UID);
	(void)span_cut(&s, span_le16(&length));
	if (length.bad || !request_text(rq, &s, path, sizeof path))
		return reply_status(x, rq, STATUS_INVALID_SMB);
	uint32_t refused = x->session->account ? 0 : x->host->kind->refuse[AT_TREE];
	if (refused)
		return reply_status(x, rq, refused);
	if (!is_word(share_of(path), "IPC$"))
		return reply_status(x, rq,
		                    x->session->account ? STATUS_BAD_NETWORK_NAME
		                                        : STATUS_ACCESS_DENIED);
	x->session->has_tree = true;
	rq->tid = host_has(x->host, QUIRK_NO_TREE_ID) ? 0 : SMB1_TID;
	struct reply r = reply_begin(x, rq, STATUS_OK);
	reply_andx(&r);
	buf_le16(r.out, 1); /* optional support: search bits */
	reply_bytes(&r);
	buf_put(r.out, service, sizeof service);
	reply_end(&r);
	return THEN_GO_ON;
}

enum then
smb1_tree_disconnect(struct exchange *x, struct request *rq)
{
	if (!knows_uid(x, rq))
		return reply_status(x, rq, STATUS_SMB_BAD_UID);
	if (!x->session->has_tree || rq->tid != SMB1_TID)
		return reply_status(x, rq, STATUS_SMB_BAD_TID);
	x->session->has_tree = false;
	x->session->has_pipe = false;
	return reply_status(x, rq, STATUS_OK);
}
