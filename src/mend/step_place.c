/* What a step's row says, and the place on the volume that it names. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "mend/kept_parts.h"
#include "mend/step_parts.h"
#include "sys/random.h"

#define MAGIC "step"
#define VERSION 1
#define FACTS_MOST (1u << 20)

#define READ_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* ---- words */

enum err
step_refuse(struct stage *stage, const char *format, ...)
{
	char words[2 * WHY_ROOM];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(words, sizeof words, format, list);
	va_end(list);
	(void)text_copy_utf8(stage->why, sizeof stage->why, words);
	return ERR_REFUSED;
}

enum err
step_because(struct stage *stage, const char *what, const char *path, int number)
{
	char end[160];

	if (number == ENOMEM)
		return ERR_MEMORY;
	text_end(end, sizeof end, path);
	return step_refuse(stage, "cannot %s %s: %s; %s", what, end, strerror(number),
	                   kept_advice(number));
}

enum err
step_of_journal(struct stage *stage, enum err err)
{
	return err == ERR_REFUSED
	           ? step_refuse(stage, "the journal failed; the line above says why")
	           : err;
}

/* ---- rows */

enum err
step_begin(struct stage *stage, struct step_facts *facts)
{
	uint64_t lot = 0;

	*facts = (struct step_facts){ .temporary = "" };
	if (random_bytes(&lot, sizeof lot) != OK)
		return step_refuse(stage, "the system gives no random bytes");
	(void)snprintf(facts->temporary, sizeof facts->temporary,
	               "confine-%016" PRIx64 ".tmp", lot);
	return OK;
}

static void
put_span(struct buf *b, struct span s)
{
	buf_le32(b, (uint32_t)s.left);
	if (s.left > 0)
		buf_put(b, s.at, s.left);
}

enum err
step_add(struct stage *stage, const struct step_facts *facts, struct step_row *out)
{
	buf_init(&out->facts, FACTS_MOST);
	buf_text(&out->facts, MAGIC);
	buf_u8(&out->facts, VERSION);
	buf_put(&out->facts, facts->temporary, sizeof facts->temporary);
	put_span(&out->facts, facts->thing);
	put_span(&out->facts, facts->folder);
	put_span(&out->facts, facts->own);
	enum err err = OK;
	if (out->facts.bad)
		err = step_refuse(stage, "too much is kept of %s: more than 1 MB",
		                  out->path);
	if (err == OK)
		err = step_of_journal(stage, journal_add_step(stage->journal, out));
	if (err != OK)
		step_row_free(out);
	return err;
}

static struct span
take_span(struct span *s)
{
	uint32_t len = span_le32(s);

	return span_cut(s, len);
}

/* Is it a name of ours?  A journal may come from anybody. */
static bool
is_temporary(const char name[TEMPORARY_ROOM])
{
	const char *rest = name + strlen("confine-");

	return memchr(name, 0, TEMPORARY_ROOM) && text_begins(name, "confine-") &&
	       strspn(rest, "0123456789abcdef") == 16 && strcmp(rest + 16, ".tmp") == 0;
}

bool
step_facts_read(struct span s, struct step_facts *out)
{
	struct span magic = span_cut(&s, 4);
	uint8_t version = span_u8(&s);
	struct span temporary = span_cut(&s, sizeof out->temporary);

	*out = (struct step_facts){ .thing = take_span(&s) };
	out->folder = take_span(&s);
	out->own = take_span(&s);
	if (s.bad || s.left > 0 || version != VERSION || !span_is(magic, MAGIC, 4))
		return false;
	(void)span_copy(temporary, out->temporary, sizeof out->temporary);
	return is_temporary(out->temporary);
}

/* ---- places */

enum err
step_find_beside(struct stage *stage, const char *path, struct spot *out)
{
	enum heard heard = ground_find(stage->ground, path, out, stage->why);

	return heard == HEARD ? OK : ERR_REFUSED;
}

enum err
step_find(struct stage *stage, const char *path, struct spot *out)
{
	ground_forget(stage->ground);
	return step_find_beside(stage, path, out);
}

static bool
has_name(int folder, const char *name)
{
	struct stat s;

	return fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0;
}

static enum err
not_ours(struct stage *stage, const struct step_row *row)
{
	return step_refuse(stage,
	                   "the journal's entry on %s is not what this version writes; "
	                   "use the version that wrote it",
	                   row->path);
}

enum err
place_find(struct stage *stage, const struct step_row *row, struct place *out)
{
	*out = (struct place){ .stage = stage, .row = row };
	buf_init(&out->times, KEPT_MOST);
	out->spot = (struct spot){ .folder = -1, .thing = -1 };
	if (!step_facts_read(buf_span(&row->facts), &out->facts) ||
	    (out->facts.thing.left > 0 && !kept_parse(out->facts.thing, &out->kept)))
		return not_ours(stage, row);
	ground_forget(stage->ground);
	switch (ground_find(stage->ground, row->path, &out->spot, stage->why)) {
	case HEARD: break;
	case HEARD_NOTHING: out->has_no_folder = true; return OK;
	default: return ERR_REFUSED;
	}
	out->has_temporary = has_name(out->spot.folder, out->facts.temporary);
	const struct kept_thing around = spot_around(stage, &out->spot);
	return kept_read_times(&around, &out->times, stage->why);
}

