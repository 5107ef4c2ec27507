#include "format/log_event.h"

/* By id, so that asking is one look: millions of records do. */
static const bool of_security[] = {
	[516] = true, [517] = true, [528] = true, [529] = true, [530] = true,
	[531] = true, [532] = true, [533] = true, [534] = true, [535] = true,
	[536] = true, [537] = true, [539] = true, [540] = true, [552] = true,
	[602] = true, [612] = true, [644] = true, [672] = true, [675] = true,
	[676] = true, [680] = true, [681] = true,
};
static const bool of_auditing[] = {
	[4624] = true, [4625] = true, [4648] = true, [4698] = true, [4719] = true,
	[4740] = true, [4768] = true, [4769] = true, [4771] = true, [4776] = true,
};
static const bool of_eventlog[] = { [1101] = true, [1102] = true };

bool
log_event_is_wanted(enum log_provider provider, uint32_t id)
{
	switch (provider) {
	case LOG_SECURITY: return id < sizeof of_security && of_security[id];
	case LOG_AUDITING: return id < sizeof of_auditing && of_auditing[id];
	case LOG_EVENTLOG: return id < sizeof of_eventlog && of_eventlog[id];
	default: return false;
	}
}
