#include "flow/spread.h"

#include <inttypes.h>
#include <stdio.h>

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
spread_words(const struct spread *s, const struct attacker *at,
             char out[SPREAD_WORDS_ROOM])
{
	char called[2 * ATTEMPT_TEXT];
	char when[WHEN_ROOM];
	int64_t later = minutes(s);

	attacker_called(&at[s->from], called);
	when_text(when, s->success_ms ? s->success_ms : s->attacked_ms);
	if (s->success_ms)
		(void)snprintf(out, SPREAD_WORDS_ROOM,
		               "%s logged on to it at %.8s UTC, after %" PRIu64
		               " failures; %" PRId64 " minute%s later it began.",
		               called, when + 11, s->failures, later,
		               later == 1 ? "" : "s");
	else
		(void)snprintf(out, SPREAD_WORDS_ROOM,
		               "%s had tried it since %.8s UTC, %" PRIu64
		               " times; %" PRId64 " minute%s later it began.",
		               called, when + 11, s->failures, later,
		               later == 1 ? "" : "s");
}

/* ---- JSON */

static void
text_or_null(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	if (text[0])
		json_text(j, text);
	else
		json_raw(j, "null");
}

static void
when(struct json *j, const char *key, int64_t ms)
{
	json_key(j, key);
	if (ms)
		json_when(j, ms);
	else
		json_raw(j, "null");
}

void
spread_json(struct json *j, const struct spread *s, const struct attacker *at)
{
	json_open(j, '{');
	text_or_null(j, "type", "spread");
	text_or_null(j, "from", at[s->from].workstation);
	text_or_null(j, "from_address", at[s->from].address);
	text_or_null(j, "to", at[s->to].workstation);
	text_or_null(j, "to_address", at[s->to].address);
	json_key(j, "failures");
	json_int(j, (int64_t)s->failures);
	when(j, "attacked", s->attacked_ms);
	when(j, "success", s->success_ms);
	when(j, "began", s->began_ms);
	json_key(j, "minutes");
	json_int(j, minutes(s));
	json_close(j, '}');
}
