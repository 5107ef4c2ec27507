/*
 * What of NTFS libtsk does not tell as exactly as we need it: times to 100 ns, the
 * attributes as Windows has them, folders without what was deleted from them, and
 * security descriptors.  libtsk finds the records and reads the attributes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "format/ntfs_attr.h"
#include "format/ntfs_index.h"
#include "reach/image_volume.h"

#define TYPE_STANDARD 0x10
#define TYPE_NAME 0x30
#define TYPE_SECURITY 0x50
#define TYPE_DATA 0x80
#define TYPE_INDEX_ROOT 0x90
#define TYPE_INDEX 0xA0
#define TYPE_BITMAP 0xB0
#define TYPE_REPARSE 0xC0
#define FOLDER_INDEX "$I30"

#define RECORD_ROOT 5
#define RECORD_SECURE 9
#define RECORDS_OWN 16 /* of the file system itself: $MFT and the like */

#define INDEX_MOST (64u << 20)
#define DESCRIPTOR_MOST (64u << 10)
#define DESCRIPTORS_MOST (1u << 20)

/* What stands for characters that are separators here, and may be in a name there. */
#define BACKSLASH_IN_NAME 0xF05C
#define SLASH_IN_NAME 0xF02F

/* ---- facts */

static struct file_times
times_of(const struct ntfs_times *t)
{
	return (struct file_times){ t->created, t->written, t->changed, t->read };
}

/* How well a name fits: best is the one by which the file was found. */
static unsigned
rank_of(const struct ntfs_name *n, uint64_t folder)
{
	return 1u + (n->space != NTFS_SPACE_DOS ? 1 : 0) +
	       (n->folder == folder ? 2 : 0);
}

static bool
find_name(TSK_FS_FILE *file, uint64_t folder, struct ntfs_name *out)
{
	int count = tsk.fs_file_attr_getsize(file);
	unsigned best = 0;

	for (int i = 0; i < count; i++) {
		const TSK_FS_ATTR *a = tsk.fs_file_attr_get_idx(file, i);
		struct ntfs_name name;

		if (!a || a->type != TYPE_NAME || !(a->flags & TSK_FS_ATTR_RES) ||
		    a->size < 0)
			continue;
		if (ntfs_name_read(span_of(a->rd.buf, (size_t)a->size), &name) != HEARD)
			continue;
		if (rank_of(&name, folder) > best) {
			best = rank_of(&name, folder);
			*out = name;
		}
	}
	return best > 0;
}

enum image_said
ntfs_facts(struct image_volume *v, TSK_FS_FILE *file, uint64_t folder,
           struct image_file *out)
{
	struct file_facts *f = &out->facts;
	struct ntfs_standard standard;
	struct ntfs_name name;
	uint32_t tag = 0;

	(void)v;
	out->number |= (uint64_t)file->meta->seq << 48;
	if (ntfs_standard_read(image_attr_value(file, TYPE_STANDARD, NULL),
	                       &standard) != HEARD)
		return IMAGE_DAMAGED;
	f->has_attributes = true;
	f->attributes = standard.attributes;
	f->has_times = true;
	f->times = times_of(&standard.times);
	f->has_name_times = find_name(file, folder, &name);
	if (f->has_name_times)
		f->name_times = times_of(&name.times);
	if (ntfs_reparse_tag(image_attr_value(file, TYPE_REPARSE, NULL), &tag) == HEARD)
		f->is_link = ntfs_tag_is_link(tag);
	const TSK_FS_ATTR *content = image_attr(file, TYPE_DATA, NULL);
	f->is_folder = f->is_folder && !f->is_link;
	f->size = 0;
	if (!f->is_folder && content && content->size > 0)
		f->size = (uint64_t)content->size;
	return IMAGE_FINE;
}

enum image_said
ntfs_content(struct image_volume *v, TSK_FS_FILE *file, const TSK_FS_ATTR **out)
{
	uint32_t tag = 0;

	if (ntfs_reparse_tag(image_attr_value(file, TYPE_REPARSE, NULL), &tag) ==
	    HEARD) {
		v->code = tag;
		return ntfs_tag_is_link(tag) ? IMAGE_LINK : IMAGE_ELSEWHERE;
	}
	if (file->meta->type == TSK_FS_META_TYPE_DIR)
		return IMAGE_FOLDER;
	*out = image_attr(file, TYPE_DATA, NULL);
	if (!*out)
		return IMAGE_DAMAGED; /* every file has one, if empty */
	return (*out)->flags & TSK_FS_ATTR_ENC ? IMAGE_ENCRYPTED : IMAGE_FINE;
}

/* ---- folders */

struct walk {
	struct image_volume *volume;
	image_name_told *told;
	void *with;
	bool goes_on;
	bool is_root;
};

