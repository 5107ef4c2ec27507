/*
 * The volumes of a disk image.  What cannot be read is not left out: a part that
 * ought to hold a Windows volume is a volume that gives every question its reason.
 */
#include "reach/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "reach/image_input.h"
#include "reach/volume_tree_names.h"
#include "sys/write_all.h"

struct part_volume {
	struct volume volume; /* first: a volume is one of these */
	struct image *image;
	uint8_t part;
	char because[WHY_ROOM]; /* why nothing of it can be read; "" where it can */
};

static struct part_volume *
part_of(struct volume *v)
{
	return (struct part_volume *)v;
}

/* ---- asking */

static const char *
shown(const char *path)
{
	return path[0] ? path : "its top folder";
}

/* What each answer but IMAGE_FINE means here, and what to do. */
static const struct {
	enum heard heard;
	const char *says;
} meanings[] = {
	[IMAGE_ABSENT] = { HEARD_NOTHING, "" },
	[IMAGE_TWINS] = { HEARD_ODD, "two names differ only in capital letters, and "
	                             "Windows shows one of them; look at both" },
	[IMAGE_LINK] = { HEARD_ODD, "a link or a junction, which are never followed; "
	                            "look at the folder that it leads to" },
	[IMAGE_FOLDER] = { HEARD_ODD, "a folder where a file ought to be" },
	[IMAGE_NO_FOLDER] = { HEARD_NOTHING, "" },
	[IMAGE_ENCRYPTED] = { HEARD_REFUSED,
	                      "encrypted by Windows (EFS); look at it on "
	                      "the machine, as its user" },
	[IMAGE_ELSEWHERE] = { HEARD_ODD, "Windows keeps its content in a way of its "
	                                 "own; look at it on the machine" },
	[IMAGE_STALE] = { HEARD_ODD, "its folder names it, and it is gone; run chkdsk "
	                             "on a copy of the volume" },
	[IMAGE_DAMAGED] = { HEARD_ODD,
	                    "the file system is damaged there; run chkdsk on "
	                    "a copy of the volume" },
	[IMAGE_UNREADABLE] = { HEARD_SHORT,
	                       "the image cannot be read there: it is damaged, or a "
	                       "part of it is missing; copy it again" },
	[IMAGE_CUT] = { HEARD_SHORT, "the image ends before that place; copy the disk "
	                             "again, whole" },
	[IMAGE_TOO_LARGE] = { NOT_ASKED, "larger than what is looked through" },
	[IMAGE_NO_MEMORY] = { NOT_ASKED, "out of memory; end other programs, then look "
	                                 "again" },
};
#define MEANINGS_COUNT (sizeof meanings / sizeof meanings[0])

static enum heard
because(struct part_volume *p, const char *path, const struct image_head *head)
{
	struct volume *v = &p->volume;

	if (head->said == IMAGE_FINE)
		return HEARD;
	if (head->said >= MEANINGS_COUNT || !meanings[head->said].says)
		return volume_because(v, HEARD_ODD, "cannot read %s in %s", shown(path),
		                      v->called);
	if (meanings[head->said].heard == HEARD_NOTHING)
		return HEARD_NOTHING;
	if (head->code == 0)
		return volume_because(v, meanings[head->said].heard, "%s in %s: %s",
		                      shown(path), v->called,
		                      meanings[head->said].says);
	return volume_because(v, meanings[head->said].heard, "%s in %s: %s (code 0x%x)",
	                      shown(path), v->called, meanings[head->said].says,
	                      (unsigned)head->code);
}

/* What came is no answer to what was asked. */
static enum heard
nonsense(struct part_volume *p, const char *path)
{
	return volume_because(&p->volume, HEARD_ODD,
	                      "%s in %s: its decoder answers without sense; the image "
	                      "is damaged, or made to deceive",
	                      shown(path), p->volume.called);
}

