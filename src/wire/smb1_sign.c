#include "wire/smb1_sign.h"

#include <nettle/md5.h>
#include <nettle/memops.h>
#include <string.h>

#include "wire/smb1.h"

#define SIGNATURE_AT 14
#define SIGNATURE_LEN 8

/* Over the message with the sequence number in the signature's place. */
static void
mac(struct span message, struct span key, uint64_t sequence, uint8_t out[SIGNATURE_LEN])
{
	uint8_t number[SIGNATURE_LEN];
	struct md5_ctx md;

	for (int i = 0; i < SIGNATURE_LEN; i++)
		number[i] = (uint8_t)(sequence >> (8 * i));
	struct span before = span_cut(&message, SIGNATURE_AT);
	(void)span_cut(&message, SIGNATURE_LEN);
	md5_init(&md);
	md5_update(&md, key.left, key.at);
	md5_update(&md, before.left, before.at);
	md5_update(&md, sizeof number, number);
	md5_update(&md, message.left, message.at);
	md5_digest(&md, SIGNATURE_LEN, out);
}

void
smb1_sign(struct buf *b, size_t at, struct span key, uint64_t sequence)
{
	uint8_t signature[SIGNATURE_LEN];
	struct span message = buf_span(b);

	(void)span_cut(&message, at + SMB1_HEAD);
	if (message.bad || message.left < SIGNATURE_AT + SIGNATURE_LEN)
		return;
	mac(message, key, sequence, signature);
	memcpy(b->at + at + SMB1_HEAD + SIGNATURE_AT, signature, sizeof signature);
}

bool
smb1_signature_is_right(struct span message, struct span key, uint64_t sequence)
{
	uint8_t signature[SIGNATURE_LEN];
	struct span theirs = span_at(message, SIGNATURE_AT, SIGNATURE_LEN);

	if (theirs.bad)
		return false;
	mac(message, key, sequence, signature);
	return memeql_sec(theirs.at, signature, sizeof signature);
}
