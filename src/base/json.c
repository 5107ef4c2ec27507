#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/when.h"

void
json_init(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out };
}

/* The comma that is due before the next value or key. */
static void
separate(struct json *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->filled[j->depth])
		buf_u8(j->out, ',');
	j->filled[j->depth] = true;
}

void
json_open(struct json *j, char bracket)
{
	separate(j);
	buf_u8(j->out, (uint8_t)bracket);
	if (j->depth + 1 >= JSON_DEPTH) {
		j->out->bad = true;
		return;
	}
	j->depth++;
	j->filled[j->depth] = false;
}

void
json_close(struct json *j, char bracket)
{
	if (j->depth > 0)
		j->depth--;
	buf_u8(j->out, (uint8_t)bracket);
}

static void
escape(struct buf *out, uint32_t c)
{
	char text[8];

	switch (c) {
	case '"': buf_text(out, "\\\""); return;
	case '\\': buf_text(out, "\\\\"); return;
	case '\n': buf_text(out, "\\n"); return;
	case '\r': buf_text(out, "\\r"); return;
	case '\t': buf_text(out, "\\t"); return;
	default: break;
	}
	if (c < 0x10000 && text_is_control(c)) {
		snprintf(text, sizeof text, "\\u%04x", (unsigned)c);
		buf_text(out, text);
		return;
	}
	buf_put(out, text, text_put(text, c));
}

static void
quoted(struct json *j, const char *utf8)
{
	buf_u8(j->out, '"');
	while (*utf8)
		escape(j->out, text_next(&utf8));
	buf_u8(j->out, '"');
}

void
json_key(struct json *j, const char *key)
{
	separate(j);
	quoted(j, key);
	buf_u8(j->out, ':');
	j->after_key = true;
}

void
json_text(struct json *j, const char *utf8)
{
	separate(j);
	quoted(j, utf8);
}

void
json_said(struct json *j, const struct said *said)
{
	json_text(j, said->utf8);
}

void
json_int(struct json *j, int64_t v)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, v);
	json_raw(j, text);
}

void
json_real(struct json *j, double v)
{
	char text[32];

	snprintf(text, sizeof text, "%.3f", v);
	size_t len = strlen(text);
	while (len > 2 && text[len - 1] == '0' && text[len - 2] != '.')
		text[--len] = 0;
	json_raw(j, text);
}

void
json_bool(struct json *j, bool v)
{
	json_raw(j, v ? "true" : "false");
}

void
json_when(struct json *j, int64_t unix_ms)
{
	char text[WHEN_ROOM];

	when_text(text, unix_ms);
	json_text(j, text);
}

void
json_raw(struct json *j, const char *json)
{
	separate(j);
	buf_text(j->out, json);
}
