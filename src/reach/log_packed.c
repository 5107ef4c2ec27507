/*
 * What is packed in something packed waits for its turn on a stack of layers, each with
 * a cage of its own.  What comes out is measured as a whole, whatever layer it is of:
 * a small file can hold more than any disk does.
 */
#include "reach/log_packed.h"

#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "reach/archive_library.h"
#include "reach/cage_utc.h"
#include "reach/log_keep.h"
#include "reach/log_known.h"
#include "reach/log_unpack_serve.h"

#define PASSINGS_MOST 45000 /* half an hour */
#define WORDS_ROOM 120
#define PATH_MOST (16u << 10)
#define SECONDS 60
#define MEMORY (768u << 20) /* the largest usual dictionaries */

/* The largest logs are mostly zeros, when they are new. */
const struct log_packed_limits log_packed_usual = {
	.layers = LOG_PACKED_LAYERS,
	.files = 1000000,
	.bytes = 64ull << 30,
	.saying_free = 256u << 20,
	.saying_times = 1000,
};

typedef unsigned long long ull;

struct layer {
	struct cage *cage;
	int fd;
	size_t path_len;
	ull files, encrypted;
	char first_encrypted[WORDS_ROOM];
};

struct unpacking {
	const struct log_packed *job;
	struct log_pulse *pulse;
	struct layer layers[LOG_PACKED_LAYERS];
	size_t depth;
	struct buf path; /* of the layer, or of the file in it */
	struct buf answer;
	locale_t letters; /* (locale_t)0: there are none */
	ull files, logs, passings, troubles;
	ull unpacked, saying, saying_most; /* bytes */
	uint64_t waiting;                  /* bytes that the taker has not read yet */
	struct log_told told;
};

/* ---- telling */

static enum err
tell(struct unpacking *u, int fd, enum log_kind kind, uint64_t bytes)
{
	u->told.kind = kind;
	u->told.bytes = bytes;
	text_end(u->told.path, sizeof u->told.path, buf_string(&u->path));
	if (!u->path.bad)
		return u->job->to->found(u->job->to->with, fd, &u->told);
	if (fd >= 0)
		close(fd);
	return ERR_MEMORY;
}

static void __attribute__((format(printf, 2, 3)))
because(struct unpacking *u, const char *format, ...)
{
	char why[WHY_ROOM];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(why, sizeof why, format, args);
	va_end(args);
	(void)text_copy_utf8(u->told.why, sizeof u->told.why, why);
}

/* What `because` has been told, about the layer. */
static enum err
tell_trouble(struct unpacking *u, const struct layer *l)
{
	u->path.len = l->path_len;
	u->troubles++;
	enum err err = tell(u, -1, LOG_IS_NONE, 0);
	u->told = (struct log_told){ .kind = LOG_IS_NONE };
	return err;
}

/* ---- layers */

/* Names are joined as people write it: "evidence.zip:logs/Security.evtx". */
static void
go_to(struct unpacking *u, const struct layer *l, const char *name)
{
	u->path.len = l->path_len;
	if (name[0])
		buf_text(&u->path, ":");
	buf_text(&u->path, name);
}

static void
leave(struct unpacking *u)
{
	struct layer *l = &u->layers[--u->depth];

	cage_end(l->cage);
	close(l->fd);
}

/* Takes `fd`; the path is that of what is to be unpacked. */
static enum err
enter(struct unpacking *u, int fd)
{
	struct cage_service service = {
		.serve = log_unpack_serve,
		.in_fds = { fd },
		.in_count = 1,
		.arg = u->letters,
		.limits = { SECONDS, MEMORY, UNPACK_ANSWER_MOST },
	};
	struct layer *l = &u->layers[u->depth];

	if (u->depth == u->job->limits->layers) {
		struct layer outside = { .path_len = u->path.len };

		close(fd);
		because(u, "is packed in more than %zu layers; unpack it",
		        u->job->limits->layers);
		return tell_trouble(u, &outside);
	}
	*l = (struct layer){ .fd = fd, .path_len = u->path.len };
	u->depth++;
	return cage_start_in_utc(&service, &l->cage);
}

/* ---- questions */

/* HEARD, or the child is gone. */
static enum err
ask(struct unpacking *u, enum unpack_question question, struct unpack_answer *out,
    enum heard *heard)
{
	struct layer *l = &u->layers[u->depth - 1];
	uint8_t byte = (uint8_t)question;

	buf_clear(&u->answer);
	TRY(cage_ask(l->cage, span_of(&byte, 1), &u->answer, heard));
	if (*heard == HEARD && !unpack_answer_read(buf_span(&u->answer), out))
		*heard = HEARD_ODD;
	return log_pulse(u->pulse, 0);
}

