#include "reach/image_folder.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reach/volume_tree_names.h"

#define TEXT_MOST (96u << 20)

static size_t
bytes_of(const struct image_folder *f)
{
	return f->text.room + f->count * sizeof f->names[0];
}

static void
folder_forget(struct image_folder *f)
{
	buf_free(&f->text);
	free(f->names);
	*f = (struct image_folder){ .volume = NULL };
}

const char *
image_folder_name(const struct image_folder *f, const struct image_folder_name *n)
{
	return (const char *)f->text.at + n->name;
}

static const char *
folded_text(const struct image_folder *f, const struct image_folder_name *n)
{
	return (const char *)f->text.at + n->folded;
}

/* ---- reading one */

struct reading {
	struct image_folder *folder;
	locale_t letters;
	size_t room;
	bool is_full;
};

static bool
make_room(struct reading *r)
{
	struct image_folder *f = r->folder;
	size_t room = r->room ? 2 * r->room : 64;

	if (f->count < r->room)
		return true;
	void *more = room <= FOLDER_NAMES_MOST
	                 ? reallocarray(f->names, room, sizeof f->names[0])
	                 : NULL;
	if (!more)
		return false;
	f->names = more;
	r->room = room;
	return true;
}

static bool
take_name(void *with, const char *name, struct image_id id)
{
	struct reading *r = with;
	struct image_folder *f = r->folder;
	char folded[FOLDED_ROOM];

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return true;
	struct image_folder_name n = { .name = f->text.len, .id = id };
	buf_put(&f->text, name, strlen(name) + 1);
	n.folded = f->text.len;
	r->is_full = !names_fold_path(name, r->letters, folded) || !make_room(r);
	buf_put(&f->text, folded, strlen(folded) + 1);
	if (r->is_full || f->text.bad) {
		r->is_full = true;
		return false;
	}
	f->names[f->count++] = n;
	return true;
}

static int
compare(const void *a, const void *b, void *folder)
{
	return strcmp(folded_text(folder, a), folded_text(folder, b));
}

static void
folder_read(struct image_folder *f, TSK_FS_FILE *file, locale_t letters)
{
	struct reading r = { .folder = f, .letters = letters };

	buf_init(&f->text, TEXT_MOST);
	f->volume->code = 0;
	f->said = image_folder_walk(f->volume, file, take_name, &r);
	f->code = f->volume->code;
	if (r.is_full)
		f->said = IMAGE_TOO_LARGE;
	if (f->count > 0)
		qsort_r(f->names, f->count, sizeof f->names[0], compare, f);
}

/* ---- those that are kept */

static struct image_folder *
kept(struct image_folders *all, struct image_volume *v, uint64_t number)
{
	for (size_t i = 0; i < FOLDERS_KEPT; i++) {
		struct image_folder *f = &all->at[i];

		if (f->volume == v && f->number == number)
			return f;
	}
	return NULL;
}

/* Frees the longest unused ones, until one more may be read. */
static struct image_folder *
free_place(struct image_folders *all)
{
	for (;;) {
		struct image_folder *oldest = &all->at[0];
		struct image_folder *empty = NULL;
		size_t bytes = 0;

		for (size_t i = 0; i < FOLDERS_KEPT; i++) {
			struct image_folder *f = &all->at[i];

			bytes += bytes_of(f);
			empty = f->volume ? empty : f;
			if (f->volume && (!oldest->volume || f->used < oldest->used))
				oldest = f;
		}
		if (empty && bytes <= FOLDERS_BYTES)
			return empty;
		folder_forget(oldest);
	}
}

enum image_said
image_folders_get(struct image_folders *all, struct image_volume *v, struct image_id id,
                  const struct image_folder **out)
{
	struct image_folder *f = kept(all, v, id.number);
	TSK_FS_FILE *file = NULL;

	*out = NULL;
	if (!f) {
		enum image_said said = image_file_open(v, id, &file);

		if (said != IMAGE_FINE)
			return said;
		f = free_place(all);
		f->volume = v;
		f->number = id.number;
		folder_read(f, file, all->letters);
		tsk.fs_file_close(file);
	}
	f->used = ++all->now;
	v->code = f->code;
	*out = f;
	return f->said;
}

/* ---- a path */

static struct image_id
root_of(struct image_volume *v)
{
	struct image_id id = { .number = v->fs->root_inum };
	TSK_FS_FILE *file = tsk.fs_file_open_meta(v->fs, NULL, id.number);

	if (file && file->meta)
		id.sequence = (uint16_t)file->meta->seq;
	if (file)
		tsk.fs_file_close(file);
	return id;
}

/* IMAGE_ABSENT only where the folder could be read whole. */
static enum image_said
find_name(const struct image_folder *f, const char *folded, struct image_id *out)
{
	size_t low = 0;
	size_t high = f->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(folded_text(f, &f->names[middle]), folded) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == f->count || strcmp(folded_text(f, &f->names[low]), folded) != 0)
		return f->said == IMAGE_FINE ? IMAGE_ABSENT : f->said;
	if (low + 1 < f->count &&
	    strcmp(folded_text(f, &f->names[low + 1]), folded) == 0)
		return IMAGE_TWINS;
	*out = f->names[low].id;
	return IMAGE_FINE;
}

/* The next part of the path, into `part`; false where it does not fit. */
static bool
next_part(struct span *path, char part[FOLDED_ROOM])
{
	size_t end = span_find(*path, "/", 1);
	struct span cut = span_cut(path, end == SIZE_MAX ? path->left : end);
	size_t len = span_copy(cut, part, FOLDED_ROOM - 1);

	part[len] = '\0';
	if (path->left > 0)
		(void)span_cut(path, 1);
	return len == cut.left;
}

enum image_said
image_folders_find(struct image_folders *all, struct image_volume *v, struct span path,
                   struct image_id *out, uint64_t *folder)
{
	char part[FOLDED_ROOM];

	*out = root_of(v);
	*folder = out->number;
	while (path.left > 0) {
		const struct image_folder *f = NULL;
		enum image_said said = image_folders_get(all, v, *out, &f);

		if (said == IMAGE_NO_FOLDER)
			return IMAGE_ABSENT; /* a path through a file */
		if (!f || said == IMAGE_LINK)
			return said;
		*folder = out->number;
		if (!next_part(&path, part))
			return IMAGE_TOO_LARGE;
		said = find_name(f, part, out);
		if (said != IMAGE_FINE)
			return said;
	}
	return IMAGE_FINE;
}
