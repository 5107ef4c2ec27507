/*
 * Whatever state the hive is in, with all pages of the change put in it has to be the
 * one state whose hash the journal has: then nothing else was touched.  What the pages
 * hold now has to be of one of the states, byte for byte; and so has the log.
 */
#include "mend/hive_stand.h"

#include <string.h>

#include <nettle/sha2.h>

#include "base/own.h"

#define LOG_MOST (HIVE_RUNS_BYTES_MOST + (64u << 20))

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

/* ---- images */

static void
put_pages(struct buf *image, const struct hive_runs *runs, bool new)
{
	for (size_t i = 0; i < runs->count; i++) {
		const struct hive_run *run = &runs->at[i];
		struct span bytes = new ? hive_run_new(runs, run)
		                        : hive_run_old(runs, run);

		if (run->offset <= image->len && bytes.left <= image->len - run->offset)
			(void)span_copy(bytes, image->at + run->offset, bytes.left);
	}
}

/* The hive's bytes, cut or filled up to a length, with all pages as they are after. */
static enum err
put_together(const struct hive_change *c, struct span hive, struct buf *out)
{
	size_t len = (size_t)c->after_len;

	buf_init(out, len);
	buf_put(out, hive.at, hive.left < len ? hive.left : len);
	buf_zero(out, len - out->len);
	if (out->bad)
		return ERR_MEMORY;
	put_pages(out, &c->replay, true);
	put_pages(out, &c->change, true);
	(void)span_copy(span_of(c->forms[FORM_AFTER], HIVE_BASE), out->at, len);
	return OK;
}

static void
hash(struct span bytes, uint8_t out[HIVE_SHA256])
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, bytes.left, bytes.at);
	sha256_digest(&sha, HIVE_SHA256, out);
}

static bool
is_hash(const uint8_t a[HIVE_SHA256], const uint8_t b[HIVE_SHA256])
{
	return memcmp(a, b, HIVE_SHA256) == 0;
}

enum err
hive_image_after(const struct hive_change *c, struct span hive, struct buf *out)
{
	uint8_t is[HIVE_SHA256];

	TRY(put_together(c, hive, out));
	hash(buf_span(out), is);
	return is_hash(is, c->after_sha256) ? OK : ERR_REFUSED;
}

enum err
hive_image_ready(const struct hive_change *c, struct span hive, struct buf *out)
{
	TRY(hive_image_after(c, hive, out));
	put_pages(out, &c->change, false);
	(void)span_copy(span_of(c->forms[FORM_READY], HIVE_BASE), out->at, out->len);
	out->len = (size_t)c->ready_len;
	return OK;
}

/* ---- pages on the way */

/* Where the bytes are in a run, from `offset` on; a bad span where they are not. */
struct sides {
	struct span old, new;
};

static struct sides
sides_at(const struct hive_runs *runs, uint64_t offset)
{
	const struct hive_run *run = hive_runs_find(runs, offset);
	struct sides s = { { .bad = true }, { .bad = true } };

	if (!run)
		return s;
	size_t skip = (size_t)(offset - run->offset);
	s.old = hive_run_old(runs, run);
	s.new = hive_run_new(runs, run);
	(void)span_cut(&s.old, skip);
	(void)span_cut(&s.new, skip);
	return s;
}

static bool
is_one_of(uint8_t byte, size_t i, const struct sides *s)
{
	return (!s->old.bad && i < s->old.left && s->old.at[i] == byte) ||
	       (!s->new.bad &&i < s->new.left && s->new.at[i] == byte);
}

/* `len` bytes, which lie in one page. */
static bool
page_is_known(const struct hive_change *c, struct span page, uint64_t offset)
{
	struct sides change = sides_at(&c->change, offset);
	struct sides replay = sides_at(&c->replay, offset);

	for (size_t i = 0; i < page.left; i++) {
		if (!is_one_of(page.at[i], i, &change) &&
		    !is_one_of(page.at[i], i, &replay))
			return false;
	}
	return true;
}

/* Behind this nothing is referred to, so that half a write may have left anything. */
static uint64_t
free_from(const struct hive_change *c, enum hive_form form)
{
	if (form == FORM_BEFORE)
		return c->before_len;
	return form == FORM_READY ? c->ready_len : UINT64_MAX;
}

static bool
pages_are_known(const struct hive_change *c, const struct hive_runs *runs,
                struct span hive, uint64_t most)
{
	uint64_t end = most < hive.left ? most : hive.left;

