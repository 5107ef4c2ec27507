#include "reach/target_spec.h"

#include <string.h>

#include "base/text.h"
#include "sys/address.h"

static const char no_form[] = "no address, network, octet range or host name; write "
			      "10.0.0.7, 10.0.0.0/24, 10.0.0.1-50, 2001:db8::7 or a "
			      "name";
static const char no_prefix4[] =
    "a network is one address, / and a number from 0 to 32: "
    "10.0.0.0/24";
static const char no_prefix6[] = "a network is one address, / and a number from 0 to "
				 "128: 2001:db8::/120";
static const char no_ipv6[] =
    "no IPv6 address; write 2001:db8::7 (and a port goes to --ports)";
static const char no_scope[] =
    "no IPv6 address with an interface of this machine; write "
    "fe80::1%eth0";

static size_t
piece_len(const char *at)
{
	return strcspn(at, ",");
}

static bool
is_octets_piece(const char *at)
{
	size_t len = piece_len(at);

	return len > 0 && strspn(at, "0123456789.*-/") >= len;
}

static unsigned
dots(const char *at)
{
	unsigned count = 0;

	for (size_t i = piece_len(at); i > 0; i--)
		count += at[i - 1] == '.';
	return count;
}

bool
target_spec_next(const char **at, char *spec, size_t room)
{
	*at += strspn(*at, ",");
	const char *begin = *at;
	if (!*begin)
		return false;

	bool joins = is_octets_piece(begin);
	unsigned count = dots(begin);
	*at += piece_len(begin);
	while (joins && **at == ',' && is_octets_piece(*at + 1)) {
		unsigned more = dots(*at + 1);

		if (count >= 3 && more > 0)
			break;
		count += more;
		*at += 1 + piece_len(*at + 1);
	}
	size_t len = (size_t)(*at - begin);
	if (len >= room)
		len = room - 1;
	memcpy(spec, begin, len);
	spec[len] = 0;
	return true;
}

/* A number of at most three digits and nothing else, least of all a leading zero. */
static bool
read_prefix(const char *text, unsigned most, unsigned *out)
{
	size_t len = strspn(text, "0123456789");

	if (len == 0 || len > 3 || text[len] || (len > 1 && text[0] == '0'))
		return false;
	*out = 0;
	for (; *text; text++)
		*out = *out * 10 + (unsigned)(*text - '0');
	return *out <= most;
}

/* The `bits` (0 to 32) first bits of a word set. */
static uint32_t
mask(unsigned bits)
{
	return bits == 0 ? 0 : UINT32_MAX << (32 - bits);
}

static bool
is_link_local(const struct target_net *n)
{
	return n->high >> 54 == 0xFE80 >> 6; /* fe80::/10 */
}

/* `bits` counts from the first of the 128. */
static void
take_network(const struct address *a, unsigned bits, struct target_spec *out)
{
	struct target_spot s = target_spot_of(a);

	if (!is_link_local(&s.net))
		s.net.scope = 0;
	if (bits < 96) {
		out->kind = TARGET_WIDE;
		out->wide = (struct target_wide){ s.net, bits };
		return;
	}
	out->kind = TARGET_RANGE;
	out->range = (struct target_range){
		.net = s.net,
		.first = s.low & mask(bits - 96),
		.last = s.low | ~mask(bits - 96),
	};
}

/* The part before the slash, if it fits; *prefix is what follows, or NULL. */
static bool
split(const char *text, char address[ADDRESS_ROOM], const char **prefix)
{
	size_t len = strcspn(text, "/");

	*prefix = text[len] ? text + len + 1 : NULL;
	if (len >= ADDRESS_ROOM)
		return false;
	memcpy(address, text, len);
	address[len] = 0;
	return true;
}

static const char *
read_ipv6(const char *text, struct target_spec *out)
{
	char written[ADDRESS_ROOM];
	const char *prefix = NULL;
	struct address a;
	unsigned bits = 128;

	if (!split(text, written, &prefix) || !address_read(written, &a))
		return strchr(text, '%') ? no_scope : no_ipv6;
	if (prefix && !read_prefix(prefix, 128, &bits))
		return no_prefix6;
	take_network(&a, bits, out);
	return NULL;
}

