#include "lab/ntlm.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"

#define CHALLENGE_MOST 512 /* with names of 15 letters it is under 400 */
#define NAME_ROOM 64

#define FLAGS_ALWAYS 0x60888215u
#define FLAG_TARGET_DOMAIN 0x00010000u
#define FLAG_TARGET_SERVER 0x00020000u
#define FLAG_VERSION 0x02000000u

static const uint8_t signature[8] = "NTLMSSP";

static const uint8_t mechanism[12] = {
	/* the OID of NTLMSSP, as DER */
	0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A,
};

/* A field that says where in the message its value lies. */
static struct span
read_field(struct span message, size_t at)
{
	struct span s = span_at(message, at, 8);
	uint16_t len = span_le16(&s);
	(void)span_le16(&s); /* room */
	uint32_t offset = span_le32(&s);
	return s.bad ? s : span_at(message, offset, len);
}

struct ntlm_said
ntlm_read(struct span blob)
{
	struct ntlm_said said = { .type = NTLM_NONE };
	size_t at = span_find(blob, signature, sizeof signature);

	if (at == SIZE_MAX)
		return said;
	said.spnego = at > 0;
	(void)span_cut(&blob, at);
	struct span type_field = span_at(blob, 8, 4);
	uint32_t type = span_le32(&type_field);
	if (type == NTLM_NEGOTIATE)
		said.type = NTLM_NEGOTIATE;
	if (type != NTLM_AUTHENTICATE)
		return said;
	struct span user = read_field(blob, 36);
	if (user.bad)
		return said;
	said.type = NTLM_AUTHENTICATE;
	struct said text = said_from_utf16(user);
	(void)text_copy(said.user, sizeof said.user, text.utf8);
	return said;
}

void
ntlm_put_hint(struct buf *out)
{
	static const char text[] = "not_defined_in_RFC4178@please_ignore";
	static const uint8_t head[] = { 0x60, 0x48, 0x06, 0x06, 0x2B, 0x06,
		                        0x01, 0x05, 0x05, 0x02, 0xA0, 0x3E,
		                        0x30, 0x3C, 0xA0, 0x0E, 0x30, 0x0C };
	static const uint8_t hint[] = {
		0xA3, 0x2A, 0x30, 0x28, 0xA0, 0x26, 0x1B, 0x24
	};

	buf_put(out, head, sizeof head);
	buf_put(out, mechanism, sizeof mechanism);
	buf_put(out, hint, sizeof hint);
	buf_text(out, text);
}

static void
put_pair(struct buf *out, uint16_t id, const char *text)
{
	size_t at = out->len;

	buf_le16(out, id);
	buf_le16(out, 0);
	buf_utf16(out, text);
	buf_patch_le16(out, at + 2, (uint16_t)(out->len - at - 4));
}

static void
lower_case(char *text)
{
	for (; *text; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
	}
}

/* The names under which the host and its domain are known. */
static void
put_target_info(const struct exchange *x, struct buf *out)
{
	const struct host *host = x->host;
	char domain[NAME_ROOM];
	char name[2 * NAME_ROOM];

	/* a host of no domain gives its own name for it, as Windows does */
	if (host->in_domain) {
		snprintf(domain, sizeof domain, "%s.example", host->group);
		snprintf(name, sizeof name, "%s.%s", host->name, domain);
	} else {
		(void)text_copy(domain, sizeof domain, host->name);
		(void)text_copy(name, sizeof name, host->name);
	}
	lower_case(domain);
	lower_case(name);
	put_pair(out, 2, host->in_domain ? host->group : host->name);
	put_pair(out, 1, host->name);
	put_pair(out, 4, domain);
	put_pair(out, 3, name);
	if (host->in_domain)
		put_pair(out, 5, domain);
	if (host->flavour->major >= 6) {
		buf_le16(out, 7);
		buf_le16(out, 8);
		buf_le64(out, when_to_filetime(x->now_ms));
	}
	buf_le32(out, 0);
}

static void
put_lengths(struct buf *out, size_t len)
{
	buf_le16(out, (uint16_t)len);
	buf_le16(out, (uint16_t)len);
}

static void
put_message(const struct exchange *x, struct buf *out)
{
	const struct host *host = x->host;
	const struct flavour *flavour = host->flavour;
	const char *target = host->in_domain ? host->group : host->name;
	uint32_t flags = FLAGS_ALWAYS;
	uint32_t fixed = flavour->tells_version ? 56 : 48;
	uint32_t target_len = 2 * (uint32_t)strlen(target);

	flags |= host->in_domain ? FLAG_TARGET_DOMAIN : FLAG_TARGET_SERVER;
	flags |= flavour->tells_version ? FLAG_VERSION : 0;
	buf_put(out, signature, sizeof signature);
	buf_le32(out, 2);
	put_lengths(out, target_len);
	buf_le32(out, fixed);
	buf_le32(out, flags);
	buf_le64(out, host->dice); /* the challenge */
	buf_le64(out, 0);
	size_t info_len_at = out->len;
	put_lengths(out, 0);
	buf_le32(out, fixed + target_len);
	if (flavour->tells_version) {
		buf_u8(out, flavour->major);
		buf_u8(out, flavour->minor);
		buf_le16(out, flavour->build);
		buf_le32(out, 0x0F000000);
	}
	buf_utf16(out, target);
	size_t info_at = out->len;
	put_target_info(x, out);
	buf_patch_le16(out, info_len_at, (uint16_t)(out->len - info_at));
	buf_patch_le16(out, info_len_at + 2, (uint16_t)(out->len - info_at));
}

/* Bytes that a DER tag and a length take. */
static size_t
der_head(size_t len)
{
	return len < 0x80 ? 2 : len < 0x100 ? 3 : 4;
}

static void
der_put(struct buf *out, uint8_t tag, size_t len)
{
	buf_u8(out, tag);
	if (len >= 0x100)
		buf_u8(out, 0x82);
	else if (len >= 0x80)
		buf_u8(out, 0x81);
	if (len >= 0x100)
		buf_be16(out, (uint16_t)len);
	else
		buf_u8(out, (uint8_t)len);
}

/* NegTokenResp: accept-incomplete, our mechanism, the message. */
static void
put_wrapped(struct buf *out, struct span message)
{
	static const uint8_t incomplete[] = { 0xA0, 0x03, 0x0A, 0x01, 0x01 };
	size_t octets = der_head(message.left) + message.left;
	size_t token = der_head(octets) + octets;
	size_t list = sizeof incomplete + 2 + sizeof mechanism + token;

	der_put(out, 0xA1, der_head(list) + list);
	der_put(out, 0x30, list);
	buf_put(out, incomplete, sizeof incomplete);
	der_put(out, 0xA1, sizeof mechanism);
	buf_put(out, mechanism, sizeof mechanism);
	der_put(out, 0xA2, octets);
	der_put(out, 0x04, message.left);
	buf_put(out, message.at, message.left);
}

void
ntlm_put_challenge(const struct exchange *x, struct buf *out)
{
	uint8_t room[CHALLENGE_MOST];
	struct buf message = { .at = room,
		               .room = sizeof room,
		               .ceiling = sizeof room };

	put_message(x, &message);
	if (x->session->spnego)
		put_wrapped(out, buf_span(&message));
	else
		buf_put(out, message.at, message.len);
}

void
ntlm_put_accepted(const struct exchange *x, struct buf *out)
{
	static const uint8_t complete[] = { 0xA1, 0x07, 0x30, 0x05, 0xA0,
		                            0x03, 0x0A, 0x01, 0x00 };

	if (x->session->spnego)
		buf_put(out, complete, sizeof complete);
}
