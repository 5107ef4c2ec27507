#ifndef WIRE_SMB2_TALK_H
#define WIRE_SMB2_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/reason.h"
#include "wire/smb_talk.h"
#include "wire/talk.h"

/* SMB2: NEGOTIATE and the NTLMSSP challenge, nothing more; no login is tried. */
struct smb2_story {
	const struct smb_ask *ask;
	bool only_311;  /* the list without 3.1.1 was refused: ask with it */
	bool again_311; /* out: refused, come again with only_311 */
	bool heard;
	enum reason reason;
	struct smb_system system;
	uint64_t boot_filetime; /* 0: not told */
	bool spnego;
};

void smb2_talk_init(struct talk *t, struct smb2_story *story,
                    const struct smb_ask *ask);

#endif
