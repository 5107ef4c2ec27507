/*
 * The inside of the SMB1 conversation, for the files that share it: smb_talk.c
 * (the table, and how it fails and leaves), smb_open.c, smb_login.c, smb_pipe.c.
 */
#ifndef WIRE_SMB_TURNS_H
#define WIRE_SMB_TURNS_H

#include "wire/ntlm.h"
#include "wire/smb1.h"
#include "wire/smb_talk.h"

enum smb_turn {
	TURN_NETBIOS,
	TURN_NEGOTIATE,
	TURN_SESSION,
	TURN_CHALLENGE,
	TURN_LOGIN,
	TURN_TREE,
	TURN_CREATE,
	TURN_BIND,
	TURN_CONTROL, /* these three in the order of call_at */
	TURN_PATH,
	TURN_WRITE,
	TURN_READ,
	TURN_CLOSE,
	TURN_TREE_DISCONNECT,
	TURN_LOGOFF,
};

/* Is it to log in with an account, not as nobody? */
bool smb_has_account(const struct smb_story *);

/* The ids of the next message, with a MID of its own. */
struct smb1_ids smb_ids(struct smb_story *);

/* To be called when the message at `at` of t->out is complete. */
void smb_said(struct talk *, size_t at);

/*
 * Reads the answer to what this turn said.  False where it cannot be used: then
 * *after is where that leads.  The status is still to be looked at.
 */
bool smb_answered(struct talk *, struct span message, struct smb1_reply *,
                  enum after *after);

enum after smb_go(struct talk *, enum smb_turn);

/* Notes why there is no answer (the first time counts), and leaves politely. */
void smb_note(struct talk *, enum heard, enum reason);
enum after smb_leave(struct talk *);
enum after smb_fail(struct talk *, enum heard, enum reason);

/* The same with the reason that the status of an answer gives. */
struct smb_refusal {
	uint32_t status;
	enum reason reason;
	enum smb_again again;
};
struct smb_refusal smb_refusal_of(const struct smb1_reply *);
enum after smb_refused(struct talk *, const struct smb_refusal *);

/* What the lost turns share. */
enum reason smb_lost_reason(enum heard);
enum after smb_lost(struct talk *, enum heard);

/* Keeps what is not known yet. */
void smb_system_say(struct said *to, const struct said *from);
void smb_system_challenge(struct smb_system *, const struct ntlm_challenge *);

void smb_say_netbios(struct talk *);
enum after smb_hear_netbios(struct talk *, struct span);
void smb_say_negotiate(struct talk *);
enum after smb_hear_negotiate(struct talk *, struct span);
enum after smb_lost_negotiate(struct talk *, enum heard);
void smb_say_tree(struct talk *);
enum after smb_hear_tree(struct talk *, struct span);

void smb_say_session(struct talk *);
enum after smb_hear_session(struct talk *, struct span);
void smb_say_challenge(struct talk *);
enum after smb_hear_challenge(struct talk *, struct span);
void smb_say_login(struct talk *);

void smb_say_create(struct talk *);
enum after smb_hear_create(struct talk *, struct span);
void smb_say_call(struct talk *);
enum after smb_hear_call(struct talk *, struct span);
void smb_say_write(struct talk *);
enum after smb_hear_write(struct talk *, struct span);
void smb_say_read(struct talk *);
enum after smb_hear_read(struct talk *, struct span);

#endif