enum err
place_enter(struct stage *stage, const struct step_row *row, struct place *out)
{
	char why[WHY_ROOM];

	TRY(place_find(stage, row, out));
	if (!out->has_no_folder)
		return OK;
	(void)text_copy(why, sizeof why, stage->why);
	return step_refuse(stage, "cannot change %s: %s; make it again, then go on",
	                   row->path, why);
}

enum err
place_run(struct stage *stage, const struct step_row *row,
          enum err (*run)(struct place *))
{
	struct place p;
	enum err err = place_enter(stage, row, &p);

	if (err == OK)
		err = run(&p);
	place_close(&p);
	ground_forget(stage->ground);
	return err;
}

enum stands
place_look(struct stage *stage, const struct step_row *row,
           enum stands (*look)(struct place *))
{
	struct place p;
	enum stands stands = STANDS_UNREAD;

	if (place_find(stage, row, &p) == OK)
		stands = look(&p);
	place_close(&p);
	return stands;
}

void
place_close(struct place *p)
{
	buf_free(&p->times);
	spot_close(&p->spot);
}

struct kept_thing
spot_thing(const struct stage *stage, const struct spot *s)
{
	return (struct kept_thing){
		ground_keeps(stage->ground),
		s->thing,
		s->name,
		s->path,
	};
}

struct kept_thing
spot_around(const struct stage *stage, const struct spot *s)
{
	return (struct kept_thing){
		ground_keeps(stage->ground),
		s->folder,
		".",
		s->path,
	};
}

static bool
is_one(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       (a->st_mode & S_IFMT) == (b->st_mode & S_IFMT);
}

enum err
spot_open(struct stage *stage, const struct spot *s, int *fd)
{
	struct stat now;

	*fd = openat(s->folder, s->name, READ_FLAGS | O_NOATIME);
	if (*fd < 0 && errno == EPERM)
		*fd = openat(s->folder, s->name, READ_FLAGS);
	if (*fd < 0)
		return step_because(stage, "read", s->path, errno);
	if (fstat(*fd, &now) == 0 && is_one(&now, &s->stat))
		return OK;
	close(*fd);
	*fd = -1;
	return step_refuse(stage,
	                   "%s is another file than a moment ago; end what else uses "
	                   "the volume, then begin again",
	                   s->path);
}

enum err
spot_again(struct stage *stage, struct spot *s, const char *name)
{
	if (s->thing >= 0)
		close(s->thing);
	s->thing = openat(s->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (s->thing < 0 || fstat(s->thing, &s->stat) != 0)
		return step_because(stage, "open", s->path, errno);
	s->there = true;
	return OK;
}

bool
spot_is_same(const struct spot *s)
{
	struct stat now;

	return s->there &&
	       fstatat(s->folder, s->name, &now,
	               AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0 &&
	       is_one(&now, &s->stat);
}

/* ---- ending */

enum err
place_sweep(struct place *p)
{
	if (!p->has_temporary)
		return OK;
	step_may_write(p->stage, p->row);
	if (unlinkat(p->spot.folder, p->facts.temporary, 0) != 0 && errno != ENOENT)
		return step_because(p->stage, "remove what was left over beside",
		                    p->spot.path, errno);
	p->has_temporary = false;
	return OK;
}

/*
 * In one step where the file system has it.  FUSE has not: there the file gets its
 * second name, which nothing may have, and then loses its first.
 */
enum err
place_name(struct place *p)
{
	const struct spot *s = &p->spot;

	step_may_write(p->stage, p->row);
	if (renameat2(s->folder, p->facts.temporary, s->folder, s->name,
	              RENAME_NOREPLACE) == 0) {
		p->has_temporary = false;
		return OK;
	}
	if (errno != EINVAL && errno != ENOSYS)
		return step_because(p->stage, "put back", s->path, errno);
	if (linkat(s->folder, p->facts.temporary, s->folder, s->name, 0) != 0)
		return step_because(p->stage, "put back", s->path, errno);
	return place_sweep(p);
}

static enum err
sync_folder(struct place *p)
{
	return fsync(p->spot.folder) == 0
	           ? OK
	           : step_because(p->stage, "sync the folder of", p->spot.path, errno);
}

enum err
place_settle(struct place *p, enum place_times which)
{
	const struct kept_thing around = spot_around(p->stage, &p->spot);
	struct span bytes = which == TIMES_AS_KEPT ? p->facts.folder
	                                           : buf_span(&p->times);
	struct kept times;

	TRY(sync_folder(p));
	if (which == TIMES_AS_THEY_ARE || bytes.left == 0)
		return OK;
	if (!kept_parse(bytes, &times))
		return not_ours(p->stage, p->row);
	TRY(kept_put_times(&around, &times, p->stage->why));
	return sync_folder(p);
}

enum err
place_give_up(struct place *p, enum err err)
{
	char why[WHY_ROOM];

	(void)text_copy(why, sizeof why, p->stage->why);
	if (place_sweep(p) == OK && place_settle(p, TIMES_AS_FOUND) == OK)
		(void)text_copy(p->stage->why, sizeof p->stage->why, why);
	return err;
}