static void
tell_name(struct walk *w, const struct ntfs_index_entry *e)
{
	struct span utf16 = e->name.utf16;
	char name[NAME_ROOM];
	size_t len = 0;

	while (utf16.left >= 2 && len + 4 < sizeof name) {
		uint32_t c = text_next_utf16(&utf16);

		if (c == '\\')
			c = BACKSLASH_IN_NAME;
		if (c == '/')
			c = SLASH_IN_NAME;
		if (c == 0)
			c = 0xFFFD;
		len += text_put(name + len, c);
	}
	name[len] = '\0';
	struct image_id id = { e->record, e->sequence };
	w->goes_on = w->told(w->with, name, id);
}

static enum image_said
walk_entries(struct walk *w, struct span entries)
{
	struct ntfs_index_entry e;
	enum heard heard = HEARD;

	while (w->goes_on && (heard = ntfs_index_next(&entries, &e)) == HEARD) {
		if (e.name.space == NTFS_SPACE_DOS ||
		    (w->is_root && e.record < RECORDS_OWN))
			continue;
		tell_name(w, &e);
	}
	return heard == HEARD || heard == HEARD_NOTHING ? IMAGE_FINE : IMAGE_DAMAGED;
}

static bool
is_used(const uint8_t *bitmap, size_t len, size_t block)
{
	return block / 8 < len && (bitmap[block / 8] >> (block % 8) & 1);
}

/* The value of an attribute wherever it lies; the caller frees. */
static enum image_said
read_whole(struct image_volume *v, const TSK_FS_ATTR *a, size_t most, struct buf *out)
{
	if (a->size < 0 || (uint64_t)a->size > most)
		return IMAGE_TOO_LARGE;
	buf_init(out, (size_t)a->size + 1);
	buf_zero(out, (size_t)a->size);
	if (out->bad)
		return IMAGE_NO_MEMORY;
	return image_attr_read(v, a, 0, out->at, out->len);
}

/* Goes on behind a block that is damaged: what is whole can still be found. */
static enum image_said
walk_blocks(struct walk *w, const struct buf *index, const struct buf *bitmap,
            size_t block_len)
{
	enum image_said worst = IMAGE_FINE;

	for (size_t at = 0; w->goes_on && index->len - at >= block_len;
	     at += block_len) {
		struct span entries;

		if (!is_used(bitmap->at, bitmap->len, at / block_len))
			continue;
		if (ntfs_index_block(index->at + at, block_len, &entries) != HEARD ||
		    walk_entries(w, entries) != IMAGE_FINE)
			worst = IMAGE_DAMAGED;
	}
	return worst;
}

static enum image_said
walk_index(struct walk *w, TSK_FS_FILE *folder, size_t block_len)
{
	const TSK_FS_ATTR *index = image_attr(folder, TYPE_INDEX, FOLDER_INDEX);
	const TSK_FS_ATTR *used = image_attr(folder, TYPE_BITMAP, FOLDER_INDEX);
	struct buf blocks = { .len = 0 };
	struct buf bitmap = { .len = 0 };

	if (!index)
		return IMAGE_FINE; /* a small folder is all in its root */
	if (!used)
		return IMAGE_DAMAGED;
	enum image_said said = read_whole(w->volume, used, INDEX_MOST, &bitmap);
	if (said == IMAGE_FINE)
		said = read_whole(w->volume, index, INDEX_MOST, &blocks);
	if (said == IMAGE_FINE)
		said = walk_blocks(w, &blocks, &bitmap, block_len);
	buf_free(&blocks);
	buf_free(&bitmap);
	return said;
}

enum image_said
ntfs_walk(struct image_volume *v, TSK_FS_FILE *folder, image_name_told *told,
          void *with)
{
	struct walk w = { v, told, with, true, folder->meta->addr == RECORD_ROOT };
	struct span root = image_attr_value(folder, TYPE_INDEX_ROOT, FOLDER_INDEX);
	struct span entries = { .left = 0 };
	uint32_t block_len = 0;
	uint32_t tag = 0;

	if (ntfs_reparse_tag(image_attr_value(folder, TYPE_REPARSE, NULL), &tag) ==
	        HEARD &&
	    ntfs_tag_is_link(tag))
		return IMAGE_LINK;
	if (ntfs_index_root(root, &entries, &block_len) != HEARD)
		return IMAGE_DAMAGED;
	enum image_said said = walk_entries(&w, entries);
	enum image_said rest = walk_index(&w, folder, block_len);
	return said == IMAGE_FINE ? rest : said;
}

/* ---- security descriptors */

