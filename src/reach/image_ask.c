#include "reach/image_ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool
span_flag(struct span *s)
{
	return span_u8(s) != 0;
}

/* ---- questions, and how an answer begins */

void
image_question_write(struct buf *b, const struct image_question *q)
{
	buf_u8(b, (uint8_t)q->ask);
	buf_u8(b, q->volume);
	buf_le64(b, q->file);
	buf_le64(b, q->offset);
	buf_le32(b, q->len);
	buf_put(b, q->path.at, q->path.left);
}

bool
image_question_read(struct span s, struct image_question *out)
{
	out->ask = span_u8(&s);
	out->volume = span_u8(&s);
	out->file = span_le64(&s);
	out->offset = span_le64(&s);
	out->len = span_le32(&s);
	out->path = s;
	return !s.bad;
}

void
image_head_write(struct buf *b, const struct image_head *h)
{
	buf_u8(b, (uint8_t)h->said);
	buf_le32(b, h->code);
}

bool
image_head_read(struct span *s, struct image_head *out)
{
	out->said = span_u8(s);
	out->code = span_le32(s);
	return !s->bad && out->said >= IMAGE_FINE && out->said <= IMAGE_SAID_LAST;
}

/* ---- the parts of a disk */

void
image_parts_write(struct buf *b, const struct image_parts *parts)
{
	buf_u8(b, (uint8_t)parts->media);
	buf_u8(b, (uint8_t)parts->table);
	buf_le64(b, parts->size);
	buf_u8(b, parts->more);
	buf_u8(b, (uint8_t)parts->count);
	for (size_t i = 0; i < parts->count; i++) {
		const struct image_part *p = &parts->at[i];

		buf_u8(b, (uint8_t)p->is);
		buf_le32(b, p->code);
		buf_le16(b, p->number);
		buf_le64(b, p->offset);
		buf_le64(b, p->len);
		buf_u8(b, p->is_cut);
	}
}

static bool
part_read(struct span *s, struct image_part *p)
{
	p->is = span_u8(s);
	p->code = span_le32(s);
	p->number = span_le16(s);
	p->offset = span_le64(s);
	p->len = span_le64(s);
	p->is_cut = span_flag(s);
	return !s->bad && p->is >= IMAGE_PART_NTFS && p->is <= IMAGE_PART_LAST;
}

bool
image_parts_read(struct span s, struct image_parts *out)
{
	*out = (struct image_parts){ .count = 0 };
	out->media = span_u8(&s);
	out->table = span_u8(&s);
	out->size = span_le64(&s);
	out->more = span_flag(&s);
	size_t count = span_u8(&s);
	if (s.bad || count > IMAGE_PARTS_MOST || out->media < IMAGE_RAW ||
	    out->media > IMAGE_EWF || out->table < IMAGE_NO_TABLE ||
	    out->table > IMAGE_GPT)
		return false;
	while (out->count < count) {
		if (!part_read(&s, &out->at[out->count]))
			return false;
		out->count++;
	}
	return s.left == 0;
}

/* ---- a file */

static void
times_write(struct buf *b, const struct file_times *t)
{
	buf_le64(b, t->created);
	buf_le64(b, t->written);
	buf_le64(b, t->changed);
	buf_le64(b, t->read);
}

static void
times_read(struct span *s, struct file_times *t)
{
	t->created = span_le64(s);
	t->written = span_le64(s);
	t->changed = span_le64(s);
	t->read = span_le64(s);
}

void
image_file_write(struct buf *b, const struct image_file *file)
{
	const struct file_facts *f = &file->facts;

	buf_le64(b, file->number);
	image_head_write(b, &file->content);
	buf_u8(b, f->is_folder);
	buf_u8(b, f->is_link);
	buf_u8(b, f->is_other);
	buf_le64(b, f->size);
	buf_u8(b, f->has_attributes);
	buf_le32(b, f->attributes);
	buf_u8(b, f->has_times);
	times_write(b, &f->times);
	buf_u8(b, f->has_name_times);
	times_write(b, &f->name_times);
}

bool
image_file_read(struct span s, struct image_file *out)
{
	struct file_facts *f = &out->facts;

	*out = (struct image_file){ .number = 0 };
	out->number = span_le64(&s);
	bool is_known = image_head_read(&s, &out->content);
	f->is_folder = span_flag(&s);
	f->is_link = span_flag(&s);
	f->is_other = span_flag(&s);
	f->size = span_le64(&s);
	f->has_attributes = span_flag(&s);
	f->attributes = span_le32(&s);
	f->has_times = span_flag(&s);
	times_read(&s, &f->times);
	f->has_name_times = span_flag(&s);
	times_read(&s, &f->name_times);
	return is_known && !s.bad && s.left == 0 && f->size <= INT64_MAX;
}

/* ---- the names in a folder */

/* Flags, size and a length come before each name. */
#define NAME_HEAD (1 + 1 + 8 + 2)

void
image_name_write(struct buf *b, const struct image_name *n)
{
	size_t len = strlen(n->name);

	buf_u8(b, n->is_folder);
	buf_u8(b, n->is_file);
	buf_le64(b, n->size);
	buf_le16(b, (uint16_t)len);
	buf_put(b, n->name, len);
}

/* One that could be a file's: not empty, not too long, UTF-8, without a zero. */
static bool
name_is_sound(struct span name)
{
	char text[NAME_ROOM + 1] = { 0 };
	char as_utf8[NAME_ROOM];

	if (name.bad || name.left == 0 || name.left >= NAME_ROOM)
		return false;
	(void)span_copy(name, text, NAME_ROOM);
	return strlen(text) == name.left &&
	       text_copy_utf8(as_utf8, sizeof as_utf8, text) &&
	       strcmp(text, as_utf8) == 0;
}

/* Counts the names and the room that they take; false where one is not sound. */
static bool
list_measure(struct span s, size_t *count, size_t *room)
{
	*count = 0;
	*room = 0;
	while (s.left > 0) {
		(void)span_cut(&s, NAME_HEAD - 2);
		size_t len = span_le16(&s);
		struct span name = span_cut(&s, len);

		if (s.bad || !name_is_sound(name))
			return false;
		*count += 1;
		*room += len + 1;
	}
	return true;
}

static void
list_fill(struct span s, struct file_entry *to, char *names)
{
	while (s.left > 0) {
		to->is_folder = span_flag(&s);
		to->is_file = span_flag(&s);
		to->size = span_le64(&s);
		size_t len = span_le16(&s);
		(void)span_copy(span_cut(&s, len), names, len);
		names[len] = '\0';
		to->name = names;
		names += len + 1;
		to++;
	}
}

bool
image_list_read(struct span s, struct file_list *out)
{
	size_t count = 0;
	size_t room = 0;

	if (!list_measure(s, &count, &room))
		return false;
	/* The entries, then the names that they point to. */
	size_t entries = count * sizeof(struct file_entry);
	buf_init(&out->memory, entries + room + 1);
	buf_zero(&out->memory, entries + room + 1);
	if (out->memory.bad)
		return false;
	struct file_entry *at = (void *)out->memory.at;
	list_fill(s, at, (char *)out->memory.at + entries);
	out->at = at;
	out->count = count;
	return true;
}
