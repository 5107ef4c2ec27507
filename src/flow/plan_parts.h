/*
 * What a change is made of, by its kind: for the files that write and read plans.
 */
#ifndef FLOW_PLAN_PARTS_H
#define FLOW_PLAN_PARTS_H

#include "flow/plan.h"

/* A member of struct change that means something in changes of this kind only. */
enum change_part {
	PART_KEY = 1u << 0, /* the target is a key of the registry, else a file */
	PART_NAME = 1u << 1,
	PART_STRING = 1u << 2,
	PART_LIKE = 1u << 3,
	PART_TYPE = 1u << 4,
	PART_AFTER = 1u << 5,
	PART_SIZE = 1u << 6,
};

unsigned change_parts(enum change_kind); /* a bit for each */

/*
 * `after` as people read it, appended: text of a text type (the strings of a
 * REG_MULTI_SZ a line each), a number, a file of plain ASCII.  False where it is none
 * of these; `out` is not to be used then.
 */
bool change_after_text(const struct change *, struct buf *out);
#define CHANGE_TEXT_MOST (2u * CHANGE_BYTES_MOST)

/* What it does: without host, state and error. */
void change_deed_json(struct json *, const struct change *);

void plan_notes_json(struct json *, const struct plan_note *, size_t count);

#define PLAN_SCHEMA 1 /* of the JSON; keys that change nothing may be added */

#endif
