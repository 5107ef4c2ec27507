#include "lab/range.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "sys/address.h"

/* Drawing for every address of a larger block would take minutes. */
#define HOST_BITS_MOST 24

#define NS_ROOM 64 /* "net:[4026531833]" */

static unsigned
whole_bits(const struct address *a)
{
	return a->family == 4 ? 32 : 128;
}

/* "16" as a number up to `most`, or -1. */
static int
prefix_read(const char *text, unsigned most)
{
	unsigned bits = 0;
	size_t len = strlen(text);

	if (len < 1 || len > 3)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		bits = bits * 10 + (unsigned)(*text - '0');
	}
	return bits <= most ? (int)bits : -1;
}

static void
mask(struct address *a, unsigned prefix)
{
	for (unsigned bit = prefix; bit < whole_bits(a); bit++)
		a->bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
}

/*
 * Is our network another one than that of the first process?  The links under
 * ns/ tell, but only who may trace that process can read them; the files under
 * net/ are open to all, and belong to one namespace each.  Not being able to
 * tell counts as no.
 */
static bool
in_own_namespace(void)
{
	char ours[NS_ROOM] = "";
	char first[NS_ROOM] = "";
	struct stat our_file;
	struct stat first_file;

	if (readlink("/proc/self/ns/net", ours, sizeof ours - 1) > 0 &&
	    readlink("/proc/1/ns/net", first, sizeof first - 1) > 0)
		return strcmp(ours, first) != 0;
	if (stat("/proc/self/net/dev", &our_file) != 0 ||
	    stat("/proc/1/net/dev", &first_file) != 0)
		return false;
	return our_file.st_dev == first_file.st_dev &&
	       our_file.st_ino != first_file.st_ino;
}

static bool
is_loopback(const struct range *range)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (range->first.family == 4)
		return range->first.bytes[0] == 127;
	return range->count == 1 && memcmp(range->first.bytes, one, 16) == 0;
}

static enum err
refuse(const char *text, const char *why)
{
	fprintf(stderr, "confine lab: --range %s: %s\n", text, why);
	return ERR_REFUSED;
}

enum err
range_read(const char *text, struct range *out)
{
	char copy[ADDRESS_ROOM];

	*out = (struct range){ .text = text };
	if (!text_copy(copy, sizeof copy, text))
		return refuse(text, "not an address; write it as 127.7.0.0/16");
	char *slash = strchr(copy, '/');
	if (slash)
		*slash = 0;
	if (!address_read(copy, &out->first))
		return refuse(text, "not an address; write it as 127.7.0.0/16");
	unsigned bits = whole_bits(&out->first);
	int prefix = slash ? prefix_read(slash + 1, bits) : (int)bits;
	if (prefix < 0)
		return refuse(text, "no such prefix length; write it as 127.7.0.0/16");
	if (bits - (unsigned)prefix > HOST_BITS_MOST)
		return refuse(text, "too large; a block of 2^24 addresses is the most");
	mask(&out->first, (unsigned)prefix);
	out->count = 1ull << (bits - (unsigned)prefix);
	if (!is_loopback(out) && !in_own_namespace())
		return refuse(text, "the lab stands on 127.0.0.0/8, ::1, or inside a "
		                    "network namespace of its own, nowhere else");
	return OK;
}

struct address
range_at(const struct range *range, uint64_t i)
{
	struct address a = range->first;
	size_t last = whole_bits(&a) / 8 - 1;

	/* The block is aligned, so no carry leaves its host bits. */
	for (size_t byte = 0; byte < 4; byte++)
		a.bytes[last - byte] |= (uint8_t)(i >> 8 * byte);
	return a;
}