/* Puts a question about `path`; the caller frees reply->bytes. */
static enum heard
put(struct part_volume *p, struct image_question *q, const char *path,
    struct image_reply *r)
{
	r->bytes = (struct buf){ .len = 0 };
	r->body = (struct span){ .bad = true };
	if (p->because[0])
		return volume_because(&p->volume, HEARD_ODD, "%s", p->because);
	q->volume = p->part;
	enum heard heard = image_put(p->image, q, r);
	if (heard != HEARD)
		return volume_because(&p->volume, heard, "%s in %s: %s", shown(path),
		                      p->volume.called, r->why);
	return because(p, path, &r->head);
}

/* The same for questions that name a path. */
static enum heard
put_path(struct part_volume *p, enum image_ask ask, const char *path,
         struct image_reply *r)
{
	struct image_question q = { .ask = ask };
	char folded[FOLDED_ROOM];

	r->bytes = (struct buf){ .len = 0 };
	r->body = (struct span){ .bad = true };
	if (!names_fold_path(path, image_letters(p->image), folded))
		return HEARD_NOTHING; /* no file has so long a path */
	q.path = span_of(folded, strlen(folded));
	return put(p, &q, path, r);
}

static enum heard
find(struct volume *v, const char *path, struct image_file *out)
{
	struct part_volume *p = part_of(v);
	struct image_reply r;
	enum heard heard = put_path(p, IMAGE_FIND, path, &r);

	if (heard == HEARD && !image_file_read(r.body, out))
		heard = nonsense(p, path);
	buf_free(&r.bytes);
	return heard;
}

/* ---- what a volume is asked */

static enum heard
part_stat(struct volume *v, const char *path, struct file_facts *out)
{
	struct image_file file;
	enum heard heard = find(v, path, &file);

	if (heard == HEARD)
		*out = file.facts;
	return heard;
}

static enum heard
part_list(struct volume *v, const char *path, struct file_list *out)
{
	struct part_volume *p = part_of(v);
	struct image_reply r;
	enum heard heard = put_path(p, IMAGE_LIST, path, &r);

	if (heard == HEARD && !image_list_read(r.body, out)) {
		file_list_free(out);
		heard = nonsense(p, path);
	}
	buf_free(&r.bytes);
	return heard;
}

static enum heard
part_security(struct volume *v, const char *path, struct buf *out)
{
	struct part_volume *p = part_of(v);
	struct image_reply r;

	if (!v->can.file_security && !p->because[0])
		return volume_because(
		    v, NOT_ASKED, "%s does not keep who may open a file", v->called);
	enum heard heard = put_path(p, IMAGE_SECURITY, path, &r);
	if (heard == HEARD) {
		buf_put(out, r.body.at, r.body.left);
		if (out->bad)
			heard = volume_because(v, NOT_ASKED, "out of memory");
	}
	buf_free(&r.bytes);
	return heard;
}

static enum heard
part_open(struct volume *v, const char *path, struct machine_file *out)
{
	struct image_file file;
	enum heard heard = find(v, path, &file);

	if (heard != HEARD)
		return heard;
	*out = (struct machine_file){ file.facts.size, file.number };
	return because(part_of(v), path, &file.content);
}

/* One answer's worth, at most; *got 0 at the end of the file. */
static enum heard
read_block(struct part_volume *p, const struct machine_file *f, uint64_t offset,
           struct image_reply *r, size_t len)
{
	struct image_question q = { .ask = IMAGE_READ, .file = f->handle };
	char what[48];

	q.offset = offset;
	q.len = len < IMAGE_READ_MOST ? (uint32_t)len : IMAGE_READ_MOST;
	(void)snprintf(what, sizeof what, "byte %llu of a file",
	               (unsigned long long)offset);
	enum heard heard = put(p, &q, what, r);
	if (heard == HEARD && r->body.left > q.len)
		return nonsense(p, what);
	return heard;
}

