#include "format/log_event.h"

static const uint16_t of_security[] = { 516, 517, 528, 529, 530, 531, 532, 533,
	                                534, 535, 536, 537, 539, 540, 552, 612,
	                                644, 672, 675, 676, 680, 681 };
static const uint16_t of_auditing[] = { 4624, 4625, 4648, 4719, 4740,
	                                4768, 4769, 4771, 4776 };
static const uint16_t of_eventlog[] = { 1101, 1102 };

struct wanted {
	const uint16_t *ids;
	size_t count;
};

static const struct wanted wanted_of[] = {
	[LOG_SECURITY] = { of_security, sizeof of_security / sizeof of_security[0] },
	[LOG_AUDITING] = { of_auditing, sizeof of_auditing / sizeof of_auditing[0] },
	[LOG_EVENTLOG] = { of_eventlog, sizeof of_eventlog / sizeof of_eventlog[0] },
};

bool
log_event_is_wanted(enum log_provider provider, uint32_t id)
{
	if (provider < LOG_SECURITY || provider > LOG_EVENTLOG)
		return false;
	const struct wanted *w = &wanted_of[provider];
	for (size_t i = 0; i < w->count; i++) {
		if (w->ids[i] == id)
			return true;
	}
	return false;
}
