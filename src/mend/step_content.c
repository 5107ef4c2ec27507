/*
 * The content of files on its way into the journal and out of it: in constant memory,
 * however large they are.
 */
#include <errno.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "mend/step_parts.h"
#include "sys/write_all.h"

#define BLOCK (256u << 10)

/* Holes are made where whole pieces of this size are zero: a cluster's usual one. */
#define HOLE 4096u

static enum err
goes_on(struct stage *stage, uint64_t done, uint64_t total)
{
	if (!stage->goes_on ||
	    stage->goes_on(stage->goes_with, "keeping files", done, total))
		return OK;
	return step_refuse(stage, "you have stopped it");
}

static void
hash_text(struct sha256_ctx *hash, char sha256[SHA256_TEXT])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(hash, sizeof digest, digest);
	text_hex(sha256, SHA256_TEXT, span_of(digest, sizeof digest));
}

/* Up to a block; 0 at the end, -1 and errno. */
static ssize_t
read_block(int fd, uint8_t *block)
{
	for (;;) {
		ssize_t got = read(fd, block, BLOCK);

		if (got >= 0 || errno != EINTR)
			return got;
	}
}

enum err
step_pour(struct stage *stage, const char *path, int fd, struct part_writer *to,
          char sha256[SHA256_TEXT])
{
	OWN(own_mem) uint8_t *block = malloc(BLOCK);
	struct sha256_ctx hash;
	struct stat s;
	uint64_t done = 0;

	if (!block)
		return ERR_MEMORY;
	if (fstat(fd, &s) != 0)
		return step_because(stage, "read", path, errno);
	sha256_init(&hash);
	for (;;) {
		ssize_t got = read_block(fd, block);

		if (got < 0)
			return step_because(stage, "read", path, errno);
		if (got == 0)
			break;
		sha256_update(&hash, (size_t)got, block);
		if (to)
			TRY(step_of_journal(
			    stage, part_write(to, span_of(block, (size_t)got))));
		done += (uint64_t)got;
		TRY(goes_on(stage, done, (uint64_t)s.st_size));
	}
	hash_text(&hash, sha256);
	return OK;
}

enum err
step_same_content(struct stage *stage, int fd, const struct step_row *row, int part,
                  bool *same)
{
	struct part_reader *reader = NULL;
	char kept[SHA256_TEXT] = "";
	char now[SHA256_TEXT] = "";
	struct stat s;

	TRY(step_of_journal(stage,
	                    journal_part_open(stage->journal, row->id, part, &reader)));
	if (!reader)
		return step_refuse(stage, "the journal lacks the content of %s",
		                   row->path);
	(void)text_copy(kept, sizeof kept, part_sha256(reader));
	uint64_t len = part_len(reader);
	part_close(reader);
	*same = fstat(fd, &s) == 0 && (uint64_t)s.st_size == len;
	if (!*same)
		return OK;
	TRY(step_pour(stage, row->path, fd, NULL, now));
	*same = strcmp(kept, now) == 0;
	return OK;
}

enum err
place_has_content(struct place *p, bool *same)
{
	int fd = -1;

	*same = false;
	if (!S_ISREG(p->spot.stat.st_mode))
		return OK;
	TRY(spot_open(p->stage, &p->spot, &fd));
	enum err err = step_same_content(p->stage, fd, p->row, 0, same);
	close(fd);
	return err;
}

/* ---- out of the journal */

static enum err
write_piece(const struct place *p, int fd, struct span s, uint64_t at)
{
	return write_all_at(fd, s, at)
	           ? OK
	           : step_because(p->stage, "write", p->spot.path, errno);
}

/* What is not zero, in pieces. */
static enum err
write_around_holes(struct place *p, int fd, struct span s, uint64_t at)
{
	while (s.left > 0) {
		struct span piece = span_cut(&s, s.left < HOLE ? s.left : HOLE);

		if (!span_is_zero(piece))
			TRY(write_piece(p, fd, piece, at));
		at += piece.left;
	}
	return OK;
}

/* Whole blocks, so that holes are found where they were. */
static enum err
take_block(struct part_reader *reader, uint8_t *block, size_t *len)
{
	size_t got = 1;

	for (*len = 0; *len < BLOCK && got > 0; *len += got)
		TRY(part_read(reader, block + *len, BLOCK - *len, &got));
	return OK;
}

static enum err
fill_from(struct place *p, int fd, struct part_reader *reader, bool with_holes)
{
	OWN(own_mem) uint8_t *block = malloc(BLOCK);
	uint64_t at = 0;
	size_t len = 0;

	if (!block)
		return ERR_MEMORY;
	do {
		TRY(step_of_journal(p->stage, take_block(reader, block, &len)));
		struct span s = span_of(block, len);

		if (with_holes)
			TRY(write_around_holes(p, fd, s, at));
		else
			TRY(write_piece(p, fd, s, at));
		at += len;
	} while (len == BLOCK);
	if (with_holes && ftruncate(fd, (off_t)at) != 0)
		return step_because(p->stage, "write", p->spot.path, errno);
	return OK;
}

enum err
step_fill(struct place *p, int fd, int part, bool with_holes)
{
	struct part_reader *reader = NULL;

	TRY(step_of_journal(
	    p->stage, journal_part_open(p->stage->journal, p->row->id, part, &reader)));
	if (!reader)
		return step_refuse(p->stage, "the journal lacks the content of %s",
		                   p->row->path);
	step_may_write(p->stage, p->row);
	enum err err = fill_from(p, fd, reader, with_holes);
	part_close(reader);
	return err;
}
