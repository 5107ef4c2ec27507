#include "mend/hive_write.h"

#include <string.h>

#include "base/own.h"

/* As much as a log may be: every page of the change, and a bitmap. */
#define LOG_MOST (HIVE_RUNS_BYTES_MOST + (64u << 20))

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

static enum err
sync_hive(struct hive_store *s)
{
	return s->ops->sync(s, HIVE_ITSELF);
}

static enum err
write_form(const struct hive_change *c, struct hive_store *s, enum hive_form form)
{
	TRY(s->ops->write(s, HIVE_ITSELF, 0, span_of(c->forms[form], HIVE_BASE)));
	return sync_hive(s);
}

/* ---- pages */

enum pages { PAGES_OLD, PAGES_NEW };

static enum err
write_pages(struct hive_store *s, const struct hive_runs *runs, enum pages which)
{
	for (size_t i = 0; i < runs->count; i++) {
		const struct hive_run *run = &runs->at[i];
		struct span bytes = which == PAGES_NEW ? hive_run_new(runs, run)
		                                       : hive_run_old(runs, run);

		if (bytes.left > 0)
			TRY(s->ops->write(s, HIVE_ITSELF, run->offset, bytes));
	}
	return sync_hive(s);
}

/* What is behind the end as it was: nothing refers to it yet. */
static enum err
grow(const struct hive_change *c, struct hive_store *s)
{
	if (c->after_len == c->ready_len)
		return OK;
	for (size_t i = 0; i < c->change.count; i++) {
		const struct hive_run *run = &c->change.at[i];
		struct span bytes = hive_run_new(&c->change, run);
		uint64_t skip = run->offset < c->ready_len ? c->ready_len - run->offset
		                                           : 0;

		if (skip >= bytes.left)
			continue;
		(void)span_cut(&bytes, (size_t)skip);
		TRY(s->ops->write(s, HIVE_ITSELF, run->offset + skip, bytes));
	}
	return sync_hive(s);
}

/* ---- the log */

static enum err
write_log(const struct hive_change *c, struct hive_store *s, enum hive_form form)
{
	OWN(own_buf) struct buf log = { .len = 0 };

	buf_init(&log, LOG_MOST);
	TRY(hive_change_log(c, form, &log));
	if (!c->has_log)
		TRY(s->ops->make_log(s));
	TRY(s->ops->write(s, HIVE_ITS_LOG, 0, buf_span(&log)));
	return s->ops->sync(s, HIVE_ITS_LOG);
}

static enum err
put_log_back(const struct hive_change *c, struct hive_store *s)
{
	OWN(own_buf) struct buf log = { .len = 0 };
	bool there = false;

	buf_init(&log, LOG_MOST);
	if (!c->has_log)
		return s->ops->drop_log(s);
	TRY(s->ops->read_log(s, &log, &there));
	if (there && log.len == c->old_log.len &&
	    span_is(buf_span(&log), c->old_log.at, c->old_log.len))
		return OK;
	if (c->old_log.len > 0)
		TRY(s->ops->write(s, HIVE_ITS_LOG, 0, buf_span(&c->old_log)));
	TRY(s->ops->set_length(s, HIVE_ITS_LOG, c->old_log.len));
	return s->ops->sync(s, HIVE_ITS_LOG);
}

/* ---- from form to form */

static enum err
form_of(const struct hive_change *c, struct hive_store *s, enum hive_form *out)
{
	uint8_t base[HIVE_BASE];

	TRY(s->ops->read_base(s, base));
	*out = hive_change_form(c, base);
	return *out == HIVE_FORMS ? ERR_REFUSED : OK;
}

static enum err
finish(const struct hive_change *c, struct hive_store *s, enum hive_form form)
{
	TRY(write_pages(s, &c->change, form == FORM_AFTER ? PAGES_NEW : PAGES_OLD));
	return write_form(c, s, form);
}

/* What was cut off is brought to where its log leads; *form is clean then. */
static enum err
settle(const struct hive_change *c, struct hive_store *s, enum hive_form *form)
{
	enum hive_form clean = *form;

	if (*form == FORM_TO_AFTER)
		clean = FORM_AFTER;
	else if (*form == FORM_TO_READY)
		clean = FORM_READY;
	if (clean != *form)
		TRY(finish(c, s, clean));
	*form = clean;
	return OK;
}

/* Its own log stays beside it, and would do the same. */
static enum err
make_ready(const struct hive_change *c, struct hive_store *s)
{
	TRY(write_pages(s, &c->replay, PAGES_NEW));
	return write_form(c, s, FORM_READY);
}

enum err
hive_write_apply(const struct hive_change *c, struct hive_store *s)
{
	enum hive_form form = HIVE_FORMS;

	TRY(form_of(c, s, &form));
	TRY(settle(c, s, &form));
	if (form == FORM_BEFORE)
		TRY(make_ready(c, s));
	if (form != FORM_AFTER && !hive_change_is_empty(c)) {
		TRY(write_log(c, s, FORM_TO_AFTER));
		TRY(grow(c, s));
		TRY(write_form(c, s, FORM_TO_AFTER));
		TRY(finish(c, s, FORM_AFTER));
	}
	return put_log_back(c, s);
}

/* It is dirty, and its own log is beside it. */
static enum err
put_dirt_back(const struct hive_change *c, struct hive_store *s)
{
	TRY(write_pages(s, &c->replay, PAGES_OLD));
	TRY(s->ops->set_length(s, HIVE_ITSELF, c->before_len));
	return sync_hive(s);
}

enum err
hive_write_undo(const struct hive_change *c, struct hive_store *s)
{
	enum hive_form form = HIVE_FORMS;

	TRY(form_of(c, s, &form));
	if (form == FORM_BEFORE)
		return put_dirt_back(c, s);
	TRY(settle(c, s, &form));
	if (form == FORM_AFTER && !hive_change_is_empty(c)) {
		TRY(write_log(c, s, FORM_TO_READY));
		TRY(write_form(c, s, FORM_TO_READY));
		TRY(finish(c, s, FORM_READY));
	}
	TRY(s->ops->set_length(s, HIVE_ITSELF, c->ready_len));
	TRY(sync_hive(s));
	TRY(put_log_back(c, s));
	if (!c->was_dirty)
		return OK;
	TRY(write_form(c, s, FORM_BEFORE));
	return put_dirt_back(c, s);
}
