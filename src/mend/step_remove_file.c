/*
 * A file is taken into the journal, then off the volume; and comes back as it was.
 *
 * Taking it off is one call, on the name that still leads to what was looked at.
 * Putting it back makes it beneath a temporary name in its own folder, gives it all
 * that it had, and only then its name; so at any moment its name leads to nothing or to
 * the whole of it.  What a cut-off leaves is a temporary file, or a file whose short
 * name and times are not yet its own: both are recognised, and gone on from.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "mend/step_parts.h"

#define WINDOWS_COMPRESSED 0x800u

/* ---- keeping */

/* A new file on NTFS is compressed as its folder says; nothing else can be put back. */
static enum err
refuse_compressed(struct stage *stage, const struct spot *s, const struct kept *file)
{
	const struct kept_thing around = spot_around(stage, s);
	uint32_t folder = 0;

	if (file->on != KEPT_ON_NTFS)
		return OK;
	TRY(kept_attributes_of(&around, &folder, stage->why));
	if (((kept_windows_attributes(file) ^ folder) & WINDOWS_COMPRESSED) == 0)
		return OK;
	return step_refuse(
	    stage,
	    "%s is %s, unlike its folder, and could not be put back so; "
	    "let both be alike in Windows (compact), then begin again",
	    s->path, folder & WINDOWS_COMPRESSED ? "not compressed" : "compressed");
}

static enum err
read_facts(struct stage *stage, const struct spot *s, int fd, struct buf kept[3])
{
	struct kept_thing file = spot_thing(stage, s);
	const struct kept_thing around = spot_around(stage, s);
	struct kept is;

	file.fd = fd; /* FAT tells those only who have it open */
	TRY(kept_read(&file, &kept[0], stage->why));
	TRY(kept_read_times(&around, &kept[1], stage->why));
	TRY(streams_list(stage, s, &kept[2]));
	if (!kept_parse(buf_span(&kept[0]), &is))
		return step_refuse(stage, "%s could not be kept", s->path);
	return refuse_compressed(stage, s, &is);
}

/* While its content was read, nothing was to happen to it. */
static enum err
refuse_changed(struct stage *stage, const struct spot *s, struct span kept)
{
	const struct kept_thing file = spot_thing(stage, s);
	struct kept is;

	if (kept_parse(kept, &is) && kept_is_untouched(&file, &is))
		return OK;
	return step_refuse(stage,
	                   "%s has changed while it was read; end what else uses the "
	                   "volume, then begin again",
	                   s->path);
}

/* The content, and whether it is what the plan was made for. */
static enum err
take_content(struct stage *stage, const struct step_row *row, int fd,
             const char *sha256)
{
	struct part_writer *writer = NULL;
	char poured[SHA256_TEXT];
	char kept[SHA256_TEXT];
	uint64_t len = 0;

	TRY(step_of_journal(stage,
	                    journal_part_begin(stage->journal, row->id, 0, &writer)));
	enum err err = step_pour(stage, row->path, fd, writer, poured);
	if (err != OK) {
		part_drop(writer);
		return err;
	}
	TRY(step_of_journal(stage, part_end(writer, &len, kept)));
	if (strcmp(poured, kept) != 0)
		return step_refuse(stage, "the journal took %s wrongly", row->path);
	if (sha256[0] && strcmp(poured, sha256) != 0)
		return step_refuse(
		    stage,
		    "%s has changed since the plan was made; make the plan "
		    "again",
		    row->path);
	return OK;
}

static enum err
keep_file(struct stage *stage, const struct spot *s, int fd, const char *sha256,
          struct step_row *out)
{
	struct step_facts facts;
	struct buf kept[3];

	for (size_t i = 0; i < 3; i++)
		buf_init(&kept[i], KEPT_MOST);
	enum err err = step_begin(stage, &facts);
	if (err == OK)
		err = read_facts(stage, s, fd, kept);
	if (err == OK) {
		facts.thing = buf_span(&kept[0]);
		facts.folder = buf_span(&kept[1]);
		facts.own = buf_span(&kept[2]);
		err = step_add(stage, &facts, out);
	}
	if (err == OK)
		err = take_content(stage, out, fd, sha256);
	if (err == OK)
		err = streams_keep(stage, s, out, facts.own);
	if (err == OK)
		err = refuse_changed(stage, s, facts.thing);
	for (size_t i = 0; i < 3; i++)
		buf_free(&kept[i]);
	return err;
}

enum err
step_keep_remove_file(struct stage *stage, const char *path, const char *sha256,
                      struct step_row *out)
{
	struct spot s;
	int fd = -1;

	*out = (struct step_row){ .kind = STEP_REMOVE_FILE, .state = STEP_KEPT };
	enum err err = step_find(stage, path, &s);
	if (err == OK && !s.there)
		err = step_refuse(
		    stage, "%s is not there any more; make the plan again", path);
	if (err == OK && !S_ISREG(s.stat.st_mode))
		err = step_refuse(stage, "%s is no file; make the plan again", path);
	if (err == OK)
		err = spot_open(stage, &s, &fd);
	if (err == OK) {
		(void)text_copy(out->path, sizeof out->path, s.path);
		err = keep_file(stage, &s, fd, sha256, out);
		close(fd);
	}
	spot_close(&s);
	if (err != OK)
		step_row_free(out);
	return err;
}

/* ---- looking */

/* Is it, by content, what was kept? */
static enum err
same_file(struct place *p, bool *same)
{
	TRY(place_has_content(p, same));
	return *same ? streams_same(p, same) : OK;
}

