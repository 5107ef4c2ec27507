/*
 * A file may begin with a partition table (MBR or GPT) or with a file system, and
 * by chance or by history it can look like both: a stick that was formatted whole
 * and divided later keeps its old boot sector around the new table.  So what counts
 * is whether a part holds a file system; then it is a disk with a table.
 */
#include "reach/image_parts.h"

#include <string.h>

#define SECTOR 512
#define PROBE (64u << 10)

/* Images often end at the last whole cluster: that little is not missed. */
#define SPARE (64u << 10)

/* libtsk refuses a table with a part behind the end of a disk that was cut. */
#define ANY_SIZE (INT64_C(1) << 52)

#define MBR_TABLE 446
#define MBR_ENTRY 16
#define MBR_ENTRIES 4
#define MBR_TYPE_GPT 0xEE

/* ---- what a sector looks like */

static bool
has(const uint8_t sector[SECTOR], size_t at, const char *text)
{
	return span_is(span_at(span_of(sector, SECTOR), at, strlen(text)), text,
	               strlen(text));
}

static bool
is_bootable(const uint8_t sector[SECTOR])
{
	return sector[510] == 0x55 && sector[511] == 0xAA;
}

/* BitLocker of Vista and later, and that for sticks, which poses as FAT. */
static bool
is_bitlocker(const uint8_t sector[SECTOR])
{
	static const uint8_t to_go[] = {
		0x3B, 0xD6, 0x67, 0x49, 0x29, 0x2E, 0xD8, 0x4A,
		0x83, 0x99, 0xF6, 0xA3, 0x39, 0xE3, 0xD0, 0x01
	};

	return has(sector, 3, "-FVE-FS-") ||
	       memcmp(sector + 424, to_go, sizeof to_go) == 0;
}

static bool
is_windows_boot_sector(const uint8_t sector[SECTOR])
{
	return has(sector, 3, "NTFS    ") || has(sector, 3, "EXFAT   ") ||
	       (is_bootable(sector) &&
	        (has(sector, 54, "FAT1") || has(sector, 82, "FAT32")));
}

/* Of an MBR: the types that Windows gives to parts with its own file systems. */
static bool
is_windows_type(uint8_t type)
{
	static const uint8_t types[] = {
		0x01, 0x04, 0x06, 0x07, 0x0B, 0x0C, 0x0E, 0x11,
		0x14, 0x16, 0x17, 0x1B, 0x1C, 0x1E, 0x27, 0x42
	};

	return memchr(types, type, sizeof types) != NULL;
}

/* The boot code of a file system may lie where the table would be. */
static bool
is_mbr(const uint8_t sector[SECTOR])
{
	unsigned used = 0;

	if (!is_bootable(sector))
		return false;
	for (size_t i = 0; i < MBR_ENTRIES; i++) {
		struct span entry = span_at(span_of(sector, SECTOR),
		                            MBR_TABLE + i * MBR_ENTRY, MBR_ENTRY);
		uint8_t status = span_u8(&entry);

		if (status != 0 && status != 0x80)
			return false;
		(void)span_cut(&entry, 3); /* first sector, in the old counting */
		uint8_t type = span_u8(&entry);
		(void)span_cut(&entry, 3 + 4);
		uint32_t sectors = span_le32(&entry);
		used += type != 0 && sectors != 0;
	}
	return used > 0;
}

static bool
is_protective(const uint8_t sector[SECTOR])
{
	bool found = false;

	for (size_t i = 0; i < MBR_ENTRIES; i++)
		found |= sector[MBR_TABLE + i * MBR_ENTRY + 4] == MBR_TYPE_GPT;
	return found;
}

/* ---- one part */

struct place {
	uint64_t offset;
	uint64_t len;
	bool is_windows; /* so its type says */
};

/* Nothing but zeros, and no copy of a boot sector at the end either. */
static bool
is_empty(struct media *m, const struct place *p)
{
	static uint8_t probe[PROBE];
	static const uint8_t zeros[SECTOR];
	size_t len = p->len < PROBE ? (size_t)p->len / SECTOR * SECTOR : PROBE;
	uint8_t last[SECTOR];

	if (!media_read(m, (int64_t)p->offset, probe, len))
		return false;
	for (size_t i = 0; i < len; i += SECTOR) {
		if (memcmp(probe + i, zeros, SECTOR) != 0)
			return false;
	}
	return p->len < SECTOR ||
	       !media_read(m, (int64_t)(p->offset + p->len - SECTOR), last, SECTOR) ||
	       !is_windows_boot_sector(last);
}

static TSK_FS_INFO *
fs_open(struct media *m, uint64_t offset, struct image_part *out)
{
	static const struct {
		enum image_part_is is;
		TSK_FS_TYPE_ENUM type;
	} kinds[] = {
		{ IMAGE_PART_NTFS, TSK_FS_TYPE_NTFS_DETECT },
		{ IMAGE_PART_FAT, TSK_FS_TYPE_FAT_DETECT },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		TSK_FS_INFO *fs = tsk.fs_open_img(&m->tsk, (TSK_OFF_T)offset,
		                                  kinds[i].type);

		if (fs) {
			out->is = kinds[i].is;
			return fs;
		}
		if (i == 0)
			out->code = tsk.error_get_errno();
	}
	return NULL;
}

