/*
 * Reads JSON that may come from anywhere (a case that somebody sent), with
 * SQLite's parser.  Members are handed out one at a time; what is not JSON, is
 * too long, or is not the kind asked for, is refused.
 */
#ifndef FLOW_JSON_READ_H
#define FLOW_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "flow/variants.h"

#define JSON_READ_MOST 32768u /* longest finding or verdict of ours: about 9 KB */
#define JSON_READ_DEPTH 4     /* walks within walks: a sign of a change of a plan */

enum json_kind {
	JSON_OTHER = 1, /* null, a number with a fraction */
	JSON_TEXT,
	JSON_INT,
	JSON_BOOL,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json_value {
	const char *key; /* "" in an array */
	enum json_kind kind;
	const char *text; /* of a text; of an array or object, its JSON */
	int64_t number;   /* of a whole number; of a truth value, 0 or 1 */
};

/* Takes one member; false stops the walk, and the whole text is refused. */
typedef bool json_take(void *into, const struct json_value *);

/*
 * Calls `take` for each member of an object or each element of an array, in
 * order; `kind` says which it must be.  Texts last as long as the call.  A take
 * may walk what it is given, JSON_READ_DEPTH deep.  Nothing is printed: the
 * caller knows whose text it is.  A text with a NUL in it is refused.
 */
CHECKED enum err json_walk(const char *json, enum json_kind kind, json_take *take,
                           void *into);
/* The same, of a text of `most` bytes at most. */
CHECKED enum err json_walk_within(const char *json, size_t most, enum json_kind kind,
                                  json_take *take, void *into);

/* Puts a value where it belongs; false where it is not what belongs there. */
typedef bool json_read(void *to, size_t room, const struct json_value *);

json_read json_read_text;     /* char[room]; it must fit */
json_read json_read_key;      /* char[room]: the member's name, which must fit */
json_read json_read_said;     /* struct said; too long ones are cut */
json_read json_read_int;      /* int64_t */
json_read json_read_when;     /* int64_t, milliseconds */
json_read json_read_variants; /* variants */

/* What an object may hold.  Other keys are of a later version, and skipped. */
struct json_member {
	const char *key;
	json_read *read;
	size_t offset; /* of the struct's member, and its size */
	size_t room;
	bool needed;
};

#define JSON_MEMBERS_MOST 32

/* Fills in a struct.  An object that lacks a needed key or has one twice is refused. */
CHECKED enum err json_read_object(const char *json, const struct json_member *members,
                                  size_t count, void *into);
CHECKED enum err json_read_object_within(const char *json, size_t most,
                                         const struct json_member *members,
                                         size_t count, void *into);

#endif
