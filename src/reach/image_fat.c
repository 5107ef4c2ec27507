/*
 * What of FAT libtsk does not tell: the attributes as they are.  There are no other
 * times than local ones, to two seconds, and no descriptors.
 */
#include "base/text.h"
#include "reach/image_volume.h"

#define ENTRY 32
#define FIRST_NUMBER 3 /* libtsk numbers the entries of the data area from here on */
#define ATTRIBUTE_FOLDER 0x10u
#define ATTRIBUTE_LABEL 0x08u

/* Where the first entry lies, and how long a sector is. */
static bool
layout(struct image_volume *v, uint64_t *first, uint32_t *sector_len)
{
	uint8_t boot[512] = { 0 };
	struct span s = span_of(boot, sizeof boot);

	if (tsk.fs_read(v->fs, 0, (char *)boot, sizeof boot) != (ssize_t)sizeof boot)
		return false;
	struct span in_sectors = span_at(s, 11, 2);
	struct span reserved = span_at(s, 14, 3);
	struct span of_fat16 = span_at(s, 22, 2);
	struct span of_fat32 = span_at(s, 36, 4);
	*sector_len = span_le16(&in_sectors);
	uint64_t before = span_le16(&reserved);
	uint64_t tables = span_u8(&reserved);
	uint64_t table_len = span_le16(&of_fat16);
	if (table_len == 0)
		table_len = span_le32(&of_fat32);
	*first = (before + tables * table_len) * *sector_len;
	return *sector_len >= ENTRY;
}

/* The attributes in the entry that libtsk calls `number`. */
static bool
entry_attributes(struct image_volume *v, uint64_t number, uint32_t *attributes)
{
	uint64_t first = 0;
	uint32_t sector_len = 0;
	uint8_t entry[ENTRY];
	uint64_t at = 0;

	if (v->fs->ftype == TSK_FS_TYPE_EXFAT || number < FIRST_NUMBER ||
	    !layout(v, &first, &sector_len) ||
	    __builtin_mul_overflow(number - FIRST_NUMBER, ENTRY, &at) ||
	    __builtin_add_overflow(at, first, &at) || at > INT64_MAX)
		return false;
	if (tsk.fs_read(v->fs, (TSK_OFF_T)at, (char *)entry, ENTRY) != ENTRY)
		return false;
	*attributes = entry[11];
	return true;
}

void
fat_facts(struct image_volume *v, TSK_FS_FILE *file, struct image_file *out)
{
	struct file_facts *f = &out->facts;

	if (f->is_folder)
		f->size = 0;
	f->has_attributes = entry_attributes(v, file->meta->addr, &f->attributes) &&
	                    f->is_folder == ((f->attributes & ATTRIBUTE_FOLDER) != 0);
}

/* The label of the volume stands among the files of its root. */
static bool
is_label(struct image_volume *v, const TSK_FS_NAME *n)
{
	uint32_t attributes = 0;

	return n->par_addr == v->fs->root_inum &&
	       entry_attributes(v, n->meta_addr, &attributes) &&
	       (attributes & ATTRIBUTE_LABEL) != 0;
}

/* Neither deleted, nor one of those that libtsk thinks up, nor the label. */
static bool
is_entry(struct image_volume *v, const TSK_FS_NAME *n)
{
	return n && n->name && (n->flags & TSK_FS_NAME_FLAG_ALLOC) &&
	       (n->type == TSK_FS_NAME_TYPE_REG || n->type == TSK_FS_NAME_TYPE_DIR) &&
	       !is_label(v, n);
}

enum image_said
fat_walk(struct image_volume *v, TSK_FS_FILE *folder, image_name_told *told, void *with)
{
	tsk.error_reset();
	TSK_FS_DIR *dir = tsk.fs_dir_open_meta(v->fs, folder->meta->addr);
	size_t count = dir ? tsk.fs_dir_getsize(dir) : 0;

	if (!dir)
		return image_tsk_failed(v);
	for (size_t i = 0; i < count; i++) {
		const TSK_FS_NAME *n = tsk.fs_dir_get_name(dir, i);
		char name[NAME_ROOM];

		if (!is_entry(v, n))
			continue;
		struct image_id id = { n->meta_addr, 0 };
		(void)text_copy_utf8(name, sizeof name, n->name);
		if (!told(with, name, id))
			break;
	}
	tsk.fs_dir_close(dir);
	/* It gives out what it could read of a damaged folder, and leaves a word. */
	return tsk.error_get_errno() == 0 ? IMAGE_FINE : image_tsk_failed(v);
}
