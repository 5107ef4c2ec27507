#include "format/ntfs_secure.h"

#define HEAD 20
#define ALIGN 16
#define DESCRIPTOR_LEAST 20

enum heard
ntfs_secure_next(struct span block, uint64_t base, size_t *at,
                 struct ntfs_secure_entry *out)
{
	struct span s = block;

	(void)span_cut(&s, *at);
	if (s.bad || s.left < HEAD)
		return HEARD_NOTHING;
	out->hash = span_le32(&s);
	out->id = span_le32(&s);
	uint64_t offset = span_le64(&s);
	uint32_t len = span_le32(&s);
	if (len == 0 && out->id == 0)
		return HEARD_NOTHING;
	if (offset != base + *at || out->id == 0 || len < HEAD + DESCRIPTOR_LEAST ||
	    len - HEAD > s.left)
		return HEARD_ODD;
	out->offset = offset + HEAD;
	out->len = len - HEAD;
	*at += (len + (size_t)ALIGN - 1) / ALIGN * ALIGN;
	return HEARD;
}

bool
ntfs_secure_is_whole(struct span descriptor, uint32_t hash)
{
	uint32_t sum = 0;

	if (descriptor.bad || descriptor.left < DESCRIPTOR_LEAST)
		return false;
	while (descriptor.left >= 4)
		sum = (sum << 3 | sum >> 29) + span_le32(&descriptor);
	return sum == hash;
}
