/* Keeping what a change of a hive needs: the volume is read, and nothing else. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "base/when.h"
#include "mend/step_hive_parts.h"
#include "reach/hive_copy.h"
#include "reach/hive_edit.h"
#include "sys/clock.h"

/* ---- maps of memfds */

struct map {
	uint8_t *at;
	size_t len;
};

static void
own_map(struct map *m)
{
	if (m->at)
		(void)munmap(m->at, m->len);
}

/* Written to, it is ours alone.  All of it will be read. */
static enum err
map_it(int fd, struct map *out)
{
	size_t len = (size_t)hive_length(fd);
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		return ERR_MEMORY;
	(void)madvise(at, len, MADV_POPULATE_READ);
	*out = (struct map){ at, len };
	return OK;
}

static struct span
span_of_map(const struct map *m)
{
	return span_of(m->at, m->len);
}

/* ---- the log and the times */

/* Later than all that the hive and its logs say, so that no other log can be taken for
 * the one that goes with it. */
static uint64_t
later_than_all(struct span ready, const struct buf logs[HIVE_LOGS_MOST])
{
	uint64_t latest = when_to_filetime(clock_now());
	struct hive_base base;

	if (hive_base_read(ready, &base) == HEARD && base.written >= latest)
		latest = base.written + 1;
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++) {
		if (hive_base_read(buf_span(&logs[i]), &base) == HEARD &&
		    base.written >= latest)
			latest = base.written + 1;
	}
	return latest;
}

/* As those that are there are; logs of entries mean that this Windows writes such. */
static uint32_t
kind_of(const struct buf logs[HIVE_LOGS_MOST])
{
	uint32_t kind = 0;
	struct hive_base base;

	for (size_t i = 0; i < HIVE_LOGS_MOST; i++) {
		if (hive_base_read(buf_span(&logs[i]), &base) != HEARD ||
		    !base.is_sound)
			continue;
		if (base.kind == HIVE_LOG_ENTRIES)
			return HIVE_LOG_ENTRIES;
		if (base.kind == HIVE_LOG_2000)
			kind = HIVE_LOG_2000;
	}
	return kind ? kind : HIVE_LOG_XP;
}

static enum err
keep_times(struct stage *s, const struct spot *spot, struct buf *out)
{
	const struct kept_thing thing = spot_thing(s, spot);

	return kept_read_times(&thing, out, s->why);
}

/* What of the place is not in the hive's bytes. */
static enum err
keep_around(struct hive_place *p, struct hive_change *c)
{
	size_t log = hive_place_choose_log(p);
	const struct kept_thing around = spot_around(p->stage, &p->hive);

	(void)text_copy(c->log_ending, sizeof c->log_ending, hive_log_endings[log]);
	c->has_log = p->logs[log].there;
	TRY(keep_times(p->stage, &p->hive, &c->hive_times));
	if (c->has_log)
		TRY(keep_times(p->stage, &p->logs[log], &c->log_times));
	return kept_read_times(&around, &c->folder_times, p->stage->why);
}

struct logs {
	struct buf at[HIVE_LOGS_MOST];
};

static void
own_logs(struct logs *l)
{
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		buf_free(&l->at[i]);
}

static enum err
read_logs(struct hive_place *p, struct logs *out)
{
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++) {
		if (p->log_fds[i] >= 0)
			TRY(hive_place_read(p, p->log_fds[i], p->logs[i].path,
			                    &out->at[i]));
	}
	return OK;
}

/* ---- the change */

static enum err
fill(struct hive_place *p, const struct hive_states *states, struct hive_change *c)
{
	OWN(own_map) struct map before = { NULL, 0 };
	OWN(own_map) struct map replayed = { NULL, 0 };
	OWN(own_map) struct map after = { NULL, 0 };
	OWN(own_logs) struct logs logs = { 0 };
	const char *why = "";

	TRY(read_logs(p, &logs));
	TRY(map_it(states->before, &before));
	if (states->was_dirty)
		TRY(map_it(states->ready, &replayed));
	const struct map *ready = states->was_dirty ? &replayed : &before;
	TRY(map_it(states->after, &after));
	struct hive_images images = {
		.before = span_of_map(&before),
		.ready = span_of_map(ready),
		.after = after.at,
		.after_len = after.len,
		.written = later_than_all(span_of_map(ready), logs.at),
	};
	enum err err = hive_change_between(&images, c, &why);
	if (err == ERR_REFUSED)
		return step_refuse(p->stage, "%.160s: %s", p->hive.path, why);
	TRY(err);
	c->log_kind = kind_of(logs.at);
	if (c->has_log) {
		struct buf *log = &logs.at[hive_place_log_of(c)];

		c->old_log = *log;
		*log = (struct buf){ .len = 0 };
	}
	return OK;
}