static enum heard
part_read(struct volume *v, const struct machine_file *f, struct machine_want want,
          size_t *got)
{
	enum heard heard = HEARD;

	*got = 0;
	while (heard == HEARD && *got < want.len && want.offset + *got < f->size) {
		struct image_reply r;

		heard = read_block(part_of(v), f, want.offset + *got, &r,
		                   want.len - *got);
		size_t came = heard == HEARD ? r.body.left : 0;
		if (came > 0)
			memcpy((char *)want.to + *got, r.body.at, came);
		*got += came;
		buf_free(&r.bytes);
		if (heard == HEARD && came == 0)
			heard = nonsense(part_of(v), "a file");
	}
	return heard;
}

static void
part_close(struct volume *v, struct machine_file *f)
{
	(void)v;
	(void)f; /* the child closes what was not read for a while */
}

/* Copies the file into `fd`. */
static enum heard
copy(struct volume *v, const struct machine_file *f, int fd)
{
	OWN(own_mem) uint8_t *block = malloc(IMAGE_READ_MOST);
	enum heard heard = HEARD;
	size_t got = 0;

	if (!block)
		return volume_because(v, NOT_ASKED, "out of memory");
	for (uint64_t at = 0; at < f->size && heard == HEARD; at += got) {
		heard = part_read(
		    v, f, (struct machine_want){ at, block, IMAGE_READ_MOST }, &got);
		if (heard == HEARD && !write_all(fd, span_of(block, got)))
			heard = volume_because(v, NOT_ASKED, "out of memory");
	}
	return heard;
}

static enum heard
part_descriptor(struct volume *v, const struct machine_file *f, uint64_t most, int *fd)
{
	if (f->size > most)
		return volume_because(
		    v, NOT_ASKED,
		    "a file of %llu bytes in %s is larger than what is "
		    "looked through, %llu bytes",
		    (unsigned long long)f->size, v->called, (unsigned long long)most);
	int memory = memfd_create("confine", MFD_CLOEXEC);
	if (memory < 0)
		return volume_because(v, NOT_ASKED, "out of memory");
	enum heard heard = copy(v, f, memory);
	if (heard == HEARD)
		*fd = memory;
	else
		close(memory);
	return heard;
}

static void
part_place(struct volume *v, struct volume_place *out)
{
	const struct part_volume *p = part_of(v);
	const struct image_parts *parts = image_parts(p->image);

	*out = (struct volume_place){
		.root = -1,
		.is_raw = parts->media == IMAGE_RAW,
		.is_ntfs = parts->at[p->part].is == IMAGE_PART_NTFS,
		.offset = parts->at[p->part].offset,
	};
}

static void
part_free(struct volume *v)
{
	image_drop(part_of(v)->image);
	free(v);
}

static const struct volume_ops part_ops = {
	.stat = part_stat,
	.list = part_list,
	.security = part_security,
	.open = part_open,
	.read = part_read,
	.close = part_close,
	.descriptor = part_descriptor,
	.free = part_free,
	.place = part_place,
};

/* ---- opening */

/* "partition 2 of disk.img", or the name of the image where it is one volume. */
static void
name_part(char *to, size_t room, const struct image *i, size_t part)
{
	unsigned number = image_parts(i)->at[part].number;

	if (image_parts(i)->table == IMAGE_NO_TABLE)
		(void)text_copy(to, room, image_called(i));
	else
		(void)snprintf(to, room, "partition %u of %.90s", number,
		               image_called(i));
}

/* Why nothing of a part can be read; NULL where it can. */
static const char *
why_unreadable(const struct image_part *p)
{
	switch (p->is) {
	case IMAGE_PART_BITLOCKER:
		return "this volume is encrypted (BitLocker); unlock it on its "
		       "machine, or make an image of it unlocked";
	case IMAGE_PART_BEYOND:
		return "this volume begins behind the end of the image, which was cut "
		       "short; copy the disk again, whole";
	case IMAGE_PART_BROKEN:
		return p->is_cut
		           ? "the file system of this volume cannot be read, as "
		             "the image was cut short; copy the disk again, whole"
		           : "no NTFS or FAT file system can be read on this "
		             "volume: damaged, or encrypted; run chkdsk on a copy";
	default: return NULL;
	}
}