	for (size_t i = 0; i < runs->count; i++) {
		const struct hive_run *run = &runs->at[i];

		for (uint64_t at = run->offset;
		     at < run->offset + run->len && at < end;) {
			uint64_t next = at + HIVE_HEAD; /* as long as a page is */
			uint64_t stop = next < run->offset + run->len
			                    ? next
			                    : run->offset + run->len;

			stop = stop < end ? stop : end;
			if (!page_is_known(c, span_at(hive, at, stop - at), at))
				return false;
			at = next;
		}
	}
	return true;
}

/* ---- the log */

static bool
log_is_back(const struct hive_change *c, bool has_log, struct span log)
{
	if (!c->has_log)
		return !has_log;
	return has_log && log.left == c->old_log.len &&
	       span_is(log, c->old_log.at, c->old_log.len);
}

static bool
byte_is_of(struct span s, size_t i, uint8_t byte)
{
	return i < s.left && s.at[i] == byte;
}

/* Every byte is of the old one or of one of ours; or was never written. */
static enum err
log_is_known(const struct hive_change *c, const struct hive_found *f, bool *out)
{
	OWN(own_buf) struct buf there = { .len = 0 };
	OWN(own_buf) struct buf back = { .len = 0 };
	struct span old = buf_span(&c->old_log);

	buf_init(&there, LOG_MOST);
	buf_init(&back, LOG_MOST);
	TRY(hive_change_log(c, FORM_TO_AFTER, &there));
	TRY(hive_change_log(c, FORM_TO_READY, &back));
	*out = true;
	for (size_t i = 0; f->has_log && i < f->log.left && *out; i++) {
		uint8_t byte = f->log.at[i];

		*out = byte_is_of(old, i, byte) ||
		       byte_is_of(buf_span(&there), i, byte) ||
		       byte_is_of(buf_span(&back), i, byte) ||
		       (byte == 0 && i >= c->old_log.len);
	}
	return OK;
}

/* ---- all of it */

static enum stands
other(const char **why, const char *words)
{
	*why = words;
	return STANDS_OTHER;
}

enum stands
hive_stand_at_end(const struct hive_change *c, const struct hive_glance *g)
{
	enum hive_form form = hive_change_form(c, g->base);

	if (!log_is_back(c, g->has_log, g->log))
		return STANDS_BETWEEN;
	if (form == FORM_AFTER && g->len == c->after_len &&
	    is_hash(g->sha256, c->after_sha256))
		return STANDS_AFTER;
	if ((form == FORM_READY || form == FORM_BEFORE) && g->len == c->before_len &&
	    is_hash(g->sha256, c->before_sha256))
		return STANDS_BEFORE;
	return STANDS_BETWEEN;
}

static enum stands
stands_at_end(const struct hive_change *c, const struct hive_found *f)
{
	struct hive_glance g = { .len = f->hive.left,
		                 .has_log = f->has_log,
		                 .log = f->log };

	(void)span_copy(f->hive, g.base, sizeof g.base);
	hash(f->hive, g.sha256);
	return hive_stand_at_end(c, &g);
}

/* Neither before nor behind it: is it on the way? */
static enum stands
between(const struct hive_change *c, const struct hive_found *f, enum hive_form form,
        const char **why)
{
	OWN(own_buf) struct buf image = { .len = 0 };
	bool is_known = false;
	uint64_t most = free_from(c, form);
	enum err err = hive_image_after(c, f->hive, &image);

	if (err == ERR_REFUSED)
		return other(why, "something else in it has changed since");
	if (err == OK)
		err = log_is_known(c, f, &is_known);
	if (err != OK) {
		*why = "there is no memory for it; close other programs";
		return STANDS_UNREAD;
	}
	if (!is_known)
		return other(why, "the log beside it has changed since");
	if (!pages_are_known(c, &c->change, f->hive, most) ||
	    !pages_are_known(c, &c->replay, f->hive, most))
		return other(why, "what was changed has been changed again since");
	return STANDS_BETWEEN;
}

enum stands
hive_stand(const struct hive_change *c, const struct hive_found *f, const char **why)
{
	*why = "";
	if (f->hive.left < HIVE_HEAD)
		return other(why, "it is shorter than any hive");
	enum hive_form form = hive_change_form(c, f->hive.at);
	if (form == HIVE_FORMS)
		return other(why, "it has been written to since");
	if (f->hive.left < c->before_len)
		return other(why, "it is shorter than it was left");
	if (f->hive.left > c->after_len)
		return other(why, "it is longer than it was left");
	enum stands stands = stands_at_end(c, f);
	if (stands != STANDS_BETWEEN)
		return stands;
	if (form == FORM_BEFORE && !log_is_back(c, f->has_log, f->log))
		return other(why, "the log that it needs has changed since");
	return between(c, f, form, why);
}