/* What is in a place.  The file system where it is one of Windows', else NULL. */
static TSK_FS_INFO *
classify(struct media *m, const struct place *p, struct image_part *out)
{
	uint8_t first[SECTOR];
	uint64_t size = (uint64_t)m->size;

	*out = (struct image_part){ .offset = p->offset, .len = p->len };
	out->is_cut = p->offset > size || p->len > size - p->offset;
	out->is = IMAGE_PART_BEYOND;
	if (!media_read(m, (int64_t)p->offset, first, sizeof first))
		return NULL;
	out->is = IMAGE_PART_BITLOCKER;
	if (is_bitlocker(first))
		return NULL;
	TSK_FS_INFO *fs = fs_open(m, p->offset, out);
	if (fs)
		return fs;
	if (is_windows_boot_sector(first))
		out->is = IMAGE_PART_BROKEN;
	else if (is_empty(m, p))
		out->is = IMAGE_PART_EMPTY;
	else
		out->is = p->is_windows ? IMAGE_PART_BROKEN : IMAGE_PART_OTHER;
	return NULL;
}

/* ---- tables */

/* libtsk tells the type of an MBR's part in words: "NTFS / exFAT (0x07)". */
static bool
part_is_windows(const TSK_VS_PART_INFO *part)
{
	const char *at = part->desc ? strstr(part->desc, "(0x") : NULL;

	return at && is_windows_type((uint8_t)strtoul(at + 3, NULL, 16));
}

/* An MBR has four slots, and a further table for each logical part. */
static uint16_t
number_of(const TSK_VS_PART_INFO *part)
{
	int number = part->table_num > 0 ? 4 + part->table_num : 1 + part->slot_num;

	return number > 0 ? (uint16_t)number : 0;
}

/*
 * Free space is none, and neither is what holds a table: unless that is lost with the
 * end of the disk, and nobody knows what parts it told of.
 */
static bool
is_part(const struct media *m, const TSK_VS_PART_INFO *part, const struct place *place)
{
	if (part->flags & TSK_VS_PART_FLAG_META)
		return place->offset >= (uint64_t)m->size;
	return (part->flags & TSK_VS_PART_FLAG_ALLOC) != 0;
}

/*
 * Adds the parts of an open table.  Says whether one of them is a Windows volume; no
 * other has a file system in `volumes`.
 */
static bool
add_parts(struct media *m, const TSK_VS_INFO *table, struct image_parts *parts,
          TSK_FS_INFO *volumes[IMAGE_PARTS_MOST])
{
	bool found = false;

	for (const TSK_VS_PART_INFO *p = table->part_list; p; p = p->next) {
		struct place place = { .is_windows = part_is_windows(p) };

		if (__builtin_mul_overflow(p->start, table->block_size,
		                           &place.offset) ||
		    __builtin_mul_overflow(p->len, table->block_size, &place.len) ||
		    place.offset > ANY_SIZE || place.len > ANY_SIZE ||
		    !is_part(m, p, &place))
			continue;
		if (parts->count == IMAGE_PARTS_MOST) {
			parts->more = true;
			break;
		}
		struct image_part *to = &parts->at[parts->count];
		volumes[parts->count] = classify(m, &place, to);
		to->number = number_of(p);
		parts->count++;
		found |= to->is <= IMAGE_PART_FAT || to->is == IMAGE_PART_BITLOCKER;
	}
	return found;
}

static bool
try_table(struct media *m, enum image_table kind, struct image_parts *parts,
          TSK_FS_INFO *volumes[IMAGE_PARTS_MOST])
{
	bool is_gpt = kind == IMAGE_GPT;

	parts->table = kind;
	m->tsk.size = is_gpt ? m->size : ANY_SIZE;
	TSK_VS_INFO *table = tsk.vs_open(&m->tsk, 0,
	                                 is_gpt ? TSK_VS_TYPE_GPT : TSK_VS_TYPE_DOS);
	m->tsk.size = m->size;
	if (!table)
		return false;
	bool found = add_parts(m, table, parts, volumes);
	tsk.vs_close(table);
	return found;
}

/* Does a file system begin with the disk itself? */
static bool
try_whole(struct media *m, struct image_parts *parts,
          TSK_FS_INFO *volumes[IMAGE_PARTS_MOST])
{
	struct place whole = { .len = (uint64_t)m->size };
	struct image_part part;
	TSK_FS_INFO *fs = classify(m, &whole, &part);

	if (!fs && part.is != IMAGE_PART_BITLOCKER && part.is != IMAGE_PART_BROKEN)
		return false;
	if (fs) {
		part.len = (fs->last_block + 1) * fs->block_size;
		part.is_cut = fs->last_block > fs->last_block_act &&
		              (fs->last_block - fs->last_block_act) * fs->block_size >
		                  SPARE;
	}
	parts->at[0] = part;
	parts->count = 1;
	volumes[0] = fs;
	return true;
}

void
parts_find(struct media *m, struct image_parts *parts,
           TSK_FS_INFO *volumes[IMAGE_PARTS_MOST])
{
	uint8_t first[SECTOR] = { 0 };

	*parts = (struct image_parts){ .media = m->is,
		                       .table = IMAGE_NO_TABLE,
		                       .size = (uint64_t)m->size };
	if (!media_read(m, 0, first, sizeof first))
		return;
	bool has_mbr = is_mbr(first);
	enum image_table kind = has_mbr && !is_protective(first) ? IMAGE_MBR
	                                                         : IMAGE_GPT;

	if (has_mbr && try_table(m, kind, parts, volumes))
		return;
	/* A table whose parts hold nothing of Windows' stands back behind a volume. */
	struct image_parts table = *parts;
	*parts = (struct image_parts){ .media = m->is,
		                       .table = IMAGE_NO_TABLE,
		                       .size = (uint64_t)m->size };
	if (try_whole(m, parts, volumes))
		return;
	if (has_mbr)
		*parts = table;
	else if (!try_table(m, IMAGE_GPT, parts, volumes) && parts->count == 0)
		parts->table = IMAGE_NO_TABLE;
}
