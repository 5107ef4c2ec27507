#include "base/json_put.h"

void
json_put_text(struct json *j, const char *key, const char *utf8)
{
	json_key(j, key);
	json_text(j, utf8);
}

void
json_put_int(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void
json_put_count(struct json *j, const char *key, uint64_t n)
{
	json_put_int(j, key, (int64_t)n);
}

void
json_put_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

/* ---- where there is something to say */

void
json_put_text_if(struct json *j, const char *key, const char *utf8)
{
	if (utf8[0])
		json_put_text(j, key, utf8);
}

void
json_put_when_if(struct json *j, const char *key, int64_t unix_ms)
{
	if (unix_ms)
		json_put_when_or_null(j, key, unix_ms);
}

void
json_put_flag(struct json *j, const char *key, bool is_set)
{
	if (is_set)
		json_put_bool(j, key, true);
}

/* ---- null where there is nothing */

void
json_put_text_or_null(struct json *j, const char *key, const char *utf8)
{
	json_key(j, key);
	if (utf8[0])
		json_text(j, utf8);
	else
		json_raw(j, "null");
}

void
json_put_when_or_null(struct json *j, const char *key, int64_t unix_ms)
{
	json_key(j, key);
	if (unix_ms)
		json_when(j, unix_ms);
	else
		json_raw(j, "null");
}
