/*
 * A small file is made where there was none, and goes again if it is still that one.
 * It is written beneath a temporary name, and gets its own when it is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "mend/step_parts.h"

/* ---- keeping */

static enum err
take_content(struct stage *stage, const struct step_row *row, struct span content)
{
	struct part_writer *writer = NULL;
	char sha256[SHA256_TEXT];
	uint64_t len = 0;

	TRY(step_of_journal(stage,
	                    journal_part_begin(stage->journal, row->id, 0, &writer)));
	enum err err = step_of_journal(stage, part_write(writer, content));
	if (err != OK) {
		part_drop(writer);
		return err;
	}
	return step_of_journal(stage, part_end(writer, &len, sha256));
}

/* The folder around it may be one that a step before this one makes. */
static enum err
find_new(struct stage *stage, const char *path, struct spot *s, struct step_row *out)
{
	ground_forget(stage->ground);
	enum heard heard = ground_find(stage->ground, path, s, stage->why);

	if (heard != HEARD && heard != HEARD_NOTHING)
		return ERR_REFUSED;
	if (heard == HEARD && s->there)
		return step_refuse(stage, "%s is there already; make the plan again",
		                   s->path);
	(void)text_copy(out->path, sizeof out->path, heard == HEARD ? s->path : path);
	return OK;
}

enum err
step_keep_make_file(struct stage *stage, const char *path, struct span content,
                    struct step_row *out)
{
	struct step_facts facts;
	struct buf times;
	struct spot s;

	*out = (struct step_row){ .kind = STEP_MAKE_FILE, .state = STEP_KEPT };
	buf_init(&times, KEPT_MOST);
	enum err err = find_new(stage, path, &s, out);
	if (err == OK)
		err = step_begin(stage, &facts);
	if (err == OK && s.folder >= 0) {
		const struct kept_thing around = spot_around(stage, &s);

		err = kept_read_times(&around, &times, stage->why);
	}
	if (err == OK) {
		facts.folder = buf_span(&times);
		err = step_add(stage, &facts, out);
	}
	if (err == OK) {
		err = take_content(stage, out, content);
		if (err != OK)
			step_row_free(out);
	}
	buf_free(&times);
	spot_close(&s);
	return err;
}

/* ---- looking */

static enum err
not_ours(struct place *p)
{
	return step_refuse(
	    p->stage,
	    "%s is not the file that was made there; look at it, and move "
	    "it away, then go on",
	    p->spot.path);
}

static enum stands
look_there(struct place *p)
{
	bool is = false;

	if (place_has_content(p, &is) != OK)
		return STANDS_UNREAD;
	if (is)
		return p->has_temporary ? STANDS_BETWEEN : STANDS_AFTER;
	(void)not_ours(p);
	return STANDS_OTHER;
}

static enum stands
look_at(struct place *p)
{
	if (p->has_no_folder)
		return STANDS_BEFORE;
	if (p->spot.there)
		return look_there(p);
	return p->has_temporary ? STANDS_BETWEEN : STANDS_BEFORE;
}

static enum stands
look(struct stage *stage, struct step_row *row)
{
	return place_look(stage, row, look_at);
}

/* ---- doing */

static enum err
make_temporary(struct place *p)
{
	int fd = openat(p->spot.folder, p->facts.temporary,
	                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return step_because(p->stage, "write", p->spot.path, errno);
	p->has_temporary = true;
	enum err err = step_fill(p, fd, 0, false);
	if (err == OK && fsync(fd) != 0)
		err = step_because(p->stage, "write", p->spot.path, errno);
	close(fd);
	return err;
}

static enum err
make(struct place *p)
{
	bool is = false;

	TRY(place_sweep(p));
	if (p->spot.there) {
		TRY(place_has_content(p, &is));
		return is ? place_settle(p, TIMES_AS_THEY_ARE) : not_ours(p);
	}
	step_may_write(p->stage, p->row);
	enum err err = make_temporary(p);
	if (err == OK)
		err = place_name(p);
	return err == OK ? place_settle(p, TIMES_AS_THEY_ARE) : place_give_up(p, err);
}

static enum err
take_off(struct place *p)
{
	bool is = false;

	TRY(place_sweep(p));
	if (p->spot.there) {
		TRY(place_has_content(p, &is));
		if (!is || !spot_is_same(&p->spot))
			return not_ours(p);
		step_may_write(p->stage, p->row);
		if (unlinkat(p->spot.folder, p->spot.name, 0) != 0)
			return step_because(p->stage, "remove", p->spot.path, errno);
	}
	return place_settle(p, TIMES_AS_KEPT);
}

static enum err
apply(struct stage *stage, struct step_row *row)
{
	return place_run(stage, row, make);
}

/* Where its folder is gone, so is the file. */
static enum err
undo(struct stage *stage, struct step_row *row)
{
	struct place p;
	enum err err = place_find(stage, row, &p);

	if (err == OK && !p.has_no_folder)
		err = take_off(&p);
	place_close(&p);
	ground_forget(stage->ground);
	return err;
}

const struct step_ops step_make_file_ops = { "new file", apply, look, undo };
