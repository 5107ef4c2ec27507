/*
 * The parent's end of the conversation with the child that decodes an image.  What
 * comes back is read as foreign bytes (image_ask.h): an image may be made to take
 * the decoder over.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "reach/cage_utc.h"
#include "reach/image.h"
#include "reach/image_input.h"
#include "reach/image_library.h"
#include "reach/image_serve.h"

#define SECONDS_MOST 60
#define MEMORY_MOST (1u << 30) /* the table of a large E01 is long */

/* How many decoders may be lost before we give up.  One that hangs costs a minute. */
#define LOSSES_MOST 8
#define COST_OF_DEATH 1
#define COST_OF_HANGING 4

struct image {
	struct cage *cage; /* NULL: it is to be started */
	struct image_input input;
	locale_t letters;
	unsigned holders;
	unsigned losses;
	bool is_known; /* the parts are */
	char called[128];
	struct image_parts parts;
};

/* ---- the child */

/* libtsk counts FAT times with the C library's calendar. */
static enum err
start(struct image *i)
{
	struct cage_service service = {
		.serve = image_serve,
		.in_count = i->input.count,
		.arg = i->letters,
		.limits = { SECONDS_MOST, MEMORY_MOST, IMAGE_ANSWER_MOST },
	};

	memcpy(service.in_fds, i->input.fds, sizeof service.in_fds);
	return cage_start_in_utc(&service, &i->cage);
}

/* The child is gone, or none could be had. */
static enum heard
lose(struct image *i, enum err err, enum heard heard, char why[WHY_ROOM])
{
	int number = errno;

	cage_end(i->cage);
	i->cage = NULL;
	if (err != OK) {
		(void)image_refuse(why, i->called,
		                   err == ERR_SYSTEM ? strerror(number)
		                                     : "out of memory");
		return NOT_ASKED;
	}
	i->losses += heard == HEARD_NOTHING ? COST_OF_HANGING : COST_OF_DEATH;
	(void)image_refuse(
	    why, i->called,
	    heard == HEARD_NOTHING
		? "reading it took longer than a minute; the image is damaged "
		  "there, or made to hold us up"
		: "the program that decodes it gave up; the image is damaged");
	return HEARD_ODD;
}

static enum heard
ask_child(struct image *i, const struct image_question *q, struct image_reply *r)
{
	struct buf question;
	enum heard heard = HEARD_ODD;
	enum err err = ERR_MEMORY;

	buf_clear(&r->bytes);
	buf_init(&question, 1 << 16);
	image_question_write(&question, q);
	if (!question.bad)
		err = cage_ask(i->cage, buf_span(&question), &r->bytes, &heard);
	buf_free(&question);
	if (err != OK || heard != HEARD)
		return lose(i, err, heard, r->why);
	r->body = buf_span(&r->bytes);
	if (!image_head_read(&r->body, &r->head))
		return lose(i, OK, HEARD_ODD, r->why);
	return HEARD;
}

/* Starts a child and hears of the disk: of a later one, the same as of the first. */
static enum heard
begin(struct image *i, struct image_reply *r)
{
	struct image_question q = { .ask = IMAGE_OPEN };
	struct image_parts parts;

	enum err err = start(i);
	if (err != OK)
		return lose(i, err, HEARD_ODD, r->why);
	enum heard heard = ask_child(i, &q, r);
	if (heard != HEARD || r->head.said != IMAGE_FINE)
		return heard;
	if (!image_parts_read(r->body, &parts) ||
	    (i->is_known && parts.count != i->parts.count))
		return lose(i, OK, HEARD_ODD, r->why);
	i->parts = parts;
	i->is_known = true;
	return HEARD;
}

enum heard
image_put(struct image *i, const struct image_question *q, struct image_reply *r)
{
	buf_init(&r->bytes, IMAGE_ANSWER_MOST);
	if (!i->cage && i->losses >= LOSSES_MOST) {
		(void)image_refuse(
		    r->why, i->called,
		    "reading it failed too often; copy it again, or repair it");
		return HEARD_ODD;
	}
	if (!i->cage) {
		enum heard heard = begin(i, r);

		if (heard != HEARD || r->head.said != IMAGE_FINE)
			return heard;
	}
	return ask_child(i, q, r);
}

/* ---- holding one */

const struct image_parts *
image_parts(const struct image *i)
{
	return &i->parts;
}

const char *
image_called(const struct image *i)
{
	return i->called;
}

locale_t
image_letters(const struct image *i)
{
	return i->letters;
}

struct image *
image_hold(struct image *i)
{
	i->holders++;
	return i;
}

void
image_drop(struct image *i)
{
	if (!i || --i->holders > 0)
		return;
	cage_end(i->cage);
	image_input_close(&i->input);
	if (i->letters)
		freelocale(i->letters);
	free(i);
}

/* What a container that cannot be opened is, and what to do. */
static const char *
media_refused(const struct image_head *head)
{
	if (head->said == IMAGE_DIFFERENCE)
		return "a virtual disk that holds only what differs from another; "
		       "merge it into that (Hyper-V: Edit Disk, Merge), then look "
		       "again";
	if (head->code == IMAGE_VHD)
		return "a virtual disk (VHD) that is damaged or cut short; copy it "
		       "again";
	if (head->code == IMAGE_EWF)
		return "an E01 image that is damaged, or lacks a segment (.E02 ...) "
		       "beside it; copy all of them again";
	return "it cannot be read as the image of a disk; copy it again";
}

static enum err
open_disk(struct image *i, const char *path, char why[WHY_ROOM])
{
	struct image_reply r;

	buf_init(&r.bytes, IMAGE_ANSWER_MOST);
	enum heard heard = begin(i, &r);
	buf_free(&r.bytes);
	if (heard != HEARD) {
		(void)text_copy_utf8(why, WHY_ROOM, r.why);
		return ERR_REFUSED;
	}
	if (r.head.said != IMAGE_FINE)
		return image_refuse(why, path, media_refused(&r.head));
	return OK;
}

enum err
image_open(const char *path, struct image **out, char why[WHY_ROOM])
{
	const char *last = strrchr(path, '/');
	struct image *i = calloc(1, sizeof *i);

	if (!i)
		return ERR_MEMORY;
	i->holders = 1;
	(void)text_copy_utf8(i->called, sizeof i->called, last ? last + 1 : path);
	/* Without it, letters of plain ASCII are still found in either case. */
	i->letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	enum err err = image_library_load(why);
	if (err == OK)
		err = image_input_open(path, &i->input, why);
	if (err == OK)
		err = open_disk(i, path, why);
	if (err != OK)
		image_drop(i);
	else
		*out = i;
	return err;
}
