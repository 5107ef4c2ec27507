#include "format/ntfs_volume.h"

#define SECTOR 512u

/* Offsets of the boot sector. */
#define BYTES_A_SECTOR 11
#define RECORDS_AT 48 /* a cluster's number */
#define RECORD_SIZE 64

#define CLUSTER_MOST (2u << 20)

/* Of a record's head, and of an attribute's. */
#define FIRST_ATTRIBUTE 20
#define VOLUME_INFORMATION 0x70u
#define END_OF_ATTRIBUTES 0xFFFFFFFFu
#define VALUE_LEN 16
#define FLAGS_IN_VALUE 10 /* after eight bytes of nothing, and the version */
#define DIRTY 0x0001u

enum heard
ntfs_marks_off(uint8_t *block, size_t len)
{
	struct span head = span_of(block, len);

	(void)span_cut(&head, 4);
	uint16_t at = span_le16(&head);
	uint16_t count = span_le16(&head);
	struct span marks = span_at(span_of(block, len), at, (size_t)count * 2);
	uint16_t mark = span_le16(&marks);
	if (marks.bad || count != len / SECTOR + 1)
		return HEARD_ODD;
	for (size_t end = SECTOR; end <= len; end += SECTOR) {
		struct span last = span_at(span_of(block, len), end - 2, 2);

		if (span_le16(&last) != mark)
			return HEARD_ODD;
		uint16_t was = span_le16(&marks);
		block[end - 2] = (uint8_t)was;
		block[end - 1] = (uint8_t)(was >> 8);
	}
	return HEARD;
}

static bool
is_power_of_two(uint64_t n)
{
	return n > 0 && (n & (n - 1)) == 0;
}

/* A count of `units`, or, from 0x80 on, a power of two in bytes; 0 where it is odd. */
static uint64_t
size_of(uint8_t n, uint64_t unit)
{
	if (n < 0x80)
		return n * unit;
	return 256u - n < 32 ? UINT64_C(1) << (256u - n) : 0;
}

/* Clusters of more than 64 KB are told as a power of two, of sectors. */
static uint64_t
cluster_of(uint16_t sector, uint8_t sectors)
{
	return sectors <= 0x80 ? (uint64_t)sector * sectors
	                       : sector * size_of(sectors, 1);
}

enum heard
ntfs_boot_read(struct span sector, struct ntfs_boot *out)
{
	struct span at = span_at(sector, BYTES_A_SECTOR, 3);
	struct span records = span_at(sector, RECORDS_AT, 8);
	struct span size = span_at(sector, RECORD_SIZE, 1);

	if (sector.bad || sector.left < NTFS_BOOT_SECTOR)
		return HEARD_SHORT;
	if (!span_is(span_at(sector, 3, 8), "NTFS    ", 8))
		return HEARD_ODD;
	uint16_t bytes = span_le16(&at);
	uint64_t cluster = cluster_of(bytes, span_u8(&at));
	uint64_t record = size_of(span_u8(&size), cluster);
	if (bytes < 256 || !is_power_of_two(bytes) || !is_power_of_two(cluster) ||
	    cluster > CLUSTER_MOST || !is_power_of_two(record) ||
	    record < NTFS_RECORD_LEAST || record > NTFS_RECORD_MOST ||
	    __builtin_mul_overflow(span_le64(&records), cluster, &out->records) ||
	    out->records > INT64_MAX / 2)
		return HEARD_ODD;
	out->record_len = (uint32_t)record;
	return HEARD;
}

/* The flags are in a value that lies in the record itself. */
static enum heard
flags_of(struct span attribute, bool *dirty)
{
	struct span s = span_at(attribute, VALUE_LEN, 6);
	uint32_t len = span_le32(&s);
	uint16_t at = span_le16(&s);
	struct span value = span_at(attribute, at, len);
	struct span flags = span_at(value, FLAGS_IN_VALUE, 2);

	*dirty = span_le16(&flags) & DIRTY;
	return flags.bad ? HEARD_ODD : HEARD;
}

enum heard
ntfs_volume_dirty(uint8_t *record, size_t len, bool *dirty)
{
	struct span whole = span_of(record, len);

	if (len < NTFS_RECORD_LEAST || len % SECTOR != 0)
		return HEARD_SHORT;
	if (!span_is(span_at(whole, 0, 4), "FILE", 4))
		return HEARD_ODD;
	enum heard heard = ntfs_marks_off(record, len);
	if (heard != HEARD)
		return heard;
	struct span first = span_at(whole, FIRST_ATTRIBUTE, 2);
	uint16_t begins = span_le16(&first);
	struct span rest = whole;
	(void)span_cut(&rest, begins);
	for (;;) {
		struct span head = rest;
		uint32_t type = span_le32(&head);
		uint32_t its_len = span_le32(&head);

		if (type == END_OF_ATTRIBUTES || head.bad)
			return HEARD_NOTHING;
		struct span attribute = span_cut(&rest, its_len);
		if (its_len < 8 || attribute.bad)
			return HEARD_ODD;
		if (type == VOLUME_INFORMATION)
			return flags_of(attribute, dirty);
	}
}
