#include "reach/octets.h"

#include <stddef.h>

#define WORDS 4
#define VALUES 256

static const char out_of_range[] =
    "an octet is a number from 0 to 255, a range (1-254), "
    "a list (1,7,9) or *";
static const char leading_zero[] = "a leading zero could mean octal; write the number "
				   "without it";
static const char backwards[] = "a range runs from the smaller number to the greater: "
				"1-254";
static const char too_few[] = "an IPv4 address has four octets; for a whole network "
			      "write 10.0.0.0/24 or 10.0.0.*";
static const char too_many[] = "an IPv4 address has four octets, and a range stands "
			       "within its octet: 10.0.0.1-50";

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number at *at, or `otherwise` where none stands there. */
static const char *
read_number(const char **at, unsigned otherwise, unsigned *out)
{
	const char *begin = *at;
	unsigned v = 0;

	for (; is_digit(**at); ++*at) {
		v = v * 10 + (unsigned)(**at - '0');
		if (v >= VALUES)
			return out_of_range;
	}
	if (*at - begin > 1 && *begin == '0')
		return leading_zero;
	*out = *at == begin ? otherwise : v;
	return NULL;
}

/* "7", "1-254", "-9", "200-", "-" or "*". */
static const char *
read_item(const char **at, uint64_t bit[WORDS])
{
	const char *begin = *at;
	const char *why = NULL;
	unsigned first = 0;
	unsigned last = VALUES - 1;

	if (**at == '*') {
		++*at;
	} else {
		why = read_number(at, 0, &first);
		last = first;
		if (!why && **at == '-') {
			++*at;
			why = read_number(at, VALUES - 1, &last);
		}
	}
	if (why)
		return why;
	if (*at == begin)
		return out_of_range;
	if (first > last)
		return backwards;
	for (unsigned v = first; v <= last; v++)
		bit[v / 64] |= 1ULL << v % 64;
	return NULL;
}

static const char *
read_octet(const char **at, uint64_t bit[WORDS])
{
	for (;;) {
		const char *why = read_item(at, bit);

		if (why)
			return why;
		if (**at != ',')
			return NULL;
		++*at;
	}
}

static uint16_t
values(const uint64_t bit[WORDS])
{
	int count = 0;

	for (unsigned w = 0; w < WORDS; w++)
		count += __builtin_popcountll(bit[w]);
	return (uint16_t)count;
}

const char *
octets_read(const char *text, struct octets *out)
{
	*out = (struct octets){ 0 };
	for (unsigned octet = 0; octet < 4; octet++) {
		const char *why = read_octet(&text, out->bit[octet]);

		if (why)
			return why;
		out->values[octet] = values(out->bit[octet]);
		if (octet < 3 && *text != '.')
			return *text ? out_of_range : too_few;
		text += octet < 3;
	}
	return *text ? too_many : NULL;
}

uint64_t
octets_count(const struct octets *o)
{
	return (uint64_t)o->values[0] * o->values[1] * o->values[2] * o->values[3];
}

/* The nth value of the set, from 0. */
static uint32_t
nth(const uint64_t bit[WORDS], unsigned n)
{
	unsigned w = 0;

	for (; w < WORDS - 1; w++) {
		unsigned here = (unsigned)__builtin_popcountll(bit[w]);

		if (n < here)
			break;
		n -= here;
	}
	uint64_t left = bit[w];
	while (n-- > 0)
		left &= left - 1;
	return w * 64 + (uint32_t)__builtin_ctzll(left);
}

uint32_t
octets_at(const struct octets *o, uint64_t index)
{
	uint32_t address = 0;

	for (unsigned octet = 4; octet-- > 0;) {
		unsigned count = o->values[octet];

		address |= nth(o->bit[octet], (unsigned)(index % count))
		           << (24 - 8 * octet);
		index /= count;
	}
	return address;
}

bool
octets_has_value(const struct octets *o, unsigned octet, unsigned value)
{
	return o->bit[octet][value / 64] >> value % 64 & 1;
}

bool
octets_has(const struct octets *o, uint32_t address)
{
	for (unsigned octet = 0; octet < 4; octet++) {
		if (!octets_has_value(o, octet, address >> (24 - 8 * octet) & 0xFF))
			return false;
	}
	return true;
}

/*
 * As many different addresses as lie between the least and the greatest: then
 * none is missing between them.
 */
bool
octets_is_run(const struct octets *o, uint32_t *first, uint32_t *last)
{
	uint64_t count = octets_count(o);

	*first = octets_at(o, 0);
	*last = octets_at(o, count - 1);
	return (uint64_t)*last - *first + 1 == count;
}
