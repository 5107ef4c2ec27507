#include "flow/spread.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json_put.h"
#include "base/when.h"

#define MINUTE_MS 60000

static int64_t
minutes(const struct spread *s)
{
	int64_t since_ms = s->success_ms ? s->success_ms : s->attacked_ms;

	return (s->began_ms - since_ms) / MINUTE_MS;
}

/* ---- for people */

void
spread_words(const struct spread *s, char out[SPREAD_WORDS_ROOM])
{
	char when[WHEN_ROOM];
	int64_t later = minutes(s);

	when_text(when, s->success_ms ? s->success_ms : s->attacked_ms);
	(void)snprintf(out, SPREAD_WORDS_ROOM,
	               s->success_ms ? "logged on to it at %.8s UTC, after %" PRIu64
	                               " failures; %" PRId64 " minute%s later it began."
	                             : "had tried it since %.8s UTC, %" PRIu64
	                               " times; %" PRId64 " minute%s later it began.",
	               when + 11, s->failures, later, later == 1 ? "" : "s");
}

/* ---- JSON */

void
spread_json(struct json *j, const struct spread *s, const struct attacker *at)
{
	json_open(j, '{');
	json_put_text(j, "type", "spread");
	json_put_text_or_null(j, "from", at[s->from].workstation);
	json_put_text_or_null(j, "from_address", at[s->from].address);
	json_put_text_or_null(j, "to", at[s->to].workstation);
	json_put_text_or_null(j, "to_address", at[s->to].address);
	json_put_count(j, "failures", s->failures);
	json_put_when_or_null(j, "attacked", s->attacked_ms);
	json_put_when_or_null(j, "success", s->success_ms);
	json_put_when_or_null(j, "began", s->began_ms);
	json_put_int(j, "minutes", minutes(s));
	json_close(j, '}');
}