/* `edits` of the hive as it lies there, or none: then it becomes `after`. */
struct wanted {
	const struct reg_edit *edits;
	size_t count;
	int after; /* -1: it has edits */
};

static enum err
begin_states(struct hive_place *p, const struct wanted *w, struct hive_states *out)
{
	struct hive_files files = { p->fd, { -1, -1, -1 }, p->hive.path };
	uint64_t len = 0;

	memcpy(files.logs, p->log_fds, sizeof files.logs);
	if (hive_edit_begin(&files, w->edits, w->count, out, p->stage->why) != HEARD)
		return ERR_REFUSED;
	if (w->after < 0)
		return OK;
	close(out->after);
	if (hive_copy(w->after, &out->after, &len, p->stage->why) != HEARD)
		return ERR_REFUSED;
	return hive_fill_up(out->after, out->ready) ? OK : ERR_MEMORY;
}

/* ---- under way */

struct hive_keeping {
	struct hive_place place;
	struct hive_change change;
	struct hive_states states;
};

void
step_drop_hive(struct hive_keeping *k)
{
	if (!k)
		return;
	hive_place_close(&k->place);
	hive_change_free(&k->change);
	hive_states_close(&k->states);
	free(k);
}

static void
own_keeping(struct hive_keeping **k)
{
	step_drop_hive(*k);
}

static enum err
begin(struct stage *s, const char *path, const struct wanted *w,
      struct hive_keeping **out)
{
	OWN(own_keeping) struct hive_keeping *k = malloc(sizeof *k);

	*out = NULL;
	if (!k)
		return ERR_MEMORY;
	*k = (struct hive_keeping){ .place = HIVE_PLACE_NONE,
		                    .states = HIVE_STATES_NONE };
	hive_change_init(&k->change);
	TRY(hive_place_open(s, path, &k->place));
	TRY(keep_around(&k->place, &k->change));
	TRY(begin_states(&k->place, w, &k->states));
	*out = GIVE(k);
	return OK;
}

enum err
step_begin_hive(struct stage *s, const char *path, const struct reg_edit *edits,
                size_t count, struct hive_keeping **out)
{
	return begin(s, path, &(struct wanted){ edits, count, -1 }, out);
}

enum err
step_compare_hive(struct hive_keeping *k)
{
	struct stage *s = k->place.stage;

	return hive_edit_compare(&k->states, k->place.hive.path, s->why) == HEARD
	           ? OK
	           : ERR_REFUSED;
}

enum err
step_keep_begun_hive(struct hive_keeping *k, struct step_row *out)
{
	struct stage *s = k->place.stage;
	const char *path = k->place.hive.path;

	*out = (struct step_row){ .kind = STEP_HIVE, .state = STEP_KEPT };
	(void)text_copy(out->path, sizeof out->path, path);
	TRY(step_compare_hive(k));
	TRY(fill(&k->place, &k->states, &k->change));
	if (hive_edit_end(&k->states, path, s->why) != HEARD)
		return ERR_REFUSED;
	return hive_change_save(s, &k->change, out);
}

static enum err
keep(struct stage *s, const char *path, const struct wanted *w, struct step_row *out)
{
	OWN(own_keeping) struct hive_keeping *k = NULL;

	*out = (struct step_row){ .kind = STEP_HIVE };
	TRY(begin(s, path, w, &k));
	return step_keep_begun_hive(k, out);
}

enum err
step_keep_hive(struct stage *s, const char *path, const struct reg_edit *edits,
               size_t count, struct step_row *out)
{
	return keep(s, path, &(struct wanted){ edits, count, -1 }, out);
}

enum err
step_keep_hive_as(struct stage *s, const char *path, int after, struct step_row *out)
{
	return keep(s, path, &(struct wanted){ NULL, 0, after }, out);
}
