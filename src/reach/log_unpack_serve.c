/*
 * Of what nobody wants only a zip's members are skipped by their length; all else has
 * to be unpacked to find its end, which can take long, and so is done in parts.
 */
#include "reach/log_unpack_serve.h"

#include <errno.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reach/archive_library.h"
#include "sys/clock.h"

#define BLOCK (128u << 10)
#define PASSING_MS 40

/* How the file at hand goes on. */
enum rest {
	REST_NONE, /* it is at its end, or there is none */
	REST_MORE,
	REST_BROKEN,
};

struct server {
	struct archive *a;
	int fd;
	int64_t at; /* in what is unpacked */
	enum rest rest;
	struct span ready; /* of the file at hand, and unpacked */
	uint64_t hole;     /* zeros before that */
	uint64_t file_at;  /* where in the file it ends */
	struct buf out;
	uint8_t block[BLOCK];
	uint8_t piece[UNPACK_PIECE];
};

bool
unpack_answer_read(struct span s, struct unpack_answer *out)
{
	*out = (struct unpack_answer){ .said = span_u8(&s) };
	if (out->said == UNPACK_SAID_FILE) {
		out->is_encrypted = span_u8(&s) != 0;
		out->has_no_name = span_u8(&s) != 0;
	}
	out->bytes = s;
	return !s.bad && out->said >= UNPACK_SAID_FILE &&
	       out->said < UNPACK_SAID_COUNT && s.left <= UNPACK_PIECE;
}

/* ---- the file that is unpacked */

static ssize_t
read_block(struct archive *a, void *with, const void **block)
{
	struct server *s = with;
	ssize_t got = 0;

	(void)a;
	do {
		got = pread(s->fd, s->block, sizeof s->block, (off_t)s->at);
	} while (got < 0 && errno == EINTR);
	*block = s->block;
	s->at += got > 0 ? got : 0;
	return got;
}

/* Past the end there is nothing to read, and that is told then. */
static int64_t
skip(struct archive *a, void *with, int64_t bytes)
{
	struct server *s = with;

	(void)a;
	if (bytes < 0 || bytes > INT64_MAX - s->at)
		return 0;
	s->at += bytes;
	return bytes;
}

static int64_t
seek(struct archive *a, void *with, int64_t offset, int whence)
{
	struct server *s = with;
	int64_t from = whence == SEEK_CUR ? s->at : 0;
	int64_t to = 0;

	(void)a;
	if (whence == SEEK_END)
		from = lseek(s->fd, 0, SEEK_END);
	if (from < 0 || __builtin_add_overflow(from, offset, &to) || to < 0)
		return ARCHIVE_FATAL;
	s->at = to;
	return to;
}

static bool
begin(struct server *s)
{
	struct archive *a = archive.read_new();

	s->a = a;
	return a && archive.read_support_filter_bzip2(a) == ARCHIVE_OK &&
	       archive.read_support_filter_gzip(a) == ARCHIVE_OK &&
	       archive.read_support_filter_xz(a) == ARCHIVE_OK &&
	       archive.read_support_filter_zstd(a) == ARCHIVE_OK &&
	       archive.read_support_format_7zip(a) == ARCHIVE_OK &&
	       archive.read_support_format_rar(a) == ARCHIVE_OK &&
	       archive.read_support_format_rar5(a) == ARCHIVE_OK &&
	       archive.read_support_format_raw(a) == ARCHIVE_OK &&
	       archive.read_support_format_tar(a) == ARCHIVE_OK &&
	       archive.read_support_format_zip(a) == ARCHIVE_OK &&
	       archive.read_set_callback_data(a, s) == ARCHIVE_OK &&
	       archive.read_set_read_callback(a, read_block) == ARCHIVE_OK &&
	       archive.read_set_skip_callback(a, skip) == ARCHIVE_OK &&
	       archive.read_set_seek_callback(a, seek) == ARCHIVE_OK;
}

/* ---- answers */

static void
say(struct server *s, enum unpack_said said)
{
	buf_clear(&s->out);
	buf_u8(&s->out, (uint8_t)said);
}

/* As much of a text as there is a use for. */
static void
say_text(struct server *s, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (text)
		buf_put(&s->out, text, len < UNPACK_NAME_MOST ? len : UNPACK_NAME_MOST);
}

static void
say_broken(struct server *s)
{
	say(s, UNPACK_SAID_BROKEN);
	say_text(s, archive.error_string(s->a));
}

static bool
is_raw(const struct server *s)
{
	return archive.format(s->a) == ARCHIVE_FORMAT_RAW;
}

static void
say_file(struct server *s, struct archive_entry *e)
{

	const char *name = archive.entry_pathname(e);

	s->rest = REST_MORE;
	s->file_at = 0;
	say(s, UNPACK_SAID_FILE);
	buf_u8(&s->out, archive.entry_is_data_encrypted(e) != 0);
	buf_u8(&s->out, is_raw(s));
	say_text(s, name ? name : "(a name that is none)");
}

