/*
 * A hive from one state to another.  What is written, and in which order, is
 * mend/hive_write's; here is the way to the files, and to the journal.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "mend/hive_stand.h"
#include "mend/step_hive_parts.h"
#include "sys/write_all.h"

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

static void
own_place(struct hive_place *p)
{
	hive_place_close(p);
}

static void
own_change(struct hive_change *c)
{
	hive_change_free(c);
}

/* ---- where it stands */

static enum stands
stands_between(struct hive_place *p, const struct hive_change *c,
               const struct hive_glance *g)
{
	OWN(own_buf) struct buf hive = { .len = 0 };
	const char *why = "";

	if (hive_place_read(p, p->fd, p->hive.path, &hive) != OK)
		return STANDS_UNREAD;
	struct hive_found found = { buf_span(&hive), g->has_log, g->log };
	enum stands stands = hive_stand(c, &found, &why);
	if (stands == STANDS_OTHER)
		(void)step_refuse(p->stage,
		                  "%.160s: %s; it stays as it is: look who has written "
		                  "to it (Windows itself does when it starts)",
		                  p->hive.path, why);
	else if (stands == STANDS_UNREAD)
		(void)step_refuse(p->stage, "%.160s: %s", p->hive.path, why);
	return stands;
}

/*
 * The place is open, for reading or for writing.  Most of the time it is at one of its
 * ends, which is seen without holding all of a hive.
 */
static enum stands
stands_at(struct hive_place *p, const struct hive_change *c)
{
	OWN(own_buf) struct buf log = { .len = 0 };
	size_t which = hive_place_log_of(c);
	int log_fd = p->log_fds[which];
	struct hive_glance glance = { .has_log = log_fd >= 0 };

	if (log_fd >= 0 && hive_place_read(p, log_fd, p->logs[which].path, &log) != OK)
		return STANDS_UNREAD;
	glance.log = buf_span(&log);
	if (hive_place_glance(p, &glance) != OK)
		return STANDS_UNREAD;
	enum stands stands = hive_stand_at_end(c, &glance);
	return stands == STANDS_BETWEEN ? stands_between(p, c, &glance) : stands;
}

static enum stands
look(struct stage *s, struct step_row *row)
{
	OWN(own_place) struct hive_place place = HIVE_PLACE_NONE;
	OWN(own_change) struct hive_change change = { .was_dirty = false };
	enum err err = hive_place_open(s, row->path, &place);

	hive_change_init(&change);
	if (err == OK)
		err = hive_change_load(s, row, &change);
	return err == OK ? stands_at(&place, &change) : STANDS_UNREAD;
}

/* ---- writing */

static enum err
put_times(struct stage *s, const struct kept_thing *thing, const struct buf *times)
{
	struct kept kept;

	if (!kept_parse(buf_span(times), &kept))
		return step_refuse(s,
		                   "the journal's entry on %.200s is not what this "
		                   "version writes; use the version that wrote it",
		                   thing->path);
	return kept_put_times(thing, &kept, s->why);
}

/* The log has its bytes again, and so its times; the hive only once it is undone. */
static enum err
put_times_back(struct hive_place *p, const struct hive_change *c, bool is_undone)
{
	const struct kept_thing hive = spot_thing(p->stage, &p->hive);
	const struct kept_thing log = spot_thing(p->stage, &p->logs[p->log]);
	const struct kept_thing around = spot_around(p->stage, &p->hive);

	hive_place_let_go(p);
	if (c->has_log)
		TRY(put_times(p->stage, &log, &c->log_times));
	else
		TRY(put_times(p->stage, &around, &c->folder_times));
	return is_undone ? put_times(p->stage, &hive, &c->hive_times) : OK;
}

typedef enum err (*hive_writer)(const struct hive_change *, struct hive_store *);

static enum err
write_it(struct stage *s, struct step_row *row, hive_writer writer, bool is_undone)
{
	OWN(own_place) struct hive_place place = HIVE_PLACE_NONE;
	OWN(own_change) struct hive_change change = { .was_dirty = false };

	hive_change_init(&change);
	TRY(hive_place_open(s, row->path, &place));
	TRY(hive_change_load(s, row, &change));
	enum stands stands = stands_at(&place, &change);
	if (stands == STANDS_OTHER || stands == STANDS_UNREAD)
		return ERR_REFUSED;
	TRY(hive_place_for_writing(&place, row, &change));
	TRY(writer(&change, &place.store));
	return put_times_back(&place, &change, is_undone);
}

static enum err
apply(struct stage *s, struct step_row *row)
{
	return write_it(s, row, hive_write_apply, false);
}

static enum err
undo(struct stage *s, struct step_row *row)
{
	return write_it(s, row, hive_write_undo, true);
}

const struct step_ops step_hive_ops = { "hive", apply, look, undo };

/* ---- as it was before */

static enum err
bytes_behind(struct stage *s, const struct step_row *row, int after, struct buf *out)
{
	OWN(own_place) struct hive_place place = HIVE_PLACE_NONE;

	TRY(hive_place_open(s, row->path, &place));
	return hive_place_read(&place, after >= 0 ? after : place.fd, row->path, out);
}

static enum err
memfd_of(struct span bytes, int *out)
{
	int fd = memfd_create("hive", MFD_CLOEXEC);

	if (fd >= 0 && !write_all(fd, bytes)) {
		close(fd);
		return ERR_MEMORY;
	}
	*out = fd;
	return fd < 0 ? ERR_MEMORY : OK;
}

enum err
step_hive_before(struct stage *s, struct step_row *row, int after, int *before)
{
	OWN(own_change) struct hive_change change = { .was_dirty = false };
	OWN(own_buf) struct buf hive = { .len = 0 };
	OWN(own_buf) struct buf image = { .len = 0 };

	*before = -1;
	hive_change_init(&change);
	TRY(hive_change_load(s, row, &change));
	TRY(bytes_behind(s, row, after, &hive));
	enum err err = hive_image_ready(&change, buf_span(&hive), &image);
	if (err == ERR_REFUSED)
		return step_refuse(s,
		                   "%.200s has been written to since, so how it was "
		                   "before cannot be told",
		                   row->path);
	TRY(err);
	return memfd_of(buf_span(&image), before);
}
