/*
 * Writes compact JSON into a buffer, commas by itself.  (Ours, and so small,
 * because the Windows build may link no library that has one; reading JSON is
 * SQLite's work.)  What it writes is always valid JSON: characters
 * above U+007E go out as themselves in UTF-8, what would act on a terminal
 * (text_is_control) escaped.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* Opened and closed in pairs; at most JSON_DEPTH deep. */
#define JSON_DEPTH 16

struct json {
	struct buf *out;
	unsigned depth;
	bool filled[JSON_DEPTH]; /* a comma is due at this depth */
	bool after_key;
};

void json_init(struct json *j, struct buf *out);

void json_open(struct json *j, char bracket); /* '{' or '[' */
void json_close(struct json *j, char bracket);
void json_key(struct json *j, const char *key);

void json_text(struct json *j, const char *utf8);
void json_said(struct json *j, const struct said *said);
void json_int(struct json *j, int64_t v);
void json_real(struct json *j, double v); /* three decimals at most */
void json_bool(struct json *j, bool v);
void json_when(struct json *j, int64_t unix_ms);

/* A whole JSON value that stands in the text already. */
void json_raw(struct json *j, const char *json);

#endif
