/*
 * Layout, cipher and checksum as nmap's p2p-conficker describes them (facts
 * only), which agree with SRI's analysis of the worm:
 *
 *     TCP only: u16   length of what follows
 *               u64   key, in clear
 *     from here to the end enciphered with the key
 *               u16   flags, which tell what follows
 *               …     the parts that the flags announce
 *               u32   checksum
 *               …     noise, any number of bytes
 */
#include "wire/p2p.h"

#include <string.h>

#define KEY_LEN 8
#define LARGEST 0x2000u /* a whole message; nobody has seen a longer one */

#define FLAG_MODE 0x0001u
#define FLAG_TCP 0x0004u
#define FLAG_ADDRESS 0x0008u
#define FLAG_NUMBER_1 0x0010u
#define FLAG_NUMBER_2 0x0020u
#define FLAG_PAYLOAD 0x0040u
#define FLAG_SYSTEM 0x0080u
#define FLAG_ENCODED 0x8000u

void
p2p_cipher(uint64_t key, uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		key = key << 1 | key >> 63;
		uint8_t k = (uint8_t)key;
		bytes[i] ^= k;
		key += k;
	}
}

uint32_t
p2p_checksum(struct span key_and_plain)
{
	uint32_t sum = (uint32_t)key_and_plain.left;

	while (key_and_plain.left > 0 && !key_and_plain.bad) {
		sum ^= span_u8(&key_and_plain);
		sum = sum << 1 | sum >> 31;
	}
	return sum;
}

static uint32_t
key_half(uint32_t random)
{
	return random % 0x7FFFFFFFu + 1;
}

struct p2p_probe
p2p_probe_make(enum p2p_transport transport, uint64_t random_key)
{
	struct p2p_probe probe = { .transport = transport };
	uint64_t low = key_half((uint32_t)random_key);
	uint64_t high = key_half((uint32_t)(random_key >> 32));
	uint64_t key = high << 32 | low;
	uint8_t *at = probe.bytes;

	if (transport == P2P_TCP) {
		at[0] = 14;
		at += 2;
	}
	for (int i = 0; i < KEY_LEN; i++)
		at[i] = (uint8_t)(key >> (8 * i));
	unsigned flags = FLAG_ENCODED | FLAG_MODE;
	if (transport == P2P_TCP)
		flags |= FLAG_TCP;
	at[8] = (uint8_t)flags;
	at[9] = (uint8_t)(flags >> 8);
	uint32_t sum = p2p_checksum(span_of(at, 10));
	for (int i = 0; i < 4; i++)
		at[10 + i] = (uint8_t)(sum >> (8 * i));
	p2p_cipher(key, at + KEY_LEN, 6);
	probe.len = (uint8_t)(at - probe.bytes + 14);
	return probe;
}

static void
read_system(struct span *s, struct p2p_answer *out)
{
	out->has_system = true;
	(void)span_le16(s); /* test flags */
	out->os_major = span_u8(s);
	out->os_minor = span_u8(s);
	out->os_build = span_le16(s);
	out->service_pack = span_u8(s);
	(void)span_cut(s, 19); /* its minor, language, a random sample, unknown */
}

/* The deciphered part up to the checksum; false where it ends too early. */
static bool
read_parts(struct span *s, struct p2p_answer *out)
{
	out->flags = span_le16(s);
	if (out->flags & FLAG_ADDRESS)
		(void)span_cut(s, 6);
	if (out->flags & FLAG_NUMBER_1)
		(void)span_cut(s, 4);
	if (out->flags & FLAG_NUMBER_2)
		(void)span_cut(s, 4);
	if (out->flags & FLAG_PAYLOAD) {
		(void)span_u8(s);
		size_t len = span_le16(s);
		(void)span_cut(s, len);
	}
	if (out->flags & FLAG_SYSTEM)
		read_system(s, out);
	return !s->bad;
}

enum p2p_class
p2p_judge(const struct p2p_probe *probe, struct span reply, struct p2p_answer *out)
{
	uint8_t plain[LARGEST];
	struct span ours = span_of(probe->bytes, probe->len);

	*out = (struct p2p_answer){ 0 };
	if (probe->transport == P2P_TCP) {
		(void)span_cut(&reply, 2);
		(void)span_cut(&ours, 2);
	}
	if (reply.bad)
		return P2P_SHORT;
	if (span_is(span_at(reply, 0, ours.left), ours.at, ours.left))
		return P2P_ECHO;

	struct span message = span_of(plain, span_copy(reply, plain, sizeof plain));
	struct span s = message;
	uint64_t key = span_le64(&s);
	if (s.bad)
		return P2P_SHORT;
	p2p_cipher(key, plain + KEY_LEN, s.left);

	struct p2p_answer answer = { 0 };
	if (!read_parts(&s, &answer))
		return P2P_SHORT;
	struct span summed = span_at(message, 0, message.left - s.left);
	uint32_t sum = span_le32(&s);
	if (s.bad)
		return P2P_SHORT;
	if (sum != p2p_checksum(summed))
		return P2P_BAD_SUM;
	*out = answer;
	return P2P_VALID;
}

bool
p2p_tcp_is_whole(struct span reply)
{
	size_t len = span_le16(&reply);

	return !reply.bad && reply.left >= len;
}
