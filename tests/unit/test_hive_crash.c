/*
 * A power cut at every moment of writing to a hive.  What apply and undo write is
 * recorded; then, for every beginning of that, a disk is made that has what was synced,
 * and of the rest any part: writes that are lost, in any order, torn between sectors.
 * The replay of logs, which is held against what Windows makes of real hives, has to
 * read the hive as it was or as it was to be; it has to be known for what it is; and
 * undo has to give back every byte, apply has to come to its end.
 *
 * CONFINE_CRASH_SEEDS=N tries N disks for each moment instead of a few.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_data.h"
#include "hive_disk.h"
#include "mend/hive_stand.h"
#include "mend/hive_write.h"
#include "reg_edits.h"

#define SECTOR 512

/* ---- a hive that is to be changed */

struct story {
	const char *hive;
	const char *log;   /* the one that is written to; NULL: none is there */
	const char *other; /* one more that is there, or NULL */
	const struct reg_edit *edits;
	size_t count;
	uint32_t kind; /* of the log that is written */
};

struct scene {
	struct hive_change change;
	struct disk before, after;
	struct buf ready_image, after_image;
	struct span other;
	uint32_t dice;
	unsigned long points;
};

static int
fd_of(const char *name)
{
	return name ? hive_data_fd(name) : -1;
}

static void
take(struct file *f, int fd)
{
	uint8_t chunk[65536];
	ssize_t got;

	buf_init(&f->bytes, DISK_MOST);
	f->there = fd >= 0;
	for (off_t at = 0; fd >= 0 && (got = pread(fd, chunk, sizeof chunk, at)) > 0;
	     at += got)
		buf_put(&f->bytes, chunk, (size_t)got);
}

static void
take_image(struct buf *to, int fd)
{
	struct file f;

	take(&f, fd);
	*to = f.bytes;
}

static void
build_change(struct scene *s, const struct story *story)
{
	struct buf before = s->before.files[HIVE_ITSELF].bytes;
	const char *why = "";
	struct hive_images images = {
		buf_span(&before),  buf_span(&s->ready_image), s->after_image.at,
		s->after_image.len, 0x01DC000000000000u,
	};

	hive_change_init(&s->change);
	s->change.has_log = story->log != NULL;
	s->change.log_kind = story->kind;
	if (story->log)
		buf_put(&s->change.old_log, s->before.files[HIVE_ITS_LOG].bytes.at,
		        s->before.files[HIVE_ITS_LOG].bytes.len);
	assert_int_equal(hive_change_between(&images, &s->change, &why), OK);
}

static void
scene_open(struct scene *s, const struct story *story)
{
	int hive = hive_data_fd(story->hive);
	int log = fd_of(story->log);
	int other = fd_of(story->other);
	struct hive_files files = { hive, { log, other, -1 }, "C:\\H" };
	struct hive_states states;
	char why[WHY_ROOM] = "";

	*s = (struct scene){ .dice = 1 };
	if (hive_edit(&files, story->edits, story->count, &states, why) != HEARD)
		fail_msg("%s", why);
	s->before.store.ops = &disk_ops;
	take(&s->before.files[HIVE_ITSELF], hive);
	take(&s->before.files[HIVE_ITS_LOG], log);
	take_image(&s->ready_image, states.ready);
	take_image(&s->after_image, states.after);
	s->other = story->other ? hive_data(story->other) : span_of(NULL, 0);
	build_change(s, story);
	disk_copy(&s->after, &s->before);
	assert_int_equal(hive_write_apply(&s->change, &s->after.store), OK);
	hive_states_close(&states);
	close(hive);
	if (log >= 0)
		close(log);
	if (other >= 0)
		close(other);
}

static void
scene_close(struct scene *s)
{
	hive_change_free(&s->change);
	disk_free(&s->before);
	disk_free(&s->after);
	buf_free(&s->ready_image);
	buf_free(&s->after_image);
	hive_data_free(s->other);
}

/* ---- the cut */

static uint32_t
roll(struct scene *s, uint32_t sides)
{
	s->dice = s->dice * 1664525u + 1013904223u;
	return (s->dice >> 8) % sides;
}

static void
put_torn(struct scene *s, struct file *f, const struct op *op)
{
	struct span rest = buf_span(&op->bytes);
	uint64_t at = op->at;

	while (rest.left > 0) {
		size_t most = SECTOR - at % SECTOR;
		struct span part = span_cut(&rest, most < rest.left ? most : rest.left);

		if (roll(s, 2))
			file_put(f, at, part);
		at += part.left;
	}
}