static const char *
read_ipv4_network(const char *text, struct target_spec *out)
{
	char written[ADDRESS_ROOM];
	const char *prefix = NULL;
	struct address a;
	unsigned bits = 0;

	if (!split(text, written, &prefix) || !address_read(written, &a) ||
	    !read_prefix(prefix, 32, &bits))
		return no_prefix4;
	take_network(&a, 96 + bits, out);
	return NULL;
}

static const char *
read_octets(const char *text, struct target_spec *out)
{
	struct address zero = { .family = 4 };
	uint32_t first = 0;
	uint32_t last = 0;
	const char *why = octets_read(text, &out->octets);

	if (why)
		return why;
	out->kind = TARGET_OCTETS;
	if (!octets_is_run(&out->octets, &first, &last))
		return NULL;
	take_network(&zero, 96, out);
	out->range.first = first;
	out->range.last = last;
	return NULL;
}

/*
 * Letters, digits, hyphens, dots and (Windows allows it) underscores.  The last
 * label of a name is never a number: "10.1" and "0x7f000001" are how addresses
 * were abbreviated once, and whoever writes that today has mistyped something.
 */
static const char *
read_name(const char *text, struct target_spec *out)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
	                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
	const char *last = strrchr(text, '.');

	last = last && last[1] ? last + 1 : text;
	if (text[len] || *text == '-' || *text == '.' || text_begins(last, "0x") ||
	    strspn(last, "0123456789") == strlen(last))
		return no_form;
	out->kind = TARGET_NAME;
	return text_copy(out->name, sizeof out->name, text) ? NULL : no_form;
}

const char *
target_spec_read(const char *text, struct target_spec *out)
{
	*out = (struct target_spec){ 0 };
	if (!*text)
		return no_form;
	if (strchr(text, ':'))
		return read_ipv6(text, out);
	if (strchr(text, '/'))
		return read_ipv4_network(text, out);
	if (strspn(text, "0123456789.,*-") == strlen(text))
		return read_octets(text, out);
	return read_name(text, out);
}

/* First octets that no host of a network has: RFC 1122, 3.2.1.3; RFC 5771. */
static const struct forbidden {
	unsigned first, last;
	const char *why;
} forbidden[] = {
	{ 0, 0, "0.0.0.0 to 0.255.255.255 are no hosts' addresses; leave them out" },
	{ 224, 239,
	  "224.0.0.0 to 239.255.255.255 are multicast, no single hosts; leave "
	  "them out" },
	{ 240, 255,
	  "240.0.0.0 to 255.255.255.255 are reserved and broadcast, no hosts' "
	  "addresses; leave them out" },
};
#define FORBIDDEN_COUNT (sizeof forbidden / sizeof forbidden[0])

static bool
has_first_octet(const struct target_spec *s, unsigned octet)
{
	if (s->kind == TARGET_OCTETS)
		return octets_has_value(&s->octets, 0, octet);
	return s->range.first >> 24 <= octet && octet <= s->range.last >> 24;
}

static const char *
ipv4_forbidden(const struct target_spec *s)
{
	for (size_t i = 0; i < FORBIDDEN_COUNT; i++) {
		for (unsigned o = forbidden[i].first; o <= forbidden[i].last; o++) {
			if (has_first_octet(s, o))
				return forbidden[i].why;
		}
	}
	return NULL;
}

const char *
target_spec_forbidden(const struct target_spec *s)
{
	const struct target_net *n = &s->range.net;

	if (s->kind == TARGET_WIDE)
		return "an IPv6 prefix shorter than /96 holds too many addresses to "
		       "ask each; list the hosts (-iL), or write /96 or longer";
	if (s->kind == TARGET_OCTETS || target_net_is_ipv4(n))
		return ipv4_forbidden(s);
	if (n->high >> 56 == 0xFF)
		return "ff00::/8 is multicast, no single hosts; leave it out";
	if (n->high == 0 && n->middle == 0 && s->range.first == 0)
		return ":: is no host's address; leave it out";
	if (is_link_local(n) && n->scope == 0)
		return "a link-local address needs its interface: fe80::1%eth0";
	return NULL;
}
