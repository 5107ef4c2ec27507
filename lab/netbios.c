#include "lab/netbios.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define ENCODED_LEN 34 /* a length, 32 letters, an empty scope */
#define NAME_LEN 15
#define SUFFIX_SERVER 0x20

#define ANSWER_ACCEPTED 0x82000000u
#define ANSWER_REFUSED 0x83000001u
#define ANSWER_RETARGET 0x84000006u
#define REFUSED_NOT_PRESENT 0x82

#define TYPE_NBSTAT 0x0021
#define CLASS_IN 0x0001
#define NAME_ACTIVE 0x0400u
#define NAME_GROUP 0x8000u
#define STATISTICS_LEN 46

/* Each byte of a name is two letters, A for 0 to P for 15. */
static bool
read_name(struct span encoded, char name[NETBIOS_ROOM])
{
	uint8_t bytes[NAME_LEN + 1];
	size_t len = NAME_LEN;

	if (span_u8(&encoded) != 2 * sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++) {
		int high = span_u8(&encoded) - 'A';
		int low = span_u8(&encoded) - 'A';

		if (high < 0 || high > 15 || low < 0 || low > 15)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	while (len > 0 && bytes[len - 1] == ' ')
		len--;
	memcpy(name, bytes, len);
	name[len] = 0;
	return !encoded.bad;
}

/* Is this a name under which the host takes calls? */
static bool
is_called(const struct host *host, const char *name)
{
	if (host_has(host, QUIRK_SAMBA))
		return true; /* it takes any */
	if (strcmp(name, host->name) == 0)
		return true;
	return strcmp(name, "*SMBSERVER") == 0 && !host_has(host, QUIRK_NAME_REFUSED);
}

enum then
netbios_session(struct exchange *x, struct span request)
{
	static const uint8_t elsewhere[] = { 127, 0, 0, 1, 0, 139 };
	char name[NETBIOS_ROOM];

	if (!read_name(span_at(request, 0, ENCODED_LEN), name))
		return THEN_CLOSE;
	if (host_has(x->host, QUIRK_RETARGET)) {
		buf_be32(x->out, ANSWER_RETARGET);
		buf_put(x->out, elsewhere, sizeof elsewhere);
		return THEN_CLOSE;
	}
	if (!is_called(x->host, name)) {
		buf_be32(x->out, ANSWER_REFUSED);
		buf_u8(x->out, REFUSED_NOT_PRESENT);
		return THEN_CLOSE;
	}
	buf_be32(x->out, ANSWER_ACCEPTED);
	x->session->named = true;
	return THEN_GO_ON;
}

static void
put_name(struct buf *out, const char *name, uint8_t suffix, unsigned flags)
{
	char padded[NAME_LEN + 1];

	snprintf(padded, sizeof padded, "%-15s", name);
	buf_put(out, padded, NAME_LEN);
	buf_u8(out, suffix);
	buf_be16(out, (uint16_t)(NAME_ACTIVE | flags));
}

static void
put_status(const struct host *host, struct buf *out)
{
	uint64_t mac = host->dice;

	buf_u8(out, 4);
	put_name(out, host->name, 0x00, 0);
	put_name(out, host->group, 0x00, NAME_GROUP);
	put_name(out, host->name, SUFFIX_SERVER, 0);
	put_name(out, host->group, 0x1E, NAME_GROUP);
	if (host_has(host, QUIRK_SAMBA))
		mac = 0;
	buf_be16(out, mac ? 0x000C : 0); /* a maker of network cards */
	buf_be32(out, mac ? 0x29000000 | (uint32_t)(mac & 0xFFFFFF) : 0);
	buf_zero(out, STATISTICS_LEN - 6);
}

void
netbios_status(const struct host *host, struct span question, struct buf *out)
{
	struct span s = question;

	uint16_t id = span_be16(&s);
	uint16_t flags = span_be16(&s);
	uint16_t count = span_be16(&s);
	(void)span_cut(&s, 6);
	struct span name = span_cut(&s, ENCODED_LEN);
	uint16_t type = span_be16(&s);
	uint16_t class = span_be16(&s);
	if (s.bad || (flags & 0xF800) != 0 || count != 1 || type != TYPE_NBSTAT ||
	    class != CLASS_IN)
		return;
	buf_be16(out, id);
	buf_be16(out, 0x8400); /* an answer, from the name's own host */
	buf_be16(out, 0);
	buf_be16(out, 1);
	buf_be32(out, 0);
	buf_put(out, name.at, name.left);
	buf_be16(out, TYPE_NBSTAT);
	buf_be16(out, CLASS_IN);
	buf_be32(out, 0); /* do not keep it */
	buf_be16(out, 1 + 4 * 18 + STATISTICS_LEN);
	put_status(host, out);
}