static bool
is_volume(const struct image_part *p)
{
	return p->is != IMAGE_PART_OTHER && p->is != IMAGE_PART_EMPTY;
}

static struct volume *
volume_of(struct image *i, size_t part)
{
	const struct image_part *is = &image_parts(i)->at[part];
	const char *unreadable = why_unreadable(is);
	bool is_ntfs = is->is == IMAGE_PART_NTFS;
	struct part_volume *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->image = image_hold(i);
	p->part = (uint8_t)part;
	p->volume.ops = &part_ops;
	p->volume.can = (struct machine_can){
		.attributes = true,
		.times = is_ntfs,
		.name_times = is_ntfs,
		.file_security = is_ntfs,
	};
	name_part(p->volume.called, sizeof p->volume.called, i, part);
	if (unreadable)
		(void)snprintf(p->because, sizeof p->because, "%s: %s",
		               p->volume.called, unreadable);
	return &p->volume;
}

/* Adds a sentence to those that there are; what does not fit is left out. */
static void
note(char why[WHY_ROOM], const struct image *i, size_t part, const char *what)
{
	char words[WHY_ROOM];
	char called[128];
	size_t len = strlen(why);

	name_part(called, sizeof called, i, part);
	(void)snprintf(words, sizeof words, "%s%s %s", len > 0 ? "; " : "", called,
	               what);
	if (len + strlen(words) < WHY_ROOM)
		(void)text_copy_utf8(why + len, WHY_ROOM - len, words);
}

/* What is passed over, or not all there. */
static void
note_part(char why[WHY_ROOM], const struct image *i, size_t part)
{
	const struct image_part *p = &image_parts(i)->at[part];

	if (p->is == IMAGE_PART_OTHER)
		note(why, i, part, "has a file system that is not Windows'");
	else if (p->is_cut && is_volume(p) && !why_unreadable(p))
		note(why, i, part, "is not whole: the image ends before it does");
}

static enum err
add_volumes(struct image *i, struct volume **out, size_t most, size_t *count,
            char why[WHY_ROOM])
{
	const struct image_parts *parts = image_parts(i);

	for (size_t part = 0; part < parts->count; part++) {
		note_part(why, i, part);
		if (!is_volume(&parts->at[part]))
			continue;
		if (*count == most || parts->more)
			return image_refuse(
			    why, image_called(i),
			    "a disk of more volumes than are looked at; "
			    "name an image of that which Windows is on");
		out[*count] = volume_of(i, part);
		if (!out[*count])
			return ERR_MEMORY;
		*count += 1;
	}
	if (*count > 0)
		return OK;
	return image_refuse(why, image_called(i),
	                    "a disk without an NTFS or FAT volume; name that which "
	                    "Windows is on");
}

enum err
volume_image_open(const char *path, struct volume **out, size_t most, size_t *count,
                  char why[WHY_ROOM])
{
	struct image *i = NULL;

	*count = 0;
	why[0] = '\0';
	TRY(image_open(path, &i, why));
	const struct image_parts *parts = image_parts(i);
	enum err err = OK;
	if (parts->count > 0)
		err = add_volumes(i, out, most, count, why);
	else if (parts->table != IMAGE_NO_TABLE)
		err = image_refuse(why, path,
		                   "its table of partitions is damaged; copy the disk "
		                   "again, or name an image of one partition");
	else
		(void)image_refuse(why, path,
		                   "no image of a disk: it begins with neither a "
		                   "table of partitions nor an NTFS or FAT file "
		                   "system");
	while (err != OK && *count > 0)
		volume_free(out[--*count]);
	image_drop(i);
	return err;
}
