/* An account that is being guessed, or a machine that is being attacked, by all. */
#ifndef FLOW_TRIED_H
#define FLOW_TRIED_H

#include "base/json.h"
#include "flow/attempt.h"

#define TRIED_MOST 1000 /* told of each; there may be more */

struct tried {
	char name[ATTEMPT_TEXT];
	uint64_t failures;
	uint32_t sources; /* that they came from */
	int64_t first_ms, last_ms;
	bool is_locked; /* an account: it was */
	bool got_in;    /* there were successes as well */
};

/* {"type":"account","account":…}, {"type":"target","machine":…} */
void tried_account_json(struct json *, const struct tried *);
void tried_target_json(struct json *, const struct tried *);

#endif
