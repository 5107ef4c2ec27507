/*
 * The streams of a file on NTFS beside its content, where the mount offers them as
 * files of their own (streams_interface=windows): of any size, each a part of the
 * step.  Through other mounts they are attributes, and in what mend/kept.h keeps.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/own.h"
#include "mend/kept_parts.h"
#include "mend/step_parts.h"

#define LIST "ntfs.streams.list"
#define STREAMS_MOST (JOURNAL_PARTS_MOST - 1)
#define READ_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static bool
are_files(const struct stage *stage)
{
	return ground_keeps(stage->ground)->streams == STREAMS_ARE_FILES;
}

/* The names follow each other, with a zero between them. */
enum err
streams_list(struct stage *stage, const struct spot *s, struct buf *out)
{
	OWN(own_mem) char *list = malloc(KEPT_XATTR_MOST);
	size_t count = 0;

	if (!are_files(stage))
		return OK;
	if (!list)
		return ERR_MEMORY;
	ssize_t len = getxattr(kept_path_of(s->thing).text, LIST, list,
	                       KEPT_XATTR_MOST);
	if (len < 0)
		return step_because(stage, "list the streams of", s->path, errno);
	for (size_t at = 0; at < (size_t)len; count++) {
		size_t name = strnlen(list + at, (size_t)len - at);

		buf_put(out, list + at, name);
		buf_u8(out, 0);
		at += name + 1;
	}
	if (count > STREAMS_MOST)
		return step_refuse(stage,
		                   "%s has more than %d streams, which is more than is "
		                   "kept; find out what they are, and remove them",
		                   s->path, STREAMS_MOST);
	return out->bad ? ERR_MEMORY : OK;
}

/* The next name of a list; false at its end. */
static bool
next_name(struct span *names, char to[NAME_ROOM])
{
	size_t len = span_find(*names, "", 1);

	if (len == SIZE_MAX || len == 0 || len >= NAME_ROOM)
		return false;
	struct span name = span_cut(names, len + 1);
	(void)span_copy(name, to, NAME_ROOM);
	return strchr(to, '/') == NULL;
}

struct stream_path {
	char text[2 * NAME_ROOM];
};

static struct stream_path
path_of(const char *file, const char *stream)
{
	struct stream_path p;

	(void)snprintf(p.text, sizeof p.text, "%s:%s", file, stream);
	return p;
}

static enum err
keep_one(struct stage *stage, const struct step_row *row, int fd, int part)
{
	struct part_writer *writer = NULL;
	char poured[SHA256_TEXT];
	char kept[SHA256_TEXT];
	uint64_t len = 0;

	TRY(step_of_journal(
	    stage, journal_part_begin(stage->journal, row->id, part, &writer)));
	enum err err = step_pour(stage, row->path, fd, writer, poured);
	if (err != OK) {
		part_drop(writer);
		return err;
	}
	TRY(step_of_journal(stage, part_end(writer, &len, kept)));
	return strcmp(poured, kept) == 0
	           ? OK
	           : step_refuse(stage, "the journal took a stream of %s wrongly",
	                         row->path);
}

enum err
streams_keep(struct stage *stage, const struct spot *s, const struct step_row *row,
             struct span names)
{
	char name[NAME_ROOM];

	for (int part = 1; next_name(&names, name); part++) {
		int fd = openat(s->folder, path_of(s->name, name).text, READ_FLAGS);

		if (fd < 0)
			return step_because(stage, "read a stream of", s->path, errno);
		enum err err = keep_one(stage, row, fd, part);
		close(fd);
		TRY(err);
	}
	return OK;
}

enum err
streams_same(struct place *p, bool *same)
{
	struct span names = p->facts.own;
	struct buf now;
	char name[NAME_ROOM];

	*same = true;
	if (!are_files(p->stage))
		return OK;
	buf_init(&now, KEPT_XATTR_MOST);
	enum err err = streams_list(p->stage, &p->spot, &now);
	*same = err == OK && span_is(buf_span(&now), names.at, names.left);
	buf_free(&now);
	for (int part = 1; err == OK && *same && next_name(&names, name); part++) {
		int fd = openat(p->spot.folder, path_of(p->spot.name, name).text,
		                READ_FLAGS);

		if (fd < 0)
			return step_because(p->stage, "read a stream of", p->spot.path,
			                    errno);
		err = step_same_content(p->stage, fd, p->row, part, same);
		close(fd);
	}
	return err;
}

enum err
streams_fill(struct place *p)
{
	struct span names = p->facts.own;
	char name[NAME_ROOM];

	if (names.left > 0 && !are_files(p->stage))
		return step_refuse(p->stage,
		                   "%s had streams that this mount cannot put back; "
		                   "mount its volume with ntfs-3g -o "
		                   "streams_interface=windows",
		                   p->spot.path);
	for (int part = 1; next_name(&names, name); part++) {
		int fd = openat(p->spot.folder, path_of(p->facts.temporary, name).text,
		                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		                0600);

		if (fd < 0)
			return step_because(p->stage, "put back a stream of",
			                    p->spot.path, errno);
		enum err err = step_fill(p, fd, part, false);
		if (err == OK && fsync(fd) != 0)
			err = step_because(p->stage, "write a stream of", p->spot.path,
			                   errno);
		close(fd);
		TRY(err);
	}
	return OK;
}
