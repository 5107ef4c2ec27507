#include "reach/image_serve.h"

#include <stdlib.h>
#include <string.h>

#include "reach/image_folder.h"
#include "reach/image_parts.h"

/* A file that is read from, with the attribute that holds its content. */
struct opened {
	struct image_volume *volume; /* NULL: this place is free */
	uint64_t number;
	TSK_FS_FILE *file;
	const TSK_FS_ATTR *content;
	uint64_t used;
};

#define OPENED_MOST 8

struct server {
	struct media media;
	struct image_parts parts;
	struct image_volume volumes[IMAGE_PARTS_MOST];
	struct image_folders folders;
	struct opened opened[OPENED_MOST];
	uint64_t now;
};

static struct image_id
id_of(struct image_volume *v, uint64_t number)
{
	if (!v->is_ntfs)
		return (struct image_id){ .number = number };
	return (struct image_id){ number & 0xFFFFFFFFFFFFu, (uint16_t)(number >> 48) };
}

/* ---- one function a question; the body of the answer goes to `out` */

static struct image_head
open_disk(struct server *s, const int *fds, size_t count, struct buf *out)
{
	TSK_FS_INFO *found[IMAGE_PARTS_MOST] = { NULL };
	struct image_head head = { .code = 0 };

	head.said = media_open(&s->media, fds, count, &head.code);
	if (head.said != IMAGE_FINE)
		return head;
	parts_find(&s->media, &s->parts, found);
	for (size_t i = 0; i < s->parts.count; i++) {
		s->volumes[i] = (struct image_volume){
			.fs = found[i],
			.is_ntfs = s->parts.at[i].is == IMAGE_PART_NTFS,
			.is_cut = s->parts.at[i].is_cut,
		};
	}
	image_parts_write(out, &s->parts);
	return head;
}

/* Opens what is at the path; the caller closes it. */
static enum image_said
open_path(struct server *s, struct image_volume *v, struct span path,
          TSK_FS_FILE **file, uint64_t *folder)
{
	struct image_id id;
	enum image_said said = image_folders_find(&s->folders, v, path, &id, folder);

	return said == IMAGE_FINE ? image_file_open(v, id, file) : said;
}

static enum image_said
find(struct server *s, struct image_volume *v, const struct image_question *q,
     struct buf *out)
{
	TSK_FS_FILE *file = NULL;
	struct image_file facts;
	uint64_t folder = 0;
	enum image_said said = open_path(s, v, q->path, &file, &folder);

	if (said != IMAGE_FINE)
		return said;
	said = image_file_facts(v, file, folder, &facts);
	if (said == IMAGE_FINE) {
		const TSK_FS_ATTR *content = NULL;

		facts.content.said = image_file_content(v, file, &content);
		facts.content.code = v->code;
	}
	tsk.fs_file_close(file);
	if (said == IMAGE_FINE)
		image_file_write(out, &facts);
	return said;
}

/* A name whose record is not its own any more is told, as neither file nor folder. */
static void
put_name(struct image_volume *v, const struct image_folder *f, size_t at,
         struct buf *out)
{
	const struct image_folder_name *n = &f->names[at];
	struct image_name name = { .name = image_folder_name(f, n) };
	TSK_FS_FILE *file = NULL;
	struct image_file facts;

	if (image_file_open(v, n->id, &file) == IMAGE_FINE) {
		if (image_file_facts(v, file, f->number, &facts) == IMAGE_FINE) {
			bool is_file = !facts.facts.is_link && !facts.facts.is_other;

			name.is_folder = facts.facts.is_folder;
			name.is_file = is_file && !name.is_folder;
			name.size = facts.facts.size;
		}
		tsk.fs_file_close(file);
	}
	image_name_write(out, &name);
}

static enum image_said
list(struct server *s, struct image_volume *v, const struct image_question *q,
     struct buf *out)
{
	struct image_id id;
	uint64_t parent = 0;
	const struct image_folder *f = NULL;
	enum image_said said = image_folders_find(&s->folders, v, q->path, &id,
	                                          &parent);

	if (said == IMAGE_FINE)
		said = image_folders_get(&s->folders, v, id, &f);
	for (size_t i = 0; said == IMAGE_FINE && i < f->count; i++)
		put_name(v, f, i, out);
	return said;
}

static enum image_said
security(struct server *s, struct image_volume *v, const struct image_question *q,
         struct buf *out)
{
	TSK_FS_FILE *file = NULL;
	uint64_t folder = 0;
	enum image_said said = open_path(s, v, q->path, &file, &folder);