static void
do_op(struct file *f, const struct op *op)
{
	switch (op->deed) {
	case DEED_WRITE: file_put(f, op->at, buf_span(&op->bytes)); break;
	case DEED_LENGTH: file_set_length(f, (size_t)op->at); break;
	case DEED_SYNC: break;
	case DEED_MAKE: f->there = true; break;
	case DEED_DROP:
		f->there = false;
		file_set_length(f, 0);
		break;
	}
}

/* Whether an op had reached the disk for sure when the first `count` were done. */
static bool
is_synced(const struct disk *d, size_t i, size_t count)
{
	enum hive_file file = d->ops[i].file;

	/* Making and removing the log ends in a sync of its own. */
	if (d->ops[i].deed == DEED_MAKE || d->ops[i].deed == DEED_DROP)
		return true;
	for (size_t k = i + 1; k < count; k++) {
		if (d->ops[k].file == file &&
		    (d->ops[k].deed == DEED_SYNC || d->ops[k].deed == DEED_DROP))
			return true;
	}
	return false;
}

/* Seed 0 has all, seed 1 nothing of what was not synced, others something. */
static void
put_some(struct scene *s, struct disk *to, const struct op *op, unsigned seed)
{
	struct file *f = &to->files[op->file];

	if (seed == 1 || (seed > 1 && roll(s, 4) == 0))
		return;
	if (seed > 1 && op->deed == DEED_WRITE)
		put_torn(s, f, op);
	else
		do_op(f, op);
}

/* A disk that a run began on, and how much of it was done. */
struct cut {
	const struct disk *from, *run;
	size_t count;
	unsigned seed;
};

/* The disk as it may be then. */
static void
cut_off(struct scene *s, const struct cut *c, struct disk *out)
{
	const struct disk *recorded = c->run;
	unsigned seed = c->seed;
	const struct op *loose[OPS_MOST];
	size_t loose_count = 0;

	disk_copy(out, c->from);
	for (size_t i = 0; i < c->count; i++) {
		if (is_synced(recorded, i, c->count))
			do_op(&out->files[recorded->ops[i].file], &recorded->ops[i]);
		else
			loose[loose_count++] = &recorded->ops[i];
	}
	for (size_t i = loose_count; seed > 1 && i > 1; i--) {
		size_t k = roll(s, (uint32_t)i);
		const struct op *held = loose[i - 1];

		loose[i - 1] = loose[k];
		loose[k] = held;
	}
	for (size_t i = 0; i < loose_count; i++)
		put_some(s, out, loose[i], seed);
}

/* ---- what has to hold there */

static bool
reads_as(const struct hive_image *h, const struct buf *image)
{
	struct hive_base is, ought;

	if (hive_base_read(span_of(h->at, h->len), &is) != HEARD ||
	    hive_base_read(buf_span(image), &ought) != HEARD ||
	    is.bins_len != ought.bins_len || !is.is_sound || is.begun != is.ended)
		return false;
	return span_is(span_at(span_of(h->at, h->len), HIVE_HEAD, is.bins_len),
	               image->at + HIVE_HEAD, is.bins_len);
}

/* As Windows reads it: 1 as it was, 2 as it was to be, 0 as neither. */
static int
read_it(const struct scene *s, const struct disk *d)
{
	const struct buf *hive = &d->files[HIVE_ITSELF].bytes;
	struct hive_image h = { calloc(1, DISK_MOST), hive->len, DISK_MOST };
	struct hive_replay told;
	struct span logs[HIVE_LOGS_MOST] = { { .left = 0 } };

	assert_non_null(h.at);
	memcpy(h.at, hive->at, hive->len);
	if (d->files[HIVE_ITS_LOG].there)
		logs[0] = buf_span(&d->files[HIVE_ITS_LOG].bytes);
	logs[1] = s->other;
	assert_int_equal(hive_log_replay(&h, logs, &told), HEARD);
	int as = told.lost                       ? 0
	         : reads_as(&h, &s->ready_image) ? 1
	         : reads_as(&h, &s->after_image) ? 2
	                                         : 0;
	free(h.at);
	return as;
}

static enum stands
stands(const struct scene *s, const struct disk *d)
{
	struct hive_found found = {
		buf_span(&d->files[HIVE_ITSELF].bytes),
		d->files[HIVE_ITS_LOG].there,
		buf_span(&d->files[HIVE_ITS_LOG].bytes),
	};
	const char *why = "";

	return hive_stand(&s->change, &found, &why);
}

/* From there on, to both ends. */
static void
both_ends_are_reached(struct scene *s, const struct disk *d)
{
	struct disk undone, applied;

	disk_copy(&undone, d);
	assert_int_equal(hive_write_undo(&s->change, &undone.store), OK);
	assert_true(disk_same(&undone, &s->before));
	disk_copy(&applied, d);
	assert_int_equal(hive_write_apply(&s->change, &applied.store), OK);
	assert_true(disk_same(&applied, &s->after));
	disk_free(&undone);
	disk_free(&applied);
}