/* Something has its name. */
static enum stands
look_there(struct place *p)
{
	struct kept_thing file = spot_thing(p->stage, &p->spot);
	const char *differs = NULL;
	bool same = false;
	int fd = -1;

	if (same_file(p, &same) != OK)
		return STANDS_UNREAD;
	if (!same) {
		(void)step_refuse(p->stage,
		                  "another file is at %s now; look at it, and move it "
		                  "away, then go on",
		                  p->spot.path);
		return STANDS_OTHER;
	}
	if (p->has_temporary)
		return STANDS_BETWEEN;
	if (spot_open(p->stage, &p->spot, &fd) != OK)
		return STANDS_UNREAD;
	file.fd = fd;
	enum err err = kept_compare(&file, &p->kept, &differs, p->stage->why);
	close(fd);
	if (err != OK)
		return STANDS_UNREAD;
	return differs ? STANDS_BETWEEN : STANDS_BEFORE;
}

static enum stands
look_at(struct place *p)
{
	if (p->has_no_folder)
		return STANDS_AFTER;
	if (p->spot.there)
		return look_there(p);
	return p->has_temporary ? STANDS_BETWEEN : STANDS_AFTER;
}

static enum stands
look(struct stage *stage, struct step_row *row)
{
	return place_look(stage, row, look_at);
}

/* ---- applying */

/*
 * It may be the very thing that was kept; or, after an undo that was cut off, or a step
 * on who may open it, at least the same content.
 */
static enum err
may_go(struct place *p)
{
	const struct kept_thing file = spot_thing(p->stage, &p->spot);
	bool same = kept_is_untouched(&file, &p->kept);

	if (!same)
		TRY(same_file(p, &same));
	return same
	           ? OK
	           : step_refuse(p->stage,
	                         "%s has changed since it was looked at; make the plan "
	                         "again",
	                         p->spot.path);
}

static enum err
take_off(struct place *p)
{
	TRY(place_sweep(p));
	if (!p->spot.there)
		return place_settle(p, TIMES_AS_THEY_ARE);
	TRY(may_go(p));
	step_may_write(p->stage, p->row);
	if (!spot_is_same(&p->spot))
		return step_refuse(
		    p->stage,
		    "%s is another file than a moment ago; end what else "
		    "uses the volume, then begin again",
		    p->spot.path);
	if (unlinkat(p->spot.folder, p->spot.name, 0) != 0)
		return step_because(p->stage, "remove", p->spot.path, errno);
	return place_settle(p, TIMES_AS_THEY_ARE);
}

static enum err
apply(struct stage *stage, struct step_row *row)
{
	return place_run(stage, row, take_off);
}

/* ---- undoing */

/* Everything but its name.  The descriptor is closed again: FUSE keeps a file that is
 * open under a hidden name when it loses its own. */
static enum err
make_temporary(struct place *p)
{
	struct spot made = p->spot;
	int fd = openat(p->spot.folder, p->facts.temporary,
	                O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return step_because(p->stage, "put back", p->spot.path, errno);
	p->has_temporary = true;
	made.thing = fd;
	const struct kept_thing file = spot_thing(p->stage, &made);
	enum err err = step_fill(p, fd, 0, kept_is_sparse(&p->kept));
	if (err == OK)
		err = streams_fill(p);
	if (err == OK)
		err = kept_put(&file, &p->kept, p->stage->why);
	if (err == OK)
		err = kept_put_times(&file, &p->kept, p->stage->why);
	if (err == OK && fsync(fd) != 0)
		err = step_because(p->stage, "put back", p->spot.path, errno);
	close(fd);
	return err;
}

/* What changes with the name, and what differs still. */
static enum err
finish(struct place *p)
{
	struct kept_thing file = spot_thing(p->stage, &p->spot);
	const char *differs = NULL;
	int fd = -1;

	step_may_write(p->stage, p->row);
	TRY(spot_open(p->stage, &p->spot, &fd));
	file.fd = fd;
	enum err err = kept_put(&file, &p->kept, p->stage->why);
	if (err == OK)
		err = kept_put_short_name(&file, &p->kept, p->stage->why);
	if (err == OK)
		err = kept_put_times(&file, &p->kept, p->stage->why);
	if (err == OK && fsync(fd) != 0)
		err = step_because(p->stage, "put back", p->spot.path, errno);
	if (err == OK)
		err = kept_compare(&file, &p->kept, &differs, p->stage->why);
	close(fd);
	if (err == OK && differs)
		err = step_refuse(
		    p->stage,
		    "%s was put back, but for %s; mount the volume as it was "
		    "then, and undo again",
		    p->spot.path, differs);
	return err;
}

static enum err
put_back(struct place *p)
{
	bool same = false;

	TRY(place_sweep(p));
	if (p->spot.there) {
		TRY(same_file(p, &same));
		if (!same)
			return step_refuse(p->stage,
			                   "another file is at %s now; look at it, and "
			                   "move it away, then go on",
			                   p->spot.path);
	} else {
		step_may_write(p->stage, p->row);
		enum err err = make_temporary(p);
		if (err == OK)
			err = place_name(p);
		if (err == OK)
			err = spot_again(p->stage, &p->spot, p->spot.name);
		if (err != OK)
			return place_give_up(p, err);
	}
	TRY(finish(p));
	return place_settle(p, TIMES_AS_KEPT);
}

static enum err
undo(struct stage *stage, struct step_row *row)
{
	return place_run(stage, row, put_back);
}

const struct step_ops step_remove_file_ops = { "file", apply, look, undo };
