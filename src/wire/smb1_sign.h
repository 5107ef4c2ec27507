/*
 * Signatures of SMB1 messages: MS-SMB 3.1.4.1, 3.1.5.1.
 */
#ifndef WIRE_SMB1_SIGN_H
#define WIRE_SMB1_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* Signs the message whose transport header stands at `at`, up to the end of b. */
void smb1_sign(struct buf *b, size_t at, struct span key, uint64_t sequence);

/* Takes the same time whether right or wrong. */
bool smb1_signature_is_right(struct span message, struct span key, uint64_t sequence);

#endif
