/*
 * An event log as XML, given as a whole and in parts: the same events come out, each
 * text in its own bounds, and it comes to its end.
 */
#include <stdlib.h>

#include "format/event_kind.h"
#include "format/event_pieces.h"
#include "format/event_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check(void *with, const struct log_event *e)
{
	uint64_t *sum = with;

	if (!log_event_is_wanted(e->provider, e->id))
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

static void
read_piece(struct event_xml *x, struct event_text *t, struct span piece)
{
	struct log_tally tally = { 0 };

	event_text_begin(t, 0);
	if (event_xml_read(x, piece))
		(void)event_text_end(t, &tally);
}

/* `step`: so many bytes more at a time. */
static void
read_all(struct event_xml *x, struct event_text *t, struct span text, size_t step)
{
	size_t from = 0;
	size_t to = step < text.left ? step : text.left;
	struct event_piece p = { .kind = PIECE_MORE };

	while (p.kind != PIECE_END) {
		struct span window = { .at = text.at + from, .left = to - from };

		p = event_piece_xml(window, to == text.left);
		if (p.done > window.left || p.from + p.len > p.done ||
		    (p.kind == PIECE_MORE && to == text.left) ||
		    (p.kind != PIECE_MORE && p.kind != PIECE_END && p.done == 0))
			abort();
		if (p.kind == PIECE_WHOLE)
			read_piece(x, t, span_at(window, p.from, p.len));
		if (p.kind == PIECE_MORE)
			to = text.left - to > step ? to + step : text.left;
		from += p.done;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint64_t sums[2] = { 0, 0 };
	/* In as many parts, however long it is: what is not whole is read again. */
	const size_t steps[2] = { SIZE_MAX, len / 16 + 1 };
	struct span text = span_of(bytes, len);
	uint64_t sum = 0;
	struct event_text *t = event_text_new(check, &sum);
	struct event_xml *x = event_xml_new(t);

	(void)event_kind_of(text);
	for (size_t i = 0; i < 2; i++) {
		sum = 0;
		read_all(x, t, text, steps[i]);
		sums[i] = sum;
	}
	if (sums[0] != sums[1])
		abort();
	event_xml_free(x);
	event_text_free(t);
	return 0;
}
