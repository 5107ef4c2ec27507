/*
 * Plays a server in a conversation: a line of words, each an answer or an event.
 *
 *     s1-tree        tests/data/smb/resp-s1-tree.hex, with the message id of the day
 *     raw:bad-mid    tests/data/smb/bad-mid.hex as it is
 *     half:s1-tree   its first half
 *     ok             success, with nothing in it
 *     C0000022       a refusal with this status
 *     dos:00020002   a refusal in the old form
 *     written        success of a WRITE, all bytes taken
 *     quiet, closed  the wait ran out, the server hung up
 */
#ifndef TESTS_SMB_PLAY_H
#define TESTS_SMB_PLAY_H

#include <stddef.h>
#include <stdint.h>

#include "wire/smb_talk.h"

struct smb_play {
	struct smb_ask ask;
	struct smb_account account;
	struct smb_story story;
	struct talk talk;
	bool drip;  /* every answer comes byte by byte */
	bool signs; /* it signs, once the talk does */

	/*
	 * What was said so far, a letter a message: B NetBIOS session, N negotiate,
	 * S session setup, T tree, C create, X transaction, W write, R read, and
	 * the goodbyes c, t, l.  A dot is a pause.
	 */
	char said[128];
	uint8_t last[512]; /* the last message said */
	size_t last_len;
};

void play_start(struct smb_play *, enum smb_login);
void play(struct smb_play *, const char *line);
void play_bytes(struct smb_play *, const uint8_t *at, size_t len);
void play_stop(struct smb_play *);

/* Starts, plays, and leaves the result to be looked at till play_stop. */
void play_all(struct smb_play *, enum smb_login, const char *line);

/* Looks at the outcome and at all that we said, and stops. */
void play_end(struct smb_play *, const char *reason, const char *stage,
              const char *said);

#endif
