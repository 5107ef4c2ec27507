/*
 * SMB2 and SMB3, as far as asking who is there needs them: NEGOTIATE and the
 * first half of SESSION_SETUP.  MS-SMB2 2.2.1 to 2.2.6.  Writers append a whole
 * message with its transport header.
 */
#ifndef WIRE_SMB2_H
#define WIRE_SMB2_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/heard.h"
#include "base/span.h"

enum smb2_command { SMB2_NEGOTIATE = 0, SMB2_SESSION_SETUP = 1 };

/* Asks for 2.0.2 to 3.0.2, or to 3.1.1 as well. */
void smb2_negotiate_write(struct buf *, const uint8_t guid[16], bool with_311);
void smb2_session_write(struct buf *, struct span token);

struct smb2_reply {
	uint16_t command;
	uint32_t status;
	uint64_t message_id;
	struct span whole; /* for offsets */
	struct span body;
};

/* HEARD_REFUSED: not SMB2 at all.  HEARD_ODD: a request. */
enum heard smb2_reply_read(struct span message, struct smb2_reply *out);

#define SMB2_SIGNING_REQUIRED 0x0002u

struct smb2_negotiated {
	uint16_t security;
	uint16_t dialect;
	uint64_t filetime;
	uint64_t boot_filetime; /* 0 where it is not told */
	bool spnego;
};

enum heard smb2_negotiate_read(const struct smb2_reply *, struct smb2_negotiated *out);
enum heard smb2_session_read(const struct smb2_reply *, struct span *blob);

#endif
