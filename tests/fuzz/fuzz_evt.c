/* An event log of Windows NT 4 to 2003: what comes out lies in it, or in the record
 * that was put together, and it comes to its end. */
#include <stdlib.h>

#include "format/evt.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct evt evt;

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
		    (!is_within(e->text[i], evt.file.at, evt.file.left) &&
		     !is_within(e->text[i], evt.wrapped, EVT_RECORD_MOST)))
			abort();
	}
	if (!log_event_is_wanted(e->provider, e->id) || e->offset >= evt.file.left)
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

	if (evt_begin(&evt, span_of(bytes, len)) != HEARD)
		return 0;
	while (evt_go_on(&evt, piece, check, &events, &t)) {
		if (++steps > len / piece + 2)
			abort();
	}
	if (events > t.security || t.security > t.records + t.recovered ||
	    t.records + t.recovered > len / 8 || t.first > t.last)
		abort();
	return 0;
}
