/*
 * Getting in touch (NetBIOS session, NEGOTIATE), and the tree of pipes.
 */
#include "wire/smb_turns.h"

#include <string.h>

#include "base/when.h"
#include "wire/nbss.h"

#define STATUS_BAD_DEVICE_TYPE 0xC00000CBu

/* What stands for the server in the tree's name. */
enum { SERVER_ADDRESS, SERVER_NAME, SERVER_ANY };

void
smb_say_netbios(struct talk *t)
{
	const struct smb_story *story = t->story;

	nbss_request_write(&t->out, story->ask->called);
}

enum after
smb_hear_netbios(struct talk *t, struct span message)
{
	struct smb_story *story = t->story;
	uint8_t error = 0;

	switch (t->kind) {
	case NBSS_POSITIVE: return AFTER_NEXT;
	case NBSS_RETARGET: return smb_fail(t, HEARD_REFUSED, REASON_NETBIOS_RETARGET);
	case NBSS_NEGATIVE: error = span_u8(&message); break;
	default: return smb_fail(t, HEARD_ODD, REASON_BAD_TRANSPORT);
	}
	story->heard.status = error;
	if (error == NBSS_NO_RESOURCES) {
		story->heard.again = SMB_AGAIN_LATER;
		return smb_fail(t, HEARD_REFUSED, REASON_SERVER_RESOURCES);
	}
	if (error == NBSS_NOT_LISTENING || error == NBSS_NAME_NOT_PRESENT)
		story->heard.again = SMB_AGAIN_NAME;
	return smb_fail(t, HEARD_REFUSED, REASON_NETBIOS_NAME_REFUSED);
}

static bool
wants_extended(enum smb_login login)
{
	return login == SMB_ANONYMOUS_NTLMSSP || login == SMB_NTLMV2 ||
	       login == SMB_CHALLENGE;
}

void
smb_say_negotiate(struct talk *t)
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	enum smb_login login = story->ask->login;

	if (wants_extended(login))
		ids.flags2 |= SMB1_EXTENDED;
	if (login == SMB_NTLMV2 || login == SMB_NTLMV1)
		ids.flags2 |= SMB1_SIGNED; /* we can */
	smb1_negotiate_write(&t->out, &ids);
}

/* It hung up, or has no dialect that we know: ask it in SMB2. */
static enum after
has_no_smb1(struct talk *t)
{
	struct smb_story *story = t->story;

	story->heard.again = SMB_AGAIN_SMB2;
	return smb_fail(t, HEARD_REFUSED, REASON_SMB1_OFF);
}

enum after
smb_lost_negotiate(struct talk *t, enum heard heard)
{
	if (heard == HEARD_REFUSED && t->in.len == 0)
		(void)has_no_smb1(t); /* noted first, so it is the reason */
	return smb_lost(t, heard);
}

static void
learn(struct smb_story *story, const struct smb1_negotiated *n)
{
	struct smb_system *system = &story->heard.system;

	story->heard.negotiated = true;
	story->at.session_key = n->session_key;
	story->at.capabilities = n->capabilities;
	story->at.security = n->security;
	story->at.extended = n->extended && wants_extended(story->ask->login);
	story->at.spnego = n->spnego;
	memcpy(story->at.challenge, n->challenge, sizeof n->challenge);
	smb_system_say(&system->domain, &n->domain);
	smb_system_say(&system->name, &n->name);
	system->signing_required = n->security & SMB1_SIGNING_REQUIRED;
	if (n->filetime != 0) {
		system->has_time = true;
		system->time_ms = when_from_filetime(n->filetime);
		system->has_zone = true;
		system->zone_minutes = n->zone_minutes;
	}
}

