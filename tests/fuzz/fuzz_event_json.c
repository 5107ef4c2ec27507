/* Events as JSON, with the pieces that they are cut into: each text in its bounds, no
 * more events than objects, and it comes to its end. */
#include <stdlib.h>

#include "format/event_json.h"
#include "format/event_kind.h"
#include "format/event_pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check(void *with, const struct log_event *e)
{
	uint64_t *count = with;

	if (!log_event_is_wanted(e->provider, e->id) || e->time == 0)
		abort();
	for (size_t i = 0; i < LOG_TEXTS; i++) {
		if (e->text[i].bad || e->text[i].left > 1024)
			abort();
	}
	++*count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint64_t count = 0;
	struct log_tally tally = { 0 };
	struct event_text *t = event_text_new(check, &count);
	struct span text = span_of(bytes, len);
	struct event_piece p = { .kind = PIECE_MORE };

	event_json_seed(1);
	(void)event_kind_of(text);
	while (p.kind != PIECE_END) {
		p = event_piece_json(text, true);
		if (p.done > text.left || p.from + p.len > p.done ||
		    p.kind == PIECE_MORE || (p.kind != PIECE_END && p.done == 0))
			abort();
		if (p.kind == PIECE_WHOLE)
			event_json_read(t, span_at(text, p.from, p.len), 0, &tally);
		(void)span_cut(&text, p.done);
	}
	/* One whose date was guessed wrong is both. */
	if (count > tally.records || tally.undecodable > tally.records)
		abort();
	event_text_free(t);
	return 0;
}
