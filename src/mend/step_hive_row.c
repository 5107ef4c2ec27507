/* A change of a hive in the journal, and out of it. */
#include <string.h>

#include "base/own.h"
#include "mend/step_hive_parts.h"

#define FACTS_MOST (1u << 20)
#define PART_MOST (512u << 20)

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

static void
own_reader(struct part_reader **r)
{
	part_close(*r);
}

/* ---- in */

static enum err
save_part(struct stage *s, const struct step_row *row, enum hive_part part,
          enum err (*put)(struct part_writer *, const void *), const void *what)
{
	struct part_writer *w = NULL;
	char sha256[SHA256_TEXT];
	uint64_t len = 0;

	TRY(step_of_journal(s, journal_part_begin(s->journal, row->id, (int)part, &w)));
	enum err err = put(w, what);
	if (err != OK) {
		part_drop(w);
		return step_of_journal(s, err);
	}
	return step_of_journal(s, part_end(w, &len, sha256));
}

static enum err
put_runs(struct part_writer *w, const void *what)
{
	const struct hive_runs *runs = what;

	for (size_t i = 0; i < runs->count; i++) {
		OWN(own_buf) struct buf one = { .len = 0 };

		buf_init(&one, 4u << 20);
		hive_run_put(runs, &runs->at[i], &one);
		if (one.bad)
			return ERR_MEMORY;
		TRY(part_write(w, buf_span(&one)));
	}
	return OK;
}

static enum err
put_bytes(struct part_writer *w, const void *what)
{
	return part_write(w, buf_span(what));
}

static enum err
save_parts(struct stage *s, const struct hive_change *c, const struct step_row *row)
{
	TRY(save_part(s, row, HIVE_PART_CHANGE, put_runs, &c->change));
	TRY(save_part(s, row, HIVE_PART_REPLAY, put_runs, &c->replay));
	return save_part(s, row, HIVE_PART_LOG, put_bytes, &c->old_log);
}

enum err
hive_change_save(struct stage *s, const struct hive_change *c, struct step_row *row)
{
	buf_init(&row->facts, FACTS_MOST);
	hive_change_put(c, &row->facts);
	enum err err = row->facts.bad
	                   ? ERR_MEMORY
	                   : step_of_journal(s, journal_add_step(s->journal, row));
	if (err == OK)
		err = save_parts(s, c, row);
	if (err != OK)
		step_row_free(row);
	return err;
}

/* ---- out */

static enum err
strange(struct stage *s, const struct step_row *row)
{
	return step_refuse(s,
	                   "the journal's entry on %.200s is not what this version "
	                   "writes; use the version that wrote it",
	                   row->path);
}

static enum err
load_part(struct stage *s, const struct step_row *row, enum hive_part part,
          struct buf *out)
{
	OWN(own_reader) struct part_reader *r = NULL;
	size_t got = 0;
	size_t at = 0;

	TRY(step_of_journal(s, journal_part_open(s->journal, row->id, (int)part, &r)));
	if (!r || part_len(r) > PART_MOST)
		return strange(s, row);
	size_t len = (size_t)part_len(r);
	buf_free(out);
	buf_init(out, len + 1);
	buf_zero(out, len + 1);
	if (out->bad)
		return ERR_MEMORY;
	do {
		TRY(step_of_journal(s, part_read(r, out->at + at, len + 1 - at, &got)));
		at += got;
	} while (got > 0 && at <= len);
	out->len = len;
	return at == len ? OK : strange(s, row);
}

static enum err
load_runs(struct stage *s, const struct step_row *row, enum hive_part part,
          struct hive_runs *out)
{
	OWN(own_buf) struct buf bytes = { .len = 0 };

	buf_init(&bytes, 0);
	TRY(load_part(s, row, part, &bytes));
	enum err err = hive_runs_read(buf_span(&bytes), out);
	return err == ERR_REFUSED ? strange(s, row) : err;
}

enum err
hive_change_load(struct stage *s, const struct step_row *row, struct hive_change *out)
{
	hive_change_init(out);
	enum err err = hive_change_read(buf_span(&row->facts), out);
	if (err == ERR_REFUSED)
		return strange(s, row);
	TRY(err);
	TRY(load_runs(s, row, HIVE_PART_CHANGE, &out->change));
	TRY(load_runs(s, row, HIVE_PART_REPLAY, &out->replay));
	return load_part(s, row, HIVE_PART_LOG, &out->old_log);
}
