/* What NTFS keeps of its files, off somebody's disk; the first byte says what. */
#include <stdlib.h>
#include <string.h>

#include "format/ntfs_attr.h"
#include "format/ntfs_index.h"
#include "format/ntfs_secure.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
read_attributes(struct span value)
{
	struct ntfs_standard standard;
	struct ntfs_name name;
	uint32_t tag = 0;

	if (ntfs_standard_read(value, &standard) == HEARD && value.left < 36)
		abort();
	if (ntfs_name_read(value, &name) == HEARD && name.utf16.left + 66 > value.left)
		abort();
	(void)ntfs_reparse_tag(value, &tag);
}

static void
read_entries(struct span entries)
{
	struct ntfs_index_entry e;
	size_t left = entries.left;

	while (ntfs_index_next(&entries, &e) == HEARD) {
		if (entries.left >= left)
			abort(); /* it does not move on */
		left = entries.left;
	}
}

static void
read_block(const uint8_t *bytes, size_t len)
{
	uint8_t *block = malloc(len + 1);
	struct span entries;

	if (!block)
		return;
	memcpy(block, bytes, len);
	if (ntfs_index_block(block, len, &entries) == HEARD)
		read_entries(entries);
	free(block);
}

static void
read_secure(struct span stream)
{
	struct ntfs_secure_entry e;
	size_t before = 0;
	size_t at = 0;

	while (ntfs_secure_next(stream, 0, &at, &e) == HEARD) {
		if (at <= before || e.offset + e.len > stream.left)
			abort();
		before = at;
		(void)ntfs_secure_is_whole(span_at(stream, (size_t)e.offset, e.len),
		                           e.hash);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span s = span_of(bytes, len);
	struct span entries = { .left = 0 };
	uint32_t block_len = 0;
	uint8_t what = span_u8(&s);

	switch (what % 4) {
	case 0: read_attributes(s); break;
	case 1:
		if (ntfs_index_root(s, &entries, &block_len) == HEARD)
			read_entries(entries);
		break;
	case 2: read_block(s.at, s.left); break;
	default: read_secure(s); break;
	}
	return 0;
}
