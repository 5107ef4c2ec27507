/*
 * A status: how one of a machine's defences stands (a patch, Autorun, auditing, a
 * scheduled task, a password).  It never changes the state of infection.
 */
#ifndef FLOW_STATUS_H
#define FLOW_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"
#include "base/json.h"
#include "flow/verdict.h"

enum status_kind { /* the "type" of its JSON line */
	           STATUS_AUDIT = 1,
	           STATUS_AUTORUN,
	           STATUS_PASSWORD,
	           STATUS_PATCH,
	           STATUS_TASK,
};

enum status_need {
	NEED_NOTHING = 1, /* in order */
	NEED_DOING,       /* something to do */
	NEED_TELLING,     /* could not be determined */
};

#define STATUS_KEY_ROOM 24
#define STATUS_TEXT_ROOM 320
#define STATUS_FIELDS_MOST 14

/* Text may be a stranger's: never trusted, always valid UTF-8. */
struct status_field {
	char key[STATUS_KEY_ROOM];
	enum { STATUS_NUMBER, STATUS_TEXT, STATUS_BOOL } is;
	int64_t number;
	char text[STATUS_TEXT_ROOM];
};

struct status {
	enum status_kind kind;
	enum status_need need;
	char host[ADDRESS_ROOM];
	struct status_field fields[STATUS_FIELDS_MOST]; /* in the order of the JSON */
	size_t field_count;
	char says[2 * SENTENCE_ROOM]; /* for people: how it stands */
	char next[2 * SENTENCE_ROOM]; /* what to do, or "" */
};

/* Grows by itself; at most STATUSES_MOST. */
#define STATUSES_MOST 4096
struct statuses {
	struct status *at;
	size_t count;
	size_t room;
};

/* A new one to fill in; NULL where there is no memory or no more room. */
struct status *statuses_add(struct statuses *, enum status_kind, enum status_need);
void statuses_free(struct statuses *);

void status_text(struct status *, const char *key, const char *text);
void status_number(struct status *, const char *key, int64_t number);
void status_bool(struct status *, const char *key, bool is);
/* NULL where there is no such field. */
const struct status_field *status_field(const struct status *, const char *key);

const char *status_kind_name(enum status_kind);           /* "patch" */
enum status_kind status_kind_from_name(const char *name); /* 0 for none of them */
const char *status_need_name(enum status_need); /* "in-order", "to-do", "unknown" */
enum status_need status_need_from_name(const char *name);

/* {"type":"patch","host":…, the fields, "need":…,"says":…,"next":…} */
void status_json(struct json *, const struct status *);

/* The other way (flow/status_read.c; the text may come from any case). */
CHECKED enum err status_from_json(const char *json, struct status *out);

/* 0 all in order, 1 something to do, 3 nothing to do but something unknown. */
int statuses_exit_code(const struct statuses *);

#endif
