#include "reach/image_volume.h"

#include <string.h>

#include "reach/image_media.h"

enum image_said
image_tsk_failed(struct image_volume *v)
{
	v->code = tsk.error_get_errno();
	if (media_forgive(v->fs->img_info))
		return IMAGE_UNREADABLE;
	return v->is_cut ? IMAGE_CUT : IMAGE_DAMAGED;
}

enum image_said
image_file_open(struct image_volume *v, struct image_id id, TSK_FS_FILE **out)
{
	TSK_FS_FILE *file = tsk.fs_file_open_meta(v->fs, NULL, id.number);

	*out = NULL;
	if (!file)
		return image_tsk_failed(v);
	if (!file->meta || !(file->meta->flags & TSK_FS_META_FLAG_ALLOC) ||
	    (v->is_ntfs && file->meta->seq != id.sequence)) {
		tsk.fs_file_close(file);
		return IMAGE_STALE;
	}
	*out = file;
	return IMAGE_FINE;
}

enum image_said
image_file_facts(struct image_volume *v, TSK_FS_FILE *file, uint64_t folder,
                 struct image_file *out)
{
	*out = (struct image_file){ .number = file->meta->addr };
	out->facts.is_folder = file->meta->type == TSK_FS_META_TYPE_DIR;
	out->facts.is_other = file->meta->type != TSK_FS_META_TYPE_DIR &&
	                      file->meta->type != TSK_FS_META_TYPE_REG;
	if (file->meta->size > 0)
		out->facts.size = (uint64_t)file->meta->size;
	v->code = 0;
	if (v->is_ntfs)
		return ntfs_facts(v, file, folder, out);
	fat_facts(v, file, out);
	return IMAGE_FINE;
}

/*
 * Where the list of a file's pieces has a hole that nothing is known of, libtsk would
 * give zeros for it, and call that the content.
 */
static bool
has_unknown_run(const TSK_FS_ATTR *attr)
{
	if (!(attr->flags & TSK_FS_ATTR_NONRES))
		return false;
	for (const TSK_FS_ATTR_RUN *r = attr->nrd.run; r; r = r->next) {
		if (r->flags & TSK_FS_ATTR_RUN_FLAG_FILLER)
			return true;
	}
	return false;
}

enum image_said
image_file_content(struct image_volume *v, TSK_FS_FILE *file, const TSK_FS_ATTR **out)
{
	enum image_said said = IMAGE_FINE;

	*out = NULL;
	if (v->is_ntfs) {
		said = ntfs_content(v, file, out);
	} else if (file->meta->type == TSK_FS_META_TYPE_DIR) {
		said = IMAGE_FOLDER;
	} else if (file->meta->size > 0) {
		*out = tsk.fs_file_attr_get(file);
		if (!*out)
			return image_tsk_failed(v);
	}
	if (said == IMAGE_FINE && *out && has_unknown_run(*out))
		return IMAGE_DAMAGED;
	return said;
}

enum image_said
image_attr_read(struct image_volume *v, const TSK_FS_ATTR *attr, uint64_t offset,
                void *to, size_t len)
{
	if (len == 0)
		return IMAGE_FINE;
	if (attr->size < 0 || offset >= (uint64_t)attr->size ||
	    len > (uint64_t)attr->size - offset)
		return IMAGE_DAMAGED;
	tsk.error_reset();
	ssize_t got = tsk.fs_attr_read(attr, (TSK_OFF_T)offset, to, len,
	                               TSK_FS_FILE_READ_FLAG_NONE);
	return got == (ssize_t)len ? IMAGE_FINE : image_tsk_failed(v);
}

enum image_said
image_folder_walk(struct image_volume *v, TSK_FS_FILE *folder, image_name_told *name,
                  void *with)
{
	if (folder->meta->type != TSK_FS_META_TYPE_DIR)
		return IMAGE_NO_FOLDER;
	return v->is_ntfs ? ntfs_walk(v, folder, name, with)
	                  : fat_walk(v, folder, name, with);
}

const TSK_FS_ATTR *
image_attr(TSK_FS_FILE *file, uint32_t type, const char *name)
{
	int count = tsk.fs_file_attr_getsize(file);

	for (int i = 0; i < count; i++) {
		const TSK_FS_ATTR *a = tsk.fs_file_attr_get_idx(file, i);

		if (!a || a->type != (TSK_FS_ATTR_TYPE_ENUM)type)
			continue;
		if (strcmp(a->name ? a->name : "", name ? name : "") == 0)
			return a;
	}
	return NULL;
}

struct span
image_attr_value(TSK_FS_FILE *file, uint32_t type, const char *name)
{
	const TSK_FS_ATTR *a = image_attr(file, type, name);

	if (!a || !(a->flags & TSK_FS_ATTR_RES) || !a->rd.buf || a->size < 0)
		return (struct span){ .bad = true };
	size_t len = (size_t)a->size;
	return span_of(a->rd.buf, len < a->rd.buf_size ? len : a->rd.buf_size);
}