static void
words_of(struct span bytes, char *to, size_t room)
{
	char text[UNPACK_NAME_MOST + 1];
	size_t len = span_copy(bytes, text, sizeof text - 1);

	text[len] = '\0';
	(void)text_copy_utf8(to, room, text);
}

/* Why it goes no further: what the unpacker says, or what became of it. */
static void
words_for(const struct unpack_answer *a, enum heard heard, char to[WORDS_ROOM])
{
	if (heard == HEARD_NOTHING)
		(void)text_copy(to, WORDS_ROOM, "it took too long");
	else if (heard != HEARD)
		(void)text_copy(to, WORDS_ROOM, "the unpacker died of it");
	else if (a->bytes.left > 0)
		words_of(a->bytes, to, WORDS_ROOM);
	else
		(void)text_copy(to, WORDS_ROOM, "its content makes no sense");
}

/* The end of the layer. */
static enum err
give_up(struct unpacking *u, const struct unpack_answer *a, enum heard heard)
{
	struct layer *l = &u->layers[u->depth - 1];
	char words[WORDS_ROOM];

	words_for(a, heard, words);
	because(u,
	        "cannot be unpacked any further after %llu files: %s; look for another "
	        "copy of it, or unpack it with other tools",
	        l->files, words);
	enum err err = tell_trouble(u, l);
	leave(u);
	return err;
}

static enum err
stop_all(struct unpacking *u, const char *why)
{
	because(u, "%s; unpack it, and name what comes out", why);
	enum err err = tell_trouble(u, &u->layers[0]);
	while (u->depth > 0)
		leave(u);
	return err;
}

/* ---- a file of it */

/* What is more than zeros. */
static bool
says_something(struct span s)
{
	return s.left > 0 && (s.at[0] != 0 || memcmp(s.at, s.at + 1, s.left - 1) != 0);
}

static bool
is_bearable(struct unpacking *u, struct span bytes)
{
	u->unpacked += bytes.left;
	u->saying += says_something(bytes) ? bytes.left : 0;
	return u->unpacked <= u->job->limits->bytes && u->saying <= u->saying_most;
}

/* How the way through the bytes of a file ended. */
enum end {
	END_WELL,
	END_CUT,       /* `told.why` says why */
	END_TOO_LARGE, /* of all of it */
};

struct content {
	struct log_known known;
	struct log_keep keep;
	enum end end;
	bool goes_on;
};

static enum err
keep_bytes(struct unpacking *u, struct content *c, struct span bytes)
{
	bool kept = true;

	if (c->keep.len == 0)
		c->known = log_known(bytes);
	c->goes_on = c->known.is_packed || c->known.kind != LOG_IS_NONE;
	if (c->goes_on && !is_bearable(u, bytes)) {
		c->goes_on = false;
		c->end = END_TOO_LARGE;
	}
	if (!c->goes_on)
		return OK;
	TRY(log_keep_put(&c->keep, bytes, u->pulse, &kept));
	if (!kept) {
		because(u,
		        "there is no room for it after %llu bytes: %s; set TMPDIR to a "
		        "folder with more, or unpack it and name what comes out",
		        (ull)c->keep.len, strerror(errno));
		c->goes_on = false;
		c->end = END_CUT;
	}
	return OK;
}

/* It breaks off; what has come is worth having. */
static void
cut_off(struct unpacking *u, struct content *c, const struct unpack_answer *a,
        enum heard heard)
{
	char words[WORDS_ROOM];

	words_for(a, heard, words);
	because(u,
	        "cannot be unpacked after %llu bytes: %s; look for another copy of it",
	        (ull)c->keep.len, words);
	c->end = END_CUT;
}

static enum err
take_bytes(struct unpacking *u, struct content *c)
{
	struct unpack_answer a = { .bytes = { 0 } };
	enum heard heard = HEARD;

	TRY(ask(u, UNPACK_BYTES, &a, &heard));
	if (heard == HEARD && a.said == UNPACK_SAID_BYTES && a.bytes.left > 0)
		return keep_bytes(u, c, a.bytes);
	c->goes_on = false;
	if (heard != HEARD || a.said != UNPACK_SAID_END)
		cut_off(u, c, &a, heard);
	return OK;
}

/* One that was kept as a whole, or as far as it goes. */
static enum err
hand_on(struct unpacking *u, struct content *c)
{
	uint64_t len = c->keep.len;
	int fd = log_keep_end(&c->keep);

	if (fd < 0)
		return ERR_SYSTEM;
	if (c->known.is_packed)
		return enter(u, fd);
	u->logs++;
	u->waiting += len;
	u->told.is_cut = c->end == END_CUT;
	TRY(tell(u, fd, c->known.kind, len));
	if (u->waiting < LOG_KEEP_WAITING)
		return OK;
	u->waiting = 0;
	return u->job->to->settle(u->job->to->with);
}