static void
holds(struct scene *s, const struct disk *d)
{
	enum stands at = stands(s, d);

	s->points++;
	assert_int_not_equal(read_it(s, d), 0);
	assert_true(at == STANDS_BEFORE || at == STANDS_BETWEEN || at == STANDS_AFTER);
	assert_int_equal(at == STANDS_BEFORE, disk_same(d, &s->before));
	assert_int_equal(at == STANDS_AFTER, disk_same(d, &s->after));
	both_ends_are_reached(s, d);
}

typedef enum err (*writer)(const struct hive_change *, struct hive_store *);

/* The way back begins from the third.  Under the sanitizers all takes ten times as
 * long. */
#ifdef __SANITIZE_ADDRESS__
#define SEEDS_USUAL 3
#else
#define SEEDS_USUAL 6
#endif

static unsigned
seeds(void)
{
	const char *wanted = getenv("CONFINE_CRASH_SEEDS");

	return wanted ? (unsigned)strtoul(wanted, NULL, 10) : SEEDS_USUAL;
}

static void
record_run(const struct scene *s, const struct disk *from, writer write,
           struct disk *to)
{
	disk_copy(to, from);
	to->ops = calloc(OPS_MOST, sizeof *to->ops);
	assert_non_null(to->ops);
	assert_int_equal(write(&s->change, &to->store), OK);
}

/* The other way is cut off, too, from where the first way was. */
static void
cut_the_way_back(struct scene *s, const struct disk *from, writer write)
{
	struct disk run;

	record_run(s, from, write, &run);
	for (size_t count = 0; count <= run.count; count++) {
		struct disk d;

		struct cut cut = { from, &run, count, 2 + roll(s, 100) };

		cut_off(s, &cut, &d);
		holds(s, &d);
		disk_free(&d);
	}
	disk_free(&run);
}

static void
cut_everywhere(struct scene *s, const struct disk *from, writer write, writer back)
{
	struct disk run;

	record_run(s, from, write, &run);
	for (size_t count = 0; count <= run.count; count++) {
		for (unsigned seed = 0; seed < seeds(); seed++) {
			struct disk d;

			struct cut cut = { from, &run, count, seed };

			cut_off(s, &cut, &d);
			holds(s, &d);
			if (seed == 2)
				cut_the_way_back(s, &d, back);
			disk_free(&d);
		}
	}
	disk_free(&run);
}

static void
play(void **state)
{
	const struct story *story = *state;
	struct scene s;

	scene_open(&s, story);
	assert_int_equal(read_it(&s, &s.before), 1);
	assert_int_equal(read_it(&s, &s.after), 2);
	cut_everywhere(&s, &s.before, hive_write_apply, hive_write_undo);
	cut_everywhere(&s, &s.after, hive_write_undo, hive_write_apply);
	print_message("%s: %lu points\n", story->hive, s.points);
	scene_close(&s);
}

/* ---- stories */

static const struct reg_edit growing[] = {
	SET("New\\One", "Name", 1, "A\0\0\0"),
	SET("New\\Two", "Name", 1, "B\0\0\0"),
};
static const struct reg_edit of_accounts[] = {
	DELETE_KEY("SAM\\Domains\\Account\\Users\\Names\\Preston"),
	SET("SAM\\Domains", "Name", 1, "A\0\0\0"),
};

static struct story stories[] = {
	{ "minimal", NULL, NULL, growing, 2, HIVE_LOG_XP },
	{ "special", "OldDirtyHive.LOG1", NULL, growing, 2, HIVE_LOG_XP },
	{ "SAM-win7", "OldDirtyHive.LOG1", NULL, of_accounts, 2, HIVE_LOG_XP },
	{ "OldDirtyHive", "OldDirtyHive.LOG1", NULL, growing, 2, HIVE_LOG_XP },
	{ "NewDirtyHive1", "NewDirtyHive1.LOG1", "NewDirtyHive1.LOG2", growing, 2,
	  HIVE_LOG_ENTRIES },
};

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a_small_hive_without_a_log", play, NULL, NULL, &stories[0] },
		{ "a_hive_with_a_log_of_another_time", play, NULL, NULL, &stories[1] },
		{ "a_hive_of_windows_7", play, NULL, NULL, &stories[2] },
		{ "a_dirty_hive_whose_log_is_written_over", play, NULL, NULL,
		  &stories[3] },
		{ "a_dirty_hive_of_windows_10", play, NULL, NULL, &stories[4] },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
