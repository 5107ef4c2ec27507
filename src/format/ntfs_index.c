#include "format/ntfs_index.h"

#define OF_FILE_NAMES 0x30u
#define ROOT_HEAD 16
#define BLOCK_HEAD 24
#define SECTOR 512
#define ENTRY_HEAD 16
#define ENTRY_LAST 2u

/* `s` begins at a node's header, to which its offsets are relative. */
static enum heard
node_entries(struct span s, struct span *entries)
{
	struct span head = s;
	uint32_t begin = span_le32(&head);
	uint32_t end = span_le32(&head);

	if (head.bad)
		return HEARD_SHORT;
	if (begin > end)
		return HEARD_ODD;
	*entries = span_at(s, begin, end - begin);
	return entries->bad ? HEARD_SHORT : HEARD;
}

enum heard
ntfs_index_root(struct span root, struct span *entries, uint32_t *block_len)
{
	struct span s = root;
	uint32_t of = span_le32(&s);

	(void)span_cut(&s, 4); /* how they are sorted */
	*block_len = span_le32(&s);
	(void)span_cut(&s, 4); /* the same in clusters */
	if (s.bad)
		return HEARD_SHORT;
	if (of != OF_FILE_NAMES || *block_len < NTFS_BLOCK_LEAST ||
	    *block_len > NTFS_BLOCK_MOST || *block_len % SECTOR != 0)
		return HEARD_ODD;
	return node_entries(s, entries);
}

enum heard
ntfs_index_block(uint8_t *block, size_t len, struct span *entries)
{
	struct span s = span_of(block, len);

	if (len < NTFS_BLOCK_LEAST || len % SECTOR != 0)
		return HEARD_SHORT;
	if (!span_is(span_cut(&s, 4), "INDX", 4))
		return HEARD_ODD;
	enum heard heard = ntfs_marks_off(block, len);
	if (heard != HEARD)
		return heard;
	return node_entries(span_at(span_of(block, len), BLOCK_HEAD, len - BLOCK_HEAD),
	                    entries);
}

enum heard
ntfs_index_next(struct span *entries, struct ntfs_index_entry *out)
{
	struct span s = *entries;
	uint64_t reference = span_le64(&s);
	uint16_t len = span_le16(&s);
	uint16_t key_len = span_le16(&s);
	uint16_t flags = span_le16(&s);

	if (entries->left == 0)
		return HEARD_NOTHING;
	if (s.bad)
		return HEARD_SHORT;
	if (flags & ENTRY_LAST) {
		(void)span_cut(entries, entries->left);
		return HEARD_NOTHING;
	}
	if (len < ENTRY_HEAD)
		return HEARD_ODD;
	struct span entry = span_cut(entries, len);
	out->record = NTFS_RECORD_OF(reference);
	out->sequence = NTFS_SEQUENCE_OF(reference);
	return ntfs_name_read(span_at(entry, ENTRY_HEAD, key_len), &out->name);
}
