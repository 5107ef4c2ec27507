/*
 * The worm's outer shape: packed by UPX, and by a private layer below it.  What is
 * left to see in the headers is an empty first section, large in memory, into which
 * the second unpacks, and a second that looks like noise.  Names of sections can be
 * changed, so either they or the layout will do, but the noise has to be there.
 *
 * Many honest files are packed with UPX.  Those are libraries, and UPX leaves them
 * their table of exports; the worm has no use for one.
 */
#include "base/text.h"
#include "look/worm_file_parts.h"

#define EMPTY_LEAST 0x4000u /* bytes; A, the smallest, unpacks to more than 60,000 */
#define EXPORTS_MOST 1
#define BODY_LEAST 4096u
#define BODY_MOST (256u << 10)

/*
 * Noise: were two bytes of it picked by chance, how often would they be the same?
 * Random bytes: 1 in 256.  Measured: what UPX 3.91 and 3.95 make of themselves, 1.0
 * times that; code of 50 DLLs packed by LZO, at most 2.6 times; code of 140 programs
 * and DLLs that are not packed, 6.2 times and more.
 */
#define SAME_MOST 4

static bool
is_laid_out(const struct pe *pe)
{
	if (pe->section_count < 2)
		return false;
	const struct pe_section *first = &pe->sections[0];
	bool is_empty = first->raw_size == 0 && first->virtual_size >= EMPTY_LEAST;
	bool is_named = text_begins(first->name, "UPX") &&
	                text_begins(pe->sections[1].name, "UPX");

	return is_named || (is_empty && pe->entry_section == 1);
}

struct tally {
	uint64_t counts[256];
	uint64_t len;
};

static bool
is_noise(const struct tally *t)
{
	uint64_t same = 0; /* pairs of the same byte, out of len * len */

	for (size_t i = 0; i < 256; i++)
		same += t->counts[i] * t->counts[i];
	return t->len >= BODY_LEAST && same * 256 < t->len * t->len * SAME_MOST;
}

#define CHUNK 16384

/* Counts the bytes of the file from `at` on, at most BODY_MOST. */
static enum pe_error
count(const struct pe_source *source, uint64_t at, uint64_t len, struct tally *t)
{
	uint8_t chunk[CHUNK];

	while (t->len < len && t->len < BODY_MOST) {
		uint64_t left = len - t->len;
		size_t got = 0;

		if (source->read(source->with, at + t->len, chunk,
		                 left < CHUNK ? (size_t)left : CHUNK, &got) != HEARD)
			return PE_UNREAD;
		if (got == 0)
			break;
		for (size_t i = 0; i < got; i++)
			t->counts[chunk[i]]++;
		t->len += got;
	}
	return PE_OK;
}

enum pe_error
worm_file_is_packed(const struct pe_source *source, const struct pe *pe, bool *out)
{
	struct tally t = { .len = 0 };
	uint32_t exports = 0;

	*out = false;
	if (!is_laid_out(pe))
		return PE_OK;
	enum pe_error error = pe_export_names(source, pe, &exports);
	if (error != PE_OK || exports > EXPORTS_MOST)
		return error;
	error = count(source, pe->sections[1].raw_at, pe->sections[1].raw_size, &t);
	*out = error == PE_OK && is_noise(&t);
	return error;
}
