/* What is left of event logs: what comes out lies in it, every step goes on, and small
 * windows find the same as one large one. */
#include <stdlib.h>

#include "format/log_carve.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct met {
	struct span window;
	uint64_t events;
};

static void
check(void *with, const struct log_event *e)
{
	struct met *m = with;

	for (int i = 0; i < LOG_TEXTS; i++) {
		if (e->text[i].bad)
			abort();
	}
	if (!e->is_recovered || !log_event_is_wanted(e->provider, e->id))
		abort();
	m->events++;
}

static void
read_in_windows(const uint8_t *bytes, size_t len, size_t most, struct log_tally *t)
{
	struct met m = { .events = 0 };
	struct log_carve *c = log_carve_new(check, &m);
	size_t at = 0;

	while (c && at < len) {
		size_t left = len - at < most ? len - at : most;
		struct log_window w = { span_of(bytes + at, left), at, left < most };
		size_t done = log_carve_read(c, &w, t);

		if (done > left || (done == 0 && !(w.is_last && left == 0)))
			abort();
		at += done;
	}
	log_carve_free(c);
	if (m.events > t->security + t->recovered || t->records != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct log_tally whole = { 0 }, parts = { 0 };

	if (len == 0)
		return 0;
	read_in_windows(bytes, len, len + 1, &whole);
	read_in_windows(bytes, len, LOG_CARVE_REACH + 4, &parts);
	if (whole.recovered != parts.recovered || whole.security != parts.security ||
	    whole.undecodable != parts.undecodable)
		abort();
	return 0;
}
