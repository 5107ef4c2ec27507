/*
 * Members of a JSON object: a key with its value.  Some are left out where there is
 * nothing to say, others are null then; the name says which.
 */
#ifndef BASE_JSON_PUT_H
#define BASE_JSON_PUT_H

#include "base/json.h"

void json_put_text(struct json *, const char *key, const char *utf8);
void json_put_int(struct json *, const char *key, int64_t);
void json_put_count(struct json *, const char *key, uint64_t);
void json_put_bool(struct json *, const char *key, bool);

/* Nothing where it is "", 0, false. */
void json_put_text_if(struct json *, const char *key, const char *utf8);
void json_put_when_if(struct json *, const char *key, int64_t unix_ms);
void json_put_flag(struct json *, const char *key, bool is_set);

/* null where it is "", 0. */
void json_put_text_or_null(struct json *, const char *key, const char *utf8);
void json_put_when_or_null(struct json *, const char *key, int64_t unix_ms);

#endif
