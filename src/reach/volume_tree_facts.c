#include "reach/volume_tree_facts.h"

#include <errno.h>
#include <linux/msdos_fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

#define NTFS_ATTRIBUTES "system.ntfs_attrib_be"
#define NTFS_ATTRIBUTES_NATIVE "system.ntfs_attrib"
#define NTFS_SHORT_NAME "system.ntfs_dos_name"
#define NTFS_TIMES "system.ntfs_times_be"
#define SAMBA_ATTRIBUTES "user.DOSATTRIB"

/*
 * Through /proc, since what was opened with O_PATH has no extended attributes of its
 * own; nothing is opened by this, and a link is read as the link.
 */
long
facts_xattr(int fd, const char *name, void *to, size_t room)
{
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return getxattr(path, name, to, room);
}

bool
facts_short_name(int folder, const char *name, char to[SHORT_NAME_ROOM])
{
	char path[PATH_ROOM + 32];
	int len = snprintf(path, sizeof path, "/proc/self/fd/%d/%s", folder, name);

	if (len < 0 || (size_t)len >= sizeof path) {
		errno = ENODATA;
		return false;
	}
	ssize_t got = lgetxattr(path, NTFS_SHORT_NAME, to, SHORT_NAME_ROOM - 1);
	to[got > 0 ? got : 0] = '\0';
	return got > 0;
}

static bool
u32_of_be(int fd, uint32_t *out)
{
	uint8_t bytes[4];

	if (facts_xattr(fd, NTFS_ATTRIBUTES, bytes, sizeof bytes) != sizeof bytes)
		return false;
	struct span s = span_of(bytes, sizeof bytes);
	*out = span_be32(&s);
	return true;
}

static bool
u32_of_native(int fd, uint32_t *out)
{
	return facts_xattr(fd, NTFS_ATTRIBUTES_NATIVE, out, sizeof *out) == sizeof *out;
}

static bool
u32_of_fat(int fd, uint32_t *out)
{
	return ioctl(fd, FAT_IOCTL_GET_ATTRIBUTES, out) == 0;
}

/* "0x" and up to eight digits, then the end or a zero. */
static bool
of_text(struct span s, uint32_t *out)
{
	uint32_t value = 0;
	size_t digits = 0;

	(void)span_cut(&s, 2);
	while (s.left > 0 && digits <= 8) {
		uint8_t c = span_u8(&s);
		const char *all = "0123456789abcdefABCDEF";
		const char *digit = c ? strchr(all, c) : NULL;

		if (c == 0)
			break;
		if (!digit)
			return false;
		size_t at = (size_t)(digit - all);
		value = value << 4 | (uint32_t)(at < 16 ? at : at - 6);
		digits++;
	}
	*out = value;
	return digits > 0 && digits <= 8;
}

/*
 * xattr_DOSATTRIB of Samba's IDL, NDR: an empty string, padding, the version twice
 * (3 to 5), padding, which fields are valid (bit 0: attributes), the attributes.
 */
static bool
of_structure(struct span s, uint32_t *out)
{
	uint16_t text = span_le16(&s);
	uint16_t version = span_le16(&s);
	uint16_t again = span_le16(&s);

	(void)span_cut(&s, 2);
	uint32_t valid = span_le32(&s);
	*out = span_le32(&s);
	return !s.bad && (text & 0xFF) == 0 && version >= 3 && version <= 5 &&
	       again == version && (valid & 1);
}

bool
facts_samba_attributes(struct span bytes, uint32_t *out)
{
	struct span begins = span_at(bytes, 0, 2);

	return span_is(begins, "0x", 2) ? of_text(bytes, out)
	                                : of_structure(bytes, out);
}

static bool
u32_of_samba(int fd, uint32_t *out)
{
	uint8_t bytes[128];
	long len = facts_xattr(fd, SAMBA_ATTRIBUTES, bytes, sizeof bytes);

	return len > 0 && facts_samba_attributes(span_of(bytes, (size_t)len), out);
}

static bool
read_times(int fd, struct file_times *out)
{
	uint8_t bytes[32];

	if (facts_xattr(fd, NTFS_TIMES, bytes, sizeof bytes) != sizeof bytes)
		return false;
	struct span s = span_of(bytes, sizeof bytes);
	uint64_t at[4];
	for (size_t i = 0; i < 4; i++) {
		uint64_t high = span_be32(&s);
		at[i] = high << 32 | span_be32(&s);
	}
	*out = (struct file_times){
		.created = at[0], .written = at[1], .read = at[2], .changed = at[3]
	};
	return true;
}

struct facts_way
facts_way_of(int fd)
{
	struct facts_way way = { .attributes = ATTRIBUTES_OF_SAMBA };
	struct file_times times;
	uint32_t is = 0;

	if (u32_of_be(fd, &is))
		way.attributes = ATTRIBUTES_OF_NTFS;
	else if (u32_of_native(fd, &is))
		way.attributes = ATTRIBUTES_OF_NTFS_NATIVE;
	else if (u32_of_fat(fd, &is))
		way.attributes = ATTRIBUTES_OF_FAT;
	way.times = read_times(fd, &times);
	if (facts_xattr(fd, "system.ntfs_acl", NULL, 0) > 0) /* ntfs-3g */
		way.security = "system.ntfs_acl";
	else if (facts_xattr(fd, "system.ntfs_security", NULL, 0) > 0) /* ntfs3 */
		way.security = "system.ntfs_security";
	return way;
}

void
facts_read(const struct facts_way *way, int fd, struct file_facts *out)
{
	static bool (*const read[])(int, uint32_t *) = {
		[ATTRIBUTES_OF_SAMBA] = u32_of_samba,
		[ATTRIBUTES_OF_FAT] = u32_of_fat,
		[ATTRIBUTES_OF_NTFS] = u32_of_be,
		[ATTRIBUTES_OF_NTFS_NATIVE] = u32_of_native,
	};

	out->has_attributes = read[way->attributes](fd, &out->attributes);
	out->has_times = way->times && read_times(fd, &out->times);
}