/* Where the login that was asked for begins. */
static enum after
go_to_login(struct talk *t, const struct smb1_negotiated *n)
{
	struct smb_story *story = t->story;
	enum smb_login login = story->ask->login;

	if (story->at.extended)
		return smb_go(t, TURN_CHALLENGE);
	if (login == SMB_ANONYMOUS || (login == SMB_NTLMV1 && n->has_challenge))
		return smb_go(t, TURN_SESSION);
	if (login == SMB_ANONYMOUS_NTLMSSP)
		return smb_fail(t, HEARD_REFUSED, REASON_ANONYMOUS_REFUSED);
	return smb_fail(t, HEARD_REFUSED, REASON_NOT_SUPPORTED);
}

enum after
smb_hear_negotiate(struct talk *t, struct span message)
{
	struct smb_story *story = t->story;
	struct smb1_reply r;
	struct smb1_negotiated n;
	enum after after;

	if (t->kind == 0 && smb2_is_next(message))
		return has_no_smb1(t);
	if (!smb_answered(t, message, &r, &after))
		return after;
	if (r.status != 0) {
		struct smb_refusal refusal = smb_refusal_of(&r);
		if (refusal.reason == REASON_STATUS_OTHER)
			refusal.reason = REASON_SMB1_REJECTED;
		return smb_refused(t, &refusal);
	}
	if (smb1_negotiate_read(&r, &n) != HEARD)
		return smb_fail(t, HEARD_ODD, REASON_BAD_MESSAGE);
	if (n.dialect == SMB1_NO_DIALECT)
		return has_no_smb1(t);
	if (n.dialect != 0)
		return smb_fail(t, HEARD_ODD, REASON_SMB1_REJECTED);
	learn(story, &n);
	if (!(n.security & SMB1_USER_LEVEL))
		return smb_fail(t, HEARD_REFUSED, REASON_SHARE_LEVEL);
	return go_to_login(t, &n);
}

/*
 * The address as it is; servers that do not take an IPv6 address there are asked
 * again by their own name, and by the name that stands for any.
 */
static const char *
server_name(const struct smb_story *story)
{
	switch (story->at.server_at) {
	case SERVER_ADDRESS: return story->ask->server;
	case SERVER_NAME: return story->heard.system.name.utf8;
	default: return "*SMBSERVER";
	}
}

void
smb_say_tree(struct talk *t)
{
	struct smb_story *story = t->story;
	struct smb1_ids ids = smb_ids(story);
	size_t at = t->out.len;
	char server[SAID_ROOM];

	(void)text_copy(server, sizeof server, server_name(story));
	server[strcspn(server, "%")] = 0; /* a link's name is nothing to the server */
	smb1_tree_write(&t->out, &ids, server, story->at.any_service ? "?????" : "IPC");
	smb_said(t, at);
}

static enum after
tree_refused(struct talk *t, const struct smb1_reply *r)
{
	struct smb_story *story = t->story;
	struct smb_refusal refusal = smb_refusal_of(r);

	if (r->status == STATUS_BAD_DEVICE_TYPE && !story->at.any_service) {
		story->at.any_service = true;
		return smb_go(t, TURN_TREE);
	}
	if (refusal.reason == REASON_ACCESS_DENIED_RPC)
		refusal.reason = REASON_ACCESS_DENIED_TREE;
	bool name = refusal.reason == REASON_NO_IPC_SHARE ||
	            refusal.reason == REASON_STATUS_OTHER;
	if (name && strchr(story->ask->server, ':') &&
	    story->at.server_at < SERVER_ANY) {
		if (++story->at.server_at == SERVER_NAME &&
		    said_is_empty(&story->heard.system.name))
			story->at.server_at = SERVER_ANY;
		return smb_go(t, TURN_TREE);
	}
	return smb_refused(t, &refusal);
}

enum after
smb_hear_tree(struct talk *t, struct span message)
{
	struct smb_story *story = t->story;
	struct smb1_reply r;
	enum after after;

	if (!smb_answered(t, message, &r, &after))
		return after;
	if (r.status != 0)
		return tree_refused(t, &r);
	if (r.tid == 0) /* embedded systems that only pretend */
		return smb_fail(t, HEARD_ODD, REASON_NO_TREE);
	story->at.tid = r.tid;
	story->at.has_tid = true;
	return AFTER_NEXT;
}
