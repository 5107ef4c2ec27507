/*
 * An event log as a table, given as a whole and in parts: the same events come out,
 * each text in its own bounds, and it comes to its end.
 */
#include <stdlib.h>

#include "format/event_csv.h"
#include "format/event_kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check(void *with, const struct log_event *e)
{
	uint64_t *sum = with;

	if (!log_event_is_wanted(e->provider, e->id) || e->time == 0)
		abort();
	for (size_t i = 0; i < LOG_TEXTS; i++) {
		struct span s = e->text[i];

		if (s.bad || s.left > 1024)
			abort();
		while (s.left > 0)
			*sum = *sum * 31 + span_u8(&s);
	}
	*sum = *sum * 31 + e->time + e->status;
}

/* `step`: so many bytes more at a time. */
static void
read_all(struct event_csv *c, struct span text, size_t step, struct log_tally *tally)
{
	size_t from = 0;
	size_t to = step < text.left ? step : text.left;
	struct event_piece p = { .kind = PIECE_MORE };

	event_csv_begin(c);
	while (p.kind != PIECE_END) {
		struct span window = { .at = text.at + from, .left = to - from };

		p = event_csv_row(c, window, to == text.left);
		if (p.done > window.left || p.from + p.len > p.done ||
		    (p.kind == PIECE_MORE && to == text.left) ||
		    (p.kind != PIECE_MORE && p.kind != PIECE_END && p.done == 0))
			abort();
		if (p.kind == PIECE_WHOLE)
			(void)event_csv_take(c, from, tally);
		if (p.kind == PIECE_MORE)
			to = text.left - to > step ? to + step : text.left;
		from += p.done;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	/* In as many parts, however long it is: what is not whole is read again. */
	const size_t steps[2] = { SIZE_MAX, len / 16 + 1 };
	uint64_t sums[2] = { 0, 0 };
	struct log_tally tallies[2] = { { 0 }, { 0 } };
	struct span text = span_of(bytes, len);
	uint64_t sum = 0;
	struct event_text *t = event_text_new(check, &sum);
	struct event_csv *c = event_csv_new(t);

	(void)event_kind_of(text);
	for (size_t i = 0; i < 2; i++) {
		sum = 0;
		read_all(c, text, steps[i], &tallies[i]);
		sums[i] = sum;
	}
	if (sums[0] != sums[1] || tallies[0].records != tallies[1].records ||
	    tallies[0].undecodable != tallies[1].undecodable)
		abort();
	event_csv_free(c);
	event_text_free(t);
	return 0;
}
