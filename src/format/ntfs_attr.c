#include "format/ntfs_attr.h"

#define TAG_MOUNT_POINT 0xA0000003u
#define TAG_NAME_SURROGATE 0x20000000u

static void
times_read(struct span *s, struct ntfs_times *out)
{
	out->created = span_le64(s);
	out->written = span_le64(s);
	out->changed = span_le64(s);
	out->read = span_le64(s);
}

enum heard
ntfs_standard_read(struct span value, struct ntfs_standard *out)
{
	struct span s = value;

	*out = (struct ntfs_standard){ .security_id = 0 };
	times_read(&s, &out->times);
	out->attributes = span_le32(&s);
	if (s.bad)
		return HEARD_SHORT;
	(void)span_cut(&s, 12 + 4); /* versions, class; owner's number */
	out->security_id = span_le32(&s);
	return HEARD; /* before NTFS 3.0 it ends at 48 bytes, without these */
}

enum heard
ntfs_name_read(struct span value, struct ntfs_name *out)
{
	struct span s = value;

	out->folder = NTFS_RECORD_OF(span_le64(&s));
	times_read(&s, &out->times);
	(void)span_cut(&s, 8 + 8); /* sizes, which nobody keeps up to date */
	out->attributes = span_le32(&s);
	(void)span_cut(&s, 4); /* extended attributes, or the reparse tag */
	size_t units = span_u8(&s);
	out->space = span_u8(&s);
	out->utf16 = span_cut(&s, units * 2);
	if (s.bad)
		return HEARD_SHORT;
	return units == 0 || out->space > NTFS_SPACE_BOTH ? HEARD_ODD : HEARD;
}

enum heard
ntfs_reparse_tag(struct span value, uint32_t *tag)
{
	*tag = span_le32(&value);
	return value.bad ? HEARD_SHORT : HEARD;
}

bool
ntfs_tag_is_link(uint32_t tag)
{
	return tag == TAG_MOUNT_POINT || (tag & TAG_NAME_SURROGATE) != 0;
}