static enum err
end_content(struct unpacking *u, struct content *c)
{
	if (c->end == END_TOO_LARGE)
		return stop_all(u, "holds more than can be true of event logs");
	if (c->known.is_packed || c->known.kind != LOG_IS_NONE)
		return hand_on(u, c);
	if (c->known.is_other)
		because(u, LOG_OTHER_WHY);
	if (c->known.is_other || c->end == END_CUT)
		return tell_trouble(u, &(struct layer){ .path_len = u->path.len });
	return OK;
}

static enum err
read_content(struct unpacking *u)
{
	struct content c = { .known.kind = LOG_IS_NONE,
		             .end = END_WELL,
		             .goes_on = true };
	enum err err = log_keep_begin(&c.keep, LOG_KEEP_OF_MANY);

	u->told = (struct log_told){ .kind = LOG_IS_NONE };
	while (err == OK && c.goes_on)
		err = take_bytes(u, &c);
	if (err == OK)
		err = end_content(u, &c);
	log_keep_drop(&c.keep);
	return err;
}

/* ---- one file after the other */

static enum err
take_file(struct unpacking *u, const struct unpack_answer *a)
{
	struct layer *l = &u->layers[u->depth - 1];
	char name[UNPACK_NAME_MOST + 1] = "";

	l->files++;
	if (++u->files > u->job->limits->files)
		return stop_all(u, "holds too many files");
	if (!a->has_no_name)
		words_of(a->bytes, name, sizeof name);
	if (a->is_encrypted) {
		if (l->encrypted++ == 0)
			text_shorten(l->first_encrypted, sizeof l->first_encrypted,
			             name);
		return OK;
	}
	go_to(u, l, name);
	return u->path.bad ? ERR_LIMIT : read_content(u);
}

static enum err
end_layer(struct unpacking *u)
{
	struct layer *l = &u->layers[u->depth - 1];
	struct stat is;
	enum err err = OK;

	if (fstat(l->fd, &is) == 0 && log_is_cut_zip(l->fd, (uint64_t)is.st_size)) {
		because(u, "lacks its end, and with it whatever else was in it; look "
		           "for another copy of it");
		err = tell_trouble(u, l);
	}
	if (err == OK && l->encrypted > 0) {
		because(u,
		        "holds encrypted files (%llu of %llu), the first is %s; unpack "
		        "it with its password, and name what comes out",
		        l->encrypted, l->files, l->first_encrypted);
		err = tell_trouble(u, l);
	}
	leave(u);
	return err;
}

static enum err
next(struct unpacking *u)
{
	struct unpack_answer a = { .bytes = { 0 } };
	enum heard heard = HEARD;

	TRY(ask(u, UNPACK_NEXT, &a, &heard));
	if (heard == HEARD && a.said == UNPACK_SAID_FILE)
		return take_file(u, &a);
	if (heard == HEARD && a.said == UNPACK_SAID_END)
		return end_layer(u);
	if (heard != HEARD || a.said != UNPACK_SAID_PASSING)
		return give_up(u, &a, heard);
	return ++u->passings > PASSINGS_MOST ? stop_all(u, "takes too long to unpack")
	                                     : OK;
}

static enum err
tell_none(struct unpacking *u)
{
	struct layer outside = { .path_len = strlen(u->job->path) };

	because(
	    u,
	    "holds no event log (.evt, .evtx, XML, JSON, CSV) among its %llu files; "
	    "name one",
	    u->files);
	return tell_trouble(u, &outside);
}

static enum err
unpack(struct unpacking *u, int fd)
{
	enum err err = OK;

	if (archive_library_load(u->told.why) != OK) {
		close(fd);
		return tell(u, -1, LOG_IS_NONE, 0);
	}
	err = enter(u, fd);
	while (err == OK && u->depth > 0)
		err = next(u);
	if (err == OK && u->job->is_named && u->logs == 0 && u->troubles == 0)
		err = tell_none(u);
	while (u->depth > 0)
		leave(u);
	return err;
}

enum err
log_packed_read(const struct log_packed *job, int fd)
{
	OWN(own_mem) struct unpacking *u = calloc(1, sizeof *u);
	struct stat is;

	if (!u || fstat(fd, &is) != 0) {
		close(fd);
		return u ? ERR_SYSTEM : ERR_MEMORY;
	}
	u->job = job;
	u->pulse = job->to->pulse;
	u->saying_most = job->limits->saying_free +
	                 (ull)is.st_size * job->limits->saying_times;
	buf_init(&u->path, PATH_MOST);
	buf_text(&u->path, job->path);
	buf_init(&u->answer, UNPACK_ANSWER_MOST);
	u->letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	enum err err = unpack(u, fd);
	if (u->letters)
		freelocale(u->letters);
	buf_free(&u->path);
	buf_free(&u->answer);
	return err;
}