/* Everything is a raw file to the library: it is one when it was packed. */
static bool
is_packed(const struct server *s)
{
	return !is_raw(s) || archive.filter_count(s->a) > 1;
}

/* Folders, links and the like have no bytes. */
static void
say_next(struct server *s)
{
	struct archive_entry *e = NULL;
	int64_t deadline_ms = clock_steady() + PASSING_MS;
	int got = ARCHIVE_RETRY;

	s->rest = REST_NONE;
	s->ready = span_of(NULL, 0);
	s->hole = 0;
	while (clock_steady() < deadline_ms) {
		got = archive.read_next_header(s->a, &e);
		if (got == ARCHIVE_EOF || got == ARCHIVE_FATAL || !is_packed(s))
			break;
		if (got >= ARCHIVE_WARN && archive.entry_filetype(e) == AE_IFREG) {
			say_file(s, e);
			return;
		}
	}
	if (got == ARCHIVE_FATAL)
		say_broken(s);
	else if (got == ARCHIVE_EOF)
		say(s, UNPACK_SAID_END);
	else
		say(s, is_packed(s) ? UNPACK_SAID_PASSING : UNPACK_SAID_BROKEN);
}

/* Bytes that do not fit their checksum are worth having; after them it is over. */
static void
unpack(struct server *s)
{
	const void *bytes = NULL;
	size_t len = 0;
	int64_t at = 0;
	int got = archive.read_data_block(s->a, &bytes, &len, &at);

	if (got == ARCHIVE_RETRY)
		return;
	if (got == ARCHIVE_EOF)
		s->rest = REST_NONE;
	else if (got != ARCHIVE_OK)
		s->rest = REST_BROKEN;
	if (got == ARCHIVE_EOF || got == ARCHIVE_FATAL || len == 0 || at < 0)
		return;
	s->ready = span_of(bytes, len);
	s->hole = (uint64_t)at > s->file_at ? (uint64_t)at - s->file_at : 0;
	s->file_at += s->hole + len;
}

/* Takes what is ready, as far as there is room for it. */
static size_t
take_ready(struct server *s, uint8_t *to, size_t room)
{
	size_t zeros = s->hole < room ? (size_t)s->hole : room;
	struct span rest = s->ready;

	memset(to, 0, zeros);
	s->hole -= zeros;
	size_t len = span_copy(rest, to + zeros, room - zeros);
	(void)span_cut(&s->ready, len);
	return zeros + len;
}

/* The next piece; less than a whole one only at the end, or where it breaks off. */
static size_t
read_piece(struct server *s)
{
	size_t len = take_ready(s, s->piece, sizeof s->piece);

	while (s->rest == REST_MORE && len < sizeof s->piece) {
		unpack(s);
		len += take_ready(s, s->piece + len, sizeof s->piece - len);
	}
	return len;
}

/* Is something of the file at hand left? */
static bool
has_more(const struct server *s)
{
	return s->rest == REST_MORE || s->ready.left > 0 || s->hole > 0;
}

/* What came before it broke off is worth having. */
static void
say_bytes(struct server *s)
{
	size_t len = read_piece(s);

	if (len > 0) {
		say(s, UNPACK_SAID_BYTES);
		buf_put(&s->out, s->piece, len);
	} else if (s->rest == REST_BROKEN) {
		say_broken(s);
	} else {
		say(s, UNPACK_SAID_END);
	}
}

/* False: it takes longer. */
static bool
pass_rest(struct server *s)
{
	int64_t deadline_ms = clock_steady() + PASSING_MS;
	int format = archive.format(s->a) & ARCHIVE_FORMAT_BASE_MASK;

	while (format != ARCHIVE_FORMAT_ZIP && has_more(s) &&
	       clock_steady() < deadline_ms)
		(void)read_piece(s);
	return format == ARCHIVE_FORMAT_ZIP || !has_more(s);
}

static bool
answer(struct server *s, uint8_t question)
{
	if (question == UNPACK_BYTES)
		say_bytes(s);
	else if (question == UNPACK_NEXT && !pass_rest(s))
		say(s, UNPACK_SAID_PASSING);
	else if (question == UNPACK_NEXT)
		say_next(s);
	else
		return false;
	return !s->out.bad;
}

int
log_unpack_serve(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct server *s = calloc(1, sizeof *s);
	struct span asked;

	if (!s || in_count != 1)
		return 1;
	if (arg)
		(void)uselocale(arg);
	s->fd = in_fds[0];
	buf_init(&s->out, UNPACK_ANSWER_MOST);
	if (!begin(s))
		return 1;
	bool is_open = archive.read_open1(s->a) == ARCHIVE_OK;
	while (cage_hear(line, &asked)) {
		if (is_open && !answer(s, span_u8(&asked)))
			return 1;
		if (!is_open)
			say_broken(s);
		if (!cage_say(line, buf_span(&s->out)))
			return 1;
	}
	return 0; /* the system takes back what is there */
}