static int
compare_ids(const void *a, const void *b)
{
	const struct ntfs_secure_entry *x = a;
	const struct ntfs_secure_entry *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static bool
keep_entry(struct image_descriptors *d, const struct ntfs_secure_entry *e)
{
	if ((d->count & (d->count + 1)) == 0) { /* full at 1, 3, 7, 15, … */
		size_t room = 2 * (d->count + 1);
		void *more = reallocarray(d->at, room, sizeof d->at[0]);

		if (!more || room > DESCRIPTORS_MOST)
			return false;
		d->at = more;
	}
	d->at[d->count++] = *e;
	return true;
}

/* Every second block is the mirror of the one before. */
static enum image_said
read_stream(struct image_volume *v, struct image_descriptors *d,
            const TSK_FS_ATTR *stream)
{
	uint8_t *block = malloc(NTFS_SECURE_BLOCK);
	uint64_t size = stream->size > 0 ? (uint64_t)stream->size : 0;
	enum image_said said = block ? IMAGE_FINE : IMAGE_NO_MEMORY;

	for (uint64_t at = 0; said == IMAGE_FINE && at < size;
	     at += 2 * NTFS_SECURE_BLOCK) {
		uint64_t left = size - at;
		size_t len = left < NTFS_SECURE_BLOCK ? (size_t)left
		                                      : NTFS_SECURE_BLOCK;
		struct ntfs_secure_entry e;
		size_t in_block = 0;

		said = image_attr_read(v, stream, at, block, len);
		while (said == IMAGE_FINE && ntfs_secure_next(span_of(block, len), at,
		                                              &in_block, &e) == HEARD)
			said = keep_entry(d, &e) ? IMAGE_FINE : IMAGE_TOO_LARGE;
	}
	free(block);
	return said;
}

static enum image_said
read_descriptors(struct image_volume *v)
{
	struct image_descriptors *d = &v->descriptors;
	TSK_FS_FILE *file = tsk.fs_file_open_meta(v->fs, NULL, RECORD_SECURE);
	const TSK_FS_ATTR *stream = file ? image_attr(file, TYPE_DATA, "$SDS") : NULL;
	enum image_said said = stream ? read_stream(v, d, stream) : IMAGE_DAMAGED;

	if (file)
		tsk.fs_file_close(file);
	if (d->count > 0)
		qsort(d->at, d->count, sizeof d->at[0], compare_ids);
	d->are_read = true;
	d->said = said;
	return said;
}

/* The descriptor itself; its mirror where it is not what its entry says. */
static enum image_said
copy_descriptor(struct image_volume *v, const struct ntfs_secure_entry *e,
                struct buf *out)
{
	TSK_FS_FILE *file = tsk.fs_file_open_meta(v->fs, NULL, RECORD_SECURE);
	const TSK_FS_ATTR *stream = file ? image_attr(file, TYPE_DATA, "$SDS") : NULL;
	uint8_t *bytes = e->len <= DESCRIPTOR_MOST ? malloc(e->len) : NULL;
	enum image_said said = stream && bytes ? IMAGE_FINE : IMAGE_DAMAGED;
	bool is_whole = false;

	for (unsigned copy = 0; copy < 2 && said == IMAGE_FINE && !is_whole; copy++) {
		uint64_t at = e->offset + (uint64_t)copy * NTFS_SECURE_BLOCK;

		said = image_attr_read(v, stream, at, bytes, e->len);
		is_whole = said == IMAGE_FINE &&
		           ntfs_secure_is_whole(span_of(bytes, e->len), e->hash);
	}
	if (is_whole)
		buf_put(out, bytes, e->len);
	free(bytes);
	if (file)
		tsk.fs_file_close(file);
	return is_whole ? IMAGE_FINE : said == IMAGE_FINE ? IMAGE_DAMAGED : said;
}

/* A file of an NTFS before 3.0, or one of the file system's own, brings its own. */
static enum image_said
own_descriptor(struct image_volume *v, TSK_FS_FILE *file, struct buf *out)
{
	const TSK_FS_ATTR *a = image_attr(file, TYPE_SECURITY, NULL);
	struct buf bytes = { .len = 0 };

	if (!a)
		return IMAGE_ABSENT;
	enum image_said said = read_whole(v, a, DESCRIPTOR_MOST, &bytes);
	if (said == IMAGE_FINE)
		buf_put(out, bytes.at, bytes.len);
	buf_free(&bytes);
	return said;
}

enum image_said
image_security(struct image_volume *v, TSK_FS_FILE *file, struct buf *out)
{
	struct image_descriptors *d = &v->descriptors;
	struct ntfs_standard standard;

	if (!v->is_ntfs)
		return IMAGE_ABSENT;
	if (ntfs_standard_read(image_attr_value(file, TYPE_STANDARD, NULL),
	                       &standard) != HEARD)
		return IMAGE_DAMAGED;
	if (standard.security_id == 0)
		return own_descriptor(v, file, out);
	if (!d->are_read)
		(void)read_descriptors(v);
	struct ntfs_secure_entry key = { .id = standard.security_id };
	const struct ntfs_secure_entry *e = d->count == 0
	                                        ? NULL
	                                        : bsearch(&key, d->at, d->count,
	                                                  sizeof d->at[0], compare_ids);
	if (e)
		return copy_descriptor(v, e, out);
	return d->said == IMAGE_FINE ? IMAGE_DAMAGED : d->said;
}
