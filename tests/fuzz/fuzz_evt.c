/* An event log of Windows NT 4 to 2003: what comes out lies in what was read of it, or
 * in the record that was put together, and it comes to its end.  How much is read at
 * once is for the last byte to say. */
#include <stdlib.h>
#include <string.h>

#include "format/evt.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct evt evt;

static void
read_input(void *with, uint64_t at, uint8_t *to, size_t len)
{
	const struct span *input = with;

	if (at > input->left || len > input->left - at)
		abort();
	memcpy(to, input->at + at, len);
}

static bool
is_within(struct span part, const uint8_t *bytes, size_t len)
{
	return part.left == 0 || (part.left <= len && part.at >= bytes &&
	                          part.at + part.left <= bytes + len);
}

static void
check(void *with, const struct log_event *e)
{
	size_t *events = with;

	for (int i = 0; i < LOG_TEXTS; i++) {
		if (e->text[i].bad ||
		    (!is_within(e->text[i], evt.view, evt.view_len) &&
		     !is_within(e->text[i], evt.wrapped, EVT_RECORD_MOST)))
			abort();
	}
	if (!log_event_is_wanted(e->provider, e->id) || e->offset >= evt.source.size)
		abort();
	++*events;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct log_tally t = { 0 };
	size_t events = 0;
	size_t steps = 0;
	const size_t piece = 256;
	struct span input = span_of(bytes, len);
	struct evt_source source = { .size = len, .read = read_input, .with = &input };

	source.ahead = len > 0 ? 4u * bytes[len - 1] : 0;
	if (evt_begin(&evt, &source) != HEARD)
		return 0;
	while (evt_go_on(&evt, piece, check, &events, &t)) {
		if (++steps > 2 * (len / piece + 2)) /* a search comes first */
			abort();
	}
	if (events > t.security || t.security > t.records + t.recovered ||
	    t.records + t.recovered > len / 8 || t.first > t.last)
		abort();
	return 0;
}