	if (said == IMAGE_FINE)
		said = image_security(v, file, out);
	if (file)
		tsk.fs_file_close(file);
	return said;
}

/* ---- reading */

static void
close_opened(struct opened *o)
{
	if (o->file)
		tsk.fs_file_close(o->file);
	*o = (struct opened){ .volume = NULL };
}

/* The place of a file that is open already, or else the longest unused one. */
static struct opened *
place_for(struct server *s, struct image_volume *v, uint64_t number)
{
	struct opened *oldest = &s->opened[0];

	for (size_t i = 0; i < OPENED_MOST; i++) {
		struct opened *o = &s->opened[i];

		if (o->volume == v && o->number == number)
			return o;
		if (o->used < oldest->used)
			oldest = o;
	}
	return oldest;
}

static enum image_said
opened_file(struct server *s, struct image_volume *v, uint64_t number,
            struct opened **out)
{
	struct opened *o = place_for(s, v, number);

	*out = o;
	o->used = ++s->now;
	if (o->volume == v && o->number == number)
		return IMAGE_FINE;
	close_opened(o);
	enum image_said said = image_file_open(v, id_of(v, number), &o->file);
	if (said == IMAGE_FINE)
		said = image_file_content(v, o->file, &o->content);
	if (said != IMAGE_FINE) {
		close_opened(o);
		return said;
	}
	o->volume = v;
	o->number = number;
	o->used = s->now;
	return IMAGE_FINE;
}

static enum image_said
read_file(struct server *s, struct image_volume *v, const struct image_question *q,
          struct buf *out)
{
	struct opened *o = NULL;
	enum image_said said = opened_file(s, v, q->file, &o);
	size_t before = out->len;

	if (said != IMAGE_FINE)
		return said;
	uint64_t size = o->content && o->content->size > 0 ? (uint64_t)o->content->size
	                                                   : 0;
	uint64_t left = q->offset < size ? size - q->offset : 0;
	size_t len = q->len < IMAGE_READ_MOST ? q->len : IMAGE_READ_MOST;
	len = len < left ? len : (size_t)left;
	if (len == 0)
		return IMAGE_FINE;
	buf_zero(out, len);
	if (out->bad)
		return IMAGE_NO_MEMORY;
	return image_attr_read(v, o->content, q->offset, out->at + before, len);
}

/* ---- the conversation */

static enum image_said
ask_volume(struct server *s, struct image_volume *v, const struct image_question *q,
           struct buf *out)
{
	switch (q->ask) {
	case IMAGE_FIND: return find(s, v, q, out);
	case IMAGE_LIST: return list(s, v, q, out);
	case IMAGE_SECURITY: return security(s, v, q, out);
	case IMAGE_READ: return read_file(s, v, q, out);
	default: return IMAGE_DAMAGED;
	}
}

static struct image_head
answer(struct server *s, const struct image_question *q, struct buf *out)
{
	struct image_head head = { .said = IMAGE_DAMAGED };

	if (q->volume >= s->parts.count || !s->volumes[q->volume].fs)
		return head;
	struct image_volume *v = &s->volumes[q->volume];
	v->code = 0;
	(void)media_forgive(&s->media.tsk);
	head.said = ask_volume(s, v, q, out);
	head.code = v->code;
	return head;
}

/* `out` begins with room for the head; a body that nobody is to read stays behind. */
static bool
say(struct cage_line *line, struct image_head head, struct buf *out)
{
	struct buf start;

	if (out->bad)
		head.said = IMAGE_TOO_LARGE;
	buf_init(&start, IMAGE_HEAD);
	image_head_write(&start, &head);
	if (head.said == IMAGE_FINE)
		memcpy(out->at, start.at, start.len);
	bool sent = cage_say(line, buf_span(head.said == IMAGE_FINE ? out : &start));
	buf_free(&start);
	return sent;
}

int
image_serve(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct server *s = calloc(1, sizeof *s);
	struct image_question q;
	struct span asked;
	struct buf out;

	if (!s)
		return 1;
	s->folders.letters = (locale_t)arg;
	buf_init(&out, IMAGE_ANSWER_MOST);
	while (cage_hear(line, &asked)) {
		buf_clear(&out);
		buf_zero(&out, IMAGE_HEAD);
		if (out.bad || !image_question_read(asked, &q))
			return 1;
		struct image_head head = q.ask == IMAGE_OPEN
		                             ? open_disk(s, in_fds, in_count, &out)
		                             : answer(s, &q, &out);
		if (!say(line, head, &out))
			return 1;
	}
	return 0; /* the system takes back what is open */
}
