#include "lab/peer.h"

#include "lab/dice.h"

#define KEY_LEN 8
#define QUESTION_LEN 14 /* without the length prefix */

#define FLAG_MODE 0x0001u
#define FLAG_TCP 0x0004u
#define FLAG_SYSTEM 0x0080u
#define FLAG_ENCODED 0x8000u

/* A question as scanners ask it: right checksum, nothing else in it. */
static bool
read_question(struct span question, uint64_t *key)
{
	uint8_t bytes[QUESTION_LEN];
	struct span keyed = question;

	if (question.left < QUESTION_LEN)
		return false;
	*key = span_le64(&keyed);
	(void)span_copy(question, bytes, sizeof bytes);
	p2p_cipher(*key, bytes + KEY_LEN, sizeof bytes - KEY_LEN);
	struct span s = span_of(bytes, sizeof bytes);
	struct span summed = span_cut(&s, KEY_LEN + 2);
	return span_le32(&s) == p2p_checksum(summed);
}

static void
put_system(const struct flavour *flavour, struct buf *out)
{
	buf_le16(out, 0);
	buf_u8(out, flavour->major);
	buf_u8(out, flavour->minor);
	buf_le16(out, flavour->build);
	buf_u8(out, 2); /* service pack */
	buf_u8(out, 0);
	buf_le16(out, 0x0409); /* the language */
	buf_zero(out, 16);
}

static void
put_answer(const struct host *host, enum p2p_transport transport, uint64_t asked,
           struct buf *out)
{
	uint64_t key = dice_mix(asked ^ host->dice) | 1;
	bool system = host->dice & 2;
	unsigned flags = FLAG_ENCODED | FLAG_MODE;

	flags |= transport == P2P_TCP ? FLAG_TCP : 0;
	flags |= system ? FLAG_SYSTEM : 0;
	size_t start = out->len;
	if (transport == P2P_TCP)
		buf_le16(out, 0);
	size_t key_at = out->len;
	buf_le64(out, key);
	buf_le16(out, (uint16_t)flags);
	if (system)
		put_system(host->flavour, out);
	uint32_t sum = p2p_checksum(span_at(buf_span(out), key_at, out->len - key_at));
	buf_le32(out, host->peer == PEER_BAD_SUM ? ~sum : sum);
	if (out->bad)
		return;
	size_t plain_at = key_at + KEY_LEN;
	p2p_cipher(key, out->at + plain_at, out->len - plain_at);
	if (transport == P2P_TCP)
		buf_patch_le16(out, start, (uint16_t)(out->len - key_at));
}

void
peer_answer(const struct host *host, enum p2p_transport transport, struct span question,
            struct buf *out)
{
	struct span s = question;
	uint64_t key = 0;

	if (host->peer == PEER_SILENT)
		return;
	if (host->peer == PEER_ECHO) {
		buf_put(out, question.at, question.left);
		return;
	}
	if (transport == P2P_TCP)
		(void)span_le16(&s);
	if (read_question(s, &key))
		put_answer(host, transport, key, out);
}
