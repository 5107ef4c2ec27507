/*
 * SMB2 as far as a look from outside goes: NEGOTIATE and the NTLMSSP challenge
 * ([MS-SMB2] 2.2.3 to 2.2.6).  Whoever goes on to log in is refused.
 */
#ifndef LAB_SMB2_H
#define LAB_SMB2_H

#include "base/span.h"
#include "lab/exchange.h"

/* Answers one SMB2 message.  A host without SMB2 does not stir. */
enum then smb2_answer(struct exchange *x, struct span message);

/* Answers an SMB1 negotiate that offered "SMB 2.???". */
enum then smb2_answer_smb1(struct exchange *x);

#endif
