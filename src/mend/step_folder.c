/*
 * An empty folder is taken off, or a new one made.  Each is one call of the file
 * system; a folder that comes back is given what it had right after it is made.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "mend/step_parts.h"

/* ---- keeping */

static enum err
read_facts(struct stage *stage, const struct spot *s, bool thing, struct buf kept[3])
{
	const struct kept_thing around = spot_around(stage, s);

	TRY(kept_read_times(&around, &kept[1], stage->why));
	if (!thing)
		return OK;
	TRY(streams_list(stage, s, &kept[2]));
	if (kept[2].len > 0)
		return step_refuse(
		    stage,
		    "the folder %s has streams of its own, which are not "
		    "kept; find out what they are, and remove them",
		    s->path);
	struct kept_thing folder = spot_thing(stage, s);
	TRY(spot_open(stage, s, &folder.fd));
	enum err err = kept_read(&folder, &kept[0], stage->why);
	close(folder.fd);
	return err;
}

static enum err
keep(struct stage *stage, const struct spot *s, struct step_row *out)
{
	struct step_facts facts;
	struct buf kept[3];

	for (size_t i = 0; i < 3; i++)
		buf_init(&kept[i], KEPT_MOST);
	(void)text_copy(out->path, sizeof out->path, s->path);
	enum err err = step_begin(stage, &facts);
	if (err == OK)
		err = read_facts(stage, s, out->kind == STEP_REMOVE_FOLDER, kept);
	if (err == OK) {
		facts.thing = buf_span(&kept[0]);
		facts.folder = buf_span(&kept[1]);
		err = step_add(stage, &facts, out);
	}
	for (size_t i = 0; i < 3; i++)
		buf_free(&kept[i]);
	return err;
}

enum err
step_keep_remove_folder(struct stage *stage, const char *path, struct step_row *out)
{
	struct spot s;

	*out = (struct step_row){ .kind = STEP_REMOVE_FOLDER, .state = STEP_KEPT };
	enum err err = step_find(stage, path, &s);
	if (err == OK && (!s.there || !S_ISDIR(s.stat.st_mode)))
		err = step_refuse(stage,
		                  "the folder %s is not there any more; make the plan "
		                  "again",
		                  path);
	if (err == OK)
		err = keep(stage, &s, out);
	spot_close(&s);
	return err;
}

enum err
step_keep_make_folder(struct stage *stage, const char *path, struct step_row *out)
{
	struct spot s;

	*out = (struct step_row){ .kind = STEP_MAKE_FOLDER, .state = STEP_KEPT };
	enum err err = step_find(stage, path, &s);
	if (err == OK && s.there)
		err = step_refuse(stage, "%s is there already; make the plan again",
		                  s.path);
	if (err == OK)
		err = keep(stage, &s, out);
	spot_close(&s);
	return err;
}

/* ---- looking */

static enum stands
look_removed(struct place *p)
{
	struct kept_thing folder = spot_thing(p->stage, &p->spot);
	const char *differs = NULL;

	if (p->has_no_folder || !p->spot.there)
		return STANDS_AFTER;
	if (!S_ISDIR(p->spot.stat.st_mode)) {
		(void)step_refuse(
		    p->stage,
		    "a file is at %s now, where a folder was; look at it, "
		    "and move it away, then go on",
		    p->spot.path);
		return STANDS_OTHER;
	}
	if (spot_open(p->stage, &p->spot, &folder.fd) != OK)
		return STANDS_UNREAD;
	enum err err = kept_compare(&folder, &p->kept, &differs, p->stage->why);
	close(folder.fd);
	if (err != OK)
		return STANDS_UNREAD;
	return differs ? STANDS_BETWEEN : STANDS_BEFORE;
}

static enum stands
look_made(struct place *p)
{
	if (p->has_no_folder || !p->spot.there)
		return STANDS_BEFORE;
	if (S_ISDIR(p->spot.stat.st_mode))
		return STANDS_AFTER;
	(void)step_refuse(
	    p->stage,
	    "a file is at %s now, where a folder was made; look at it, and "
	    "move it away, then go on",
	    p->spot.path);
	return STANDS_OTHER;
}

static enum stands
look(struct stage *stage, struct step_row *row)
{
	return place_look(stage, row,
	                  row->kind == STEP_REMOVE_FOLDER ? look_removed : look_made);
}

/* ---- doing */

/* One that is not empty may stay where it was there before: look tells. */
static enum err
take_off(struct place *p, bool may_stay)
{
	if (!p->spot.there)
		return OK;
	if (!S_ISDIR(p->spot.stat.st_mode) || !spot_is_same(&p->spot))
		return step_refuse(
		    p->stage,
		    "%s is something else than a moment ago; end what else "
		    "uses the volume, then begin again",
		    p->spot.path);
	step_may_write(p->stage, p->row);
	if (unlinkat(p->spot.folder, p->spot.name, AT_REMOVEDIR) != 0 &&
	    !(may_stay && (errno == ENOTEMPTY || errno == EEXIST)))
		return step_because(p->stage, "remove the folder", p->spot.path, errno);
	return OK;
}

/* Gives a folder that was made again all that it had. */
static enum err
give_back_open(struct place *p, const struct kept_thing *folder)
{
	const char *differs = NULL;

	TRY(kept_put(folder, &p->kept, p->stage->why));
	TRY(kept_put_short_name(folder, &p->kept, p->stage->why));
	TRY(kept_put_times(folder, &p->kept, p->stage->why));
	if (fsync(folder->fd) != 0)
		return step_because(p->stage, "sync", p->spot.path, errno);
	TRY(kept_compare(folder, &p->kept, &differs, p->stage->why));
	if (!differs)
		return OK;
	return step_refuse(
	    p->stage,
	    "the folder %s was put back, but for %s; mount the volume as "
	    "it was then, and undo again",
	    p->spot.path, differs);
}

static enum err
give_back(struct place *p)
{
	struct kept_thing folder = spot_thing(p->stage, &p->spot);

	TRY(spot_open(p->stage, &p->spot, &folder.fd));
	enum err err = give_back_open(p, &folder);
	close(folder.fd);
	return err;
}

static enum err
make(struct place *p, mode_t mode)
{
	step_may_write(p->stage, p->row);
	if (!p->spot.there) {
		if (mkdirat(p->spot.folder, p->spot.name, mode) != 0)
			return step_because(p->stage, "make the folder", p->spot.path,
			                    errno);
		TRY(spot_again(p->stage, &p->spot, p->spot.name));
	}
	if (!S_ISDIR(p->spot.stat.st_mode))
		return step_because(p->stage, "make the folder", p->spot.path, EEXIST);
	return OK;
}

static enum err
do_it(struct place *p)
{
	TRY(p->row->kind == STEP_REMOVE_FOLDER ? take_off(p, true) : make(p, 0755));
	return place_settle(p, TIMES_AS_THEY_ARE);
}

static enum err
take_it_back(struct place *p)
{
	if (p->row->kind == STEP_MAKE_FOLDER) {
		TRY(take_off(p, false));
	} else {
		TRY(make(p, 0700));
		TRY(give_back(p));
	}
	return place_settle(p, TIMES_AS_KEPT);
}

static enum err
apply(struct stage *stage, struct step_row *row)
{
	return place_run(stage, row, do_it);
}

static enum err
undo(struct stage *stage, struct step_row *row)
{
	return place_run(stage, row, take_it_back);
}

const struct step_ops step_remove_folder_ops = { "folder", apply, look, undo };
const struct step_ops step_make_folder_ops = { "new folder", apply, look, undo };
