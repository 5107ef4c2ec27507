#include "mend/hive_runs.h"

#include <stdlib.h>

#include "format/hive_log_write.h"

#define RUN_MOST (1u << 20)

void
hive_runs_init(struct hive_runs *r)
{
	*r = (struct hive_runs){ .count = 0 };
	buf_init(&r->bytes, HIVE_RUNS_BYTES_MOST);
}

void
hive_runs_free(struct hive_runs *r)
{
	free(r->at);
	buf_free(&r->bytes);
	*r = (struct hive_runs){ .count = 0 };
}

static enum err
add(struct hive_runs *r, uint64_t offset, struct span old, struct span new)
{
	if (r->count == r->room) {
		size_t room = r->room ? 2 * r->room : 16;
		struct hive_run *at = realloc(r->at, room * sizeof *at);

		if (!at)
			return ERR_MEMORY;
		r->at = at;
		r->room = room;
	}
	r->at[r->count++] = (struct hive_run){ offset, (uint32_t) new.left,
		                               (uint32_t)old.left, r->bytes.len };
	if (old.left + new.left > HIVE_RUNS_BYTES_MOST - r->bytes.len)
		return ERR_REFUSED;
	buf_put(&r->bytes, old.at, old.left);
	buf_put(&r->bytes, new.at, new.left);
	return r->bytes.bad ? ERR_MEMORY : OK;
}

/* What of the run is there in a file. */
static struct span
part_of(struct span file, size_t offset, size_t len)
{
	if (offset >= file.left)
		return span_of("", 0);
	return span_at(file, offset,
	               len < file.left - offset ? len : file.left - offset);
}

static bool
differs_at(struct span before, struct span after, size_t offset)
{
	struct span old = part_of(before, offset, HIVE_PAGE);
	struct span new = part_of(after, offset, HIVE_PAGE);

	return old.left != new.left || !span_is(old, new.at, new.left);
}

enum err
hive_runs_between(struct span before, struct span after, struct hive_runs *out)
{
	size_t at = HIVE_HEAD;

	if (after.left < before.left)
		return ERR_REFUSED;
	while (at < after.left) {
		size_t begin = at;

		while (at < after.left && at - begin < RUN_MOST &&
		       differs_at(before, after, at))
			at += HIVE_PAGE;
		if (at == begin)
			at += HIVE_PAGE;
		else
			TRY(add(out, begin, part_of(before, begin, at - begin),
			        part_of(after, begin, at - begin)));
	}
	return OK;
}

struct span
hive_run_old(const struct hive_runs *r, const struct hive_run *run)
{
	return span_at(buf_span(&r->bytes), run->at, run->old_len);
}

struct span
hive_run_new(const struct hive_runs *r, const struct hive_run *run)
{
	return span_at(buf_span(&r->bytes), run->at + run->old_len, run->len);
}

const struct hive_run *
hive_runs_find(const struct hive_runs *r, uint64_t offset)
{
	size_t low = 0;
	size_t high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct hive_run *run = &r->at[middle];

		if (offset < run->offset)
			high = middle;
		else if (offset - run->offset >= run->len)
			low = middle + 1;
		else
			return run;
	}
	return NULL;
}

void
hive_run_put(const struct hive_runs *r, const struct hive_run *run, struct buf *out)
{
	struct span old = hive_run_old(r, run);
	struct span new = hive_run_new(r, run);

	buf_le64(out, run->offset);
	buf_le32(out, run->old_len);
	buf_le32(out, run->len);
	buf_put(out, old.at, old.left);
	buf_put(out, new.at, new.left);
}

/* Behind the last one, on whole pages, and no longer than they are written. */
static bool
is_next(const struct hive_runs *r, const struct hive_run *run)
{
	const struct hive_run *last = r->count ? &r->at[r->count - 1] : NULL;
	uint64_t least = last ? last->offset + last->len : HIVE_HEAD;

	return run->offset >= least && run->offset % HIVE_PAGE == 0 &&
	       run->offset < UINT32_MAX && run->len > 0 && run->len <= RUN_MOST &&
	       run->old_len <= run->len;
}

enum err
hive_runs_read(struct span s, struct hive_runs *out)
{
	while (s.left > 0) {
		struct hive_run run = { .at = 0 };

		run.offset = span_le64(&s);
		run.old_len = span_le32(&s);
		run.len = span_le32(&s);
		struct span old = span_cut(&s, run.old_len);
		struct span new = span_cut(&s, run.len);
		if (s.bad || !is_next(out, &run))
			return ERR_REFUSED;
		TRY(add(out, run.offset, old, new));
	}
	return OK;
}
